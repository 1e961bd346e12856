import { given, isUlid, OmnigraphError } from "@omnigraph/base";
import { feedStartOf } from "@omnigraph/wire";
import type { ChangeFilter, FeedStart } from "omnigraph";
import type { Call } from "../http/endpoint.ts";
import { CONDITION_HEADER } from "../http/gate.ts";

/** A member that is null is as good as one that is left out. */
export function named<T extends Readonly<Record<string, unknown>>>(
  members: T,
): { [Name in keyof T]?: NonNullable<T[Name]> } {
  const entries = Object.entries(members).filter(([, value]) => value !== null && value !== undefined);
  // Cast: the platform's types do not follow the members.
  return Object.fromEntries(entries) as { [Name in keyof T]?: NonNullable<T[Name]> };
}

/** What a read reads: a branch, or one commit. Errors: `request_invalid` for both. */
export function readOf({
  branch,
  snapshot,
}: {
  readonly branch?: string | null | undefined;
  readonly snapshot?: string | null | undefined;
}): { readonly branch?: string; readonly at?: string } {
  if (branch != null && snapshot != null)
    throw new OmnigraphError("request_invalid", "branch and snapshot exclude each other; give one");
  return named({ branch, at: snapshot });
}

/** Which changes are shown, as parameters name it. */
interface Filter {
  readonly kind?: ChangeFilter["kinds"] | undefined;
  readonly type?: readonly string[] | undefined;
  readonly op?: ChangeFilter["ops"] | undefined;
}

export function filterOf({ kind, type, op }: Filter): ChangeFilter {
  return named({ kinds: kind, types: type, ops: op });
}

/** Where a feed begins. Errors: `request_invalid`. */
export function startOf(text: string | undefined): { readonly start?: FeedStart } {
  if (text === undefined) return {};
  const start = feedStartOf(text);
  if (start !== null) return { start };
  throw new OmnigraphError("request_invalid", "start is now, beginning, or after: and a commit");
}

/** The condition of a conditional write. Errors: `request_invalid` where it is missing, or is not one commit id. */
export function conditionOf({ request }: Call): string {
  const value = request.headers[CONDITION_HEADER];
  if (typeof value === "string" && isUlid(value.toUpperCase())) return value.toUpperCase();
  throw new OmnigraphError(
    "request_invalid",
    "this call needs one header Omnigraph-If-Graph-Commit with the id of a commit",
  );
}

/** Whoever names its write gets the first one's answer for a repeat. */
export function opOf({ request }: Call): { readonly op?: string } {
  const value = request.headers["idempotency-key"];
  return given({ op: typeof value === "string" && value !== "" ? value : undefined });
}
