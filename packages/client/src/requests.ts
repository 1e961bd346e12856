import { asJson, NotJson, OmnigraphError } from "@omnigraph/base";
import type { ChangeFilter, FeedStart, Parameters, PointInTime, ReadOptions } from "omnigraph";
import { refuseOptions } from "./served-only.ts";

const MAIN = "main";

/** Parameters of a query as JSON. Errors: `parameter_invalid`. */
export function paramsOf(call: string, parameters: Parameters | null | undefined): object {
  try {
    const json = asJson(parameters ?? {});
    return typeof json === "object" && json !== null ? json : {};
  } catch (thrown) {
    if (!(thrown instanceof NotJson)) throw thrown;
    throw new OmnigraphError(
      "parameter_invalid",
      `${call}: a parameter has no form in JSON: ${thrown.message}`,
    );
  }
}

/** What a read reads: the head of a branch, or the graph at a commit or a time. Errors: `not_on_server` for a time of another branch. */
export function placeOf(
  call: string,
  { branch, at }: Pick<ReadOptions, "branch" | "at">,
): { readonly branch?: string; readonly snapshot?: string } {
  if (at === undefined) return branch === undefined ? {} : { branch };
  if (branch !== undefined && branch !== MAIN)
    throw new OmnigraphError(
      "not_on_server",
      `${call}: a server reads a branch, or main as it was; name a commit of ${branch} alone`,
    );
  return { snapshot: pointText(at) };
}

/** A time or a commit as text; a `Date` means the end of its millisecond. */
function pointText(at: PointInTime): string {
  return typeof at === "string" ? at : at.toISOString().replace("Z", "999Z");
}

export function filterOf({ kinds, types, ops }: ChangeFilter): {
  readonly kind?: readonly string[];
  readonly type?: readonly string[];
  readonly op?: readonly string[];
} {
  return {
    ...(kinds === undefined ? {} : { kind: kinds }),
    ...(types === undefined ? {} : { type: types }),
    ...(ops === undefined ? {} : { op: ops }),
  };
}

export function startText(start: FeedStart): string {
  return typeof start === "string" ? start : `after:${start.after}`;
}

/** The branch of a call that a server does on main alone. Errors: `not_on_server`. */
export function onMain(call: string, branch: string | undefined): void {
  if (branch !== MAIN) refuseOptions(call, { branch });
}
