import { isUlid } from "@omnigraph/base";
import type { Action } from "./calls.ts";

/** The branches that a call writes, or begins at. */
export function targetsOf(action: Action): readonly string[] {
  switch (action.kind) {
    case "edit":
      return action.from === null ? [action.branch] : [action.branch, action.from];
    case "merge":
      return [action.target];
    case "create":
      return [action.from].filter((place) => !isUlid(place));
    case "delete":
      return [action.name];
    case "preview":
      return [action.target];
    case "diff":
      return [action.to].filter((place) => !isUlid(place));
    case "revert":
    case "migrate":
    case "optimize":
    case "read":
    case "follow":
      return [action.branch];
    case "repair":
      return [action.branch];
    case "cleanup":
    case "backup":
    case "fsck":
      return [];
  }
}

/** The branches that must be there for a call. */
export function namesOf(action: Action): readonly string[] {
  switch (action.kind) {
    case "edit":
      return [action.from ?? action.branch];
    case "merge":
      return [action.source, action.target];
    case "create":
    case "delete":
    case "revert":
    case "migrate":
    case "optimize":
    case "read":
    case "follow":
    case "cleanup":
    case "backup":
    case "fsck":
    case "repair":
      return targetsOf(action);
    case "preview":
      return action.isRevert ? [action.target] : [action.source, action.target];
    case "diff":
      return [action.from, action.to].filter((place) => !isUlid(place));
  }
}

/** The commit that a call takes back, or would, and on which branch. */
export function revertedBy(action: Action): { readonly branch: string; readonly commit: string } | null {
  if (action.kind === "revert") return action;
  if (action.kind !== "preview" || !action.isRevert) return null;
  return { branch: action.target, commit: action.source };
}
