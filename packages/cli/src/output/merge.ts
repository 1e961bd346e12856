import {
  conflictJson,
  type MergeAnswer,
  type MergeConflict,
  type MergePreview,
  type MergeProspect,
  type RevertAnswer,
  unusedJson,
} from "omnigraph";
import type { Terminal } from "../terminal.ts";
import { conflictsText } from "./conflicts.ts";
import { countsJson, countsText } from "./counts.ts";
import type { ShowValuesOf } from "./values.ts";
import { commitJson } from "./wire.ts";

// The library comes with this module: commands load both when they run.

/** JSON shapes of the contract; members without a value are left out where they are not part of it. */
type Json = Record<string, unknown>;

export function mergeJson(answer: MergeAnswer): Json {
  const { source, target, outcome, actor, commit, resolved, branchDeleted, branchDeleteError } = answer;
  return {
    source,
    target,
    outcome,
    actor_id: actor,
    ...(branchDeleted === null ? {} : { branch_deleted: branchDeleted }),
    ...(branchDeleteError === null ? {} : { branch_delete_error: branchDeleteError }),
    ...(commit === null ? {} : { commit: commitJson(commit) }),
    ...(resolved.length === 0 ? {} : { resolved: resolved.map(conflictJson) }),
  };
}

export function mergeText(answer: MergeAnswer): string {
  const { source, target, outcome, commit, resolved, branchDeleted, branchDeleteError } = answer;
  const how = outcome === "fast_forward" ? " (fast forward)" : "";
  const done =
    commit === null
      ? `${target} is up to date: it holds all of ${source}\n`
      : `merged ${source} into ${target}${how}, commit ${commit.id}\n`;
  const kept =
    branchDeleted === false ? `${source} is still there: ${branchDeleteError ?? "not deleted"}\n` : "";
  return `${done}${decidedText(resolved)}${branchDeleted === true ? `deleted ${source}\n` : kept}`;
}

export function revertJson({ branch, reverted, actor, commit, resolved }: RevertAnswer): Json {
  return {
    branch,
    reverted,
    actor_id: actor,
    commit: commit === null ? null : commitJson(commit),
    resolved: resolved.map(conflictJson),
  };
}

export function revertText({ branch, reverted, commit, resolved }: RevertAnswer): string {
  const done =
    commit === null
      ? `nothing is left on ${branch} of what ${reverted} changed\n`
      : `took back ${reverted} on ${branch}, commit ${commit.id}\n`;
  return done + decidedText(resolved);
}

export function previewJson({
  source,
  target,
  outcome,
  bases,
  changes,
  resolved,
  conflicts,
  unused,
  would,
}: MergePreview): Json {
  return {
    source,
    target,
    outcome,
    would,
    bases,
    changes: countsJson(changes),
    resolved: resolved.map(conflictJson),
    merge_conflicts: conflicts.map(conflictJson),
    ...(unused.length === 0 ? {} : { unused_resolutions: unused.map(unusedJson) }),
  };
}

const PROSPECT: Readonly<Record<MergeProspect, string>> = {
  nothing: "nothing to do",
  fast_forward: "would fast forward",
  merge: "would merge",
  conflict: "would conflict",
};

/** What would happen, what would change, then what is in the way. */
export function previewText(preview: MergePreview, show: ShowValuesOf, terminal: Terminal): string {
  const { source, target, would, bases, changes, resolved, conflicts, unused } = preview;
  const none = conflicts.length === 0 ? "nothing would change\n" : "";
  const counts = changes.length === 0 ? none : countsText(changes, terminal);
  const open =
    conflicts.length === 0
      ? ""
      : `\n${conflictsText(conflicts.map(conflictJson), show, terminal)}\n${numbered(conflicts)} to decide: ` +
        "--strategy ours or theirs for all, --resolutions <file> for single ones\n";
  const idle = unused.map(({ message }) => `of no use so far: ${message}\n`).join("");
  return `${source} into ${target}: ${PROSPECT[would]}, from base ${bases.join(" and ")}\n${counts}${decidedText(resolved)}${open}${idle}`;
}

function decidedText(resolved: readonly MergeConflict[]): string {
  return resolved.length === 0 ? "" : `${numbered(resolved)} decided\n`;
}

function numbered({ length }: readonly MergeConflict[]): string {
  return `${length} conflict${length === 1 ? "" : "s"}`;
}
