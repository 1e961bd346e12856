import { clipped, isError, OmnigraphError } from "@omnigraph/base";
import type { TouchedTypes } from "@omnigraph/language";
import type { Action, AuthorizationRequest, Authorize } from "../api/authorization.ts";
import type { PointInTime } from "../api/graph.ts";

/** What each call does. The gate takes only these names, so a call that is missing here does not compile. */
export const ACTIONS = {
  query: "read",
  explain: "read",
  prepare: "read",
  run: "read",
  mutate: "change",
  load: "change",
  export: "export",
  "tables.export": "export",
  "tables.adopt": "change",
  history: "read",
  snapshot: "read",
  "blobs.open": "read",
  "blobs.stream": "read",
  "blobs.put": "change",
  "maintenance.optimize": "admin",
  "maintenance.operation": "read",
  "maintenance.fsck": "admin",
  "maintenance.cleanup": "admin",
  "recovery.list": "admin",
  "recovery.show": "admin",
  "recovery.discard": "admin",
  "recovery.settle": "admin",
  "maintenance.backup": "admin",
  "maintenance.repair": "admin",
  "schema.show": "read",
  "schema.catalog": "read",
  "schema.plan": "read",
  "schema.apply": "schema_apply",
  "schema.diff": "read",
  "commits.list": "read",
  "commits.show": "read",
  "commits.page": "read",
  "commits.changes": "read",
  "commits.revert": "change",
  "commits.previewRevert": "read",
  "branches.create": "branch_create",
  "branches.list": "read",
  "branches.merge": "branch_merge",
  "branches.previewMerge": "read",
  "branches.diff": "read",
  "branches.delete": "branch_delete",
  "changes.poll": "read",
  "changes.baseline": "export",
} as const satisfies Readonly<Record<string, Action>>;

/** A call that passes the gate. */
export type CallName = keyof typeof ACTIONS;

/** What an authorization request takes from the options and arguments of a call. */
export interface Named {
  readonly actor?: string;
  readonly branch?: string | null;
  readonly into?: string;
  readonly from?: string;
  readonly at?: PointInTime;
  readonly types?: readonly string[];
  readonly deleteBranch?: boolean;
}

/**
 * Asks whether a call may touch these types, once they are known and before it has any effect; types that were permitted are not asked about again. Undefined
 * if there is no `authorize`, so that the types need not be determined. Errors: `permission_denied`, `caller_failed`.
 */
export type PermitTypes = ((touched: TouchedTypes) => Promise<void>) | undefined;

/** Asks `authorize` about each thing that a call does; returns a function that asks about types. Errors: `permission_denied`, `caller_failed`. */
export async function permit(
  authorize: Authorize,
  call: CallName,
  named: Named,
  defaultActor: string | null,
): Promise<NonNullable<PermitTypes>> {
  const request: AuthorizationRequest = {
    action: ACTIONS[call],
    call,
    actor: named.actor ?? defaultActor,
    branch: named.branch === undefined ? (named.into ?? "main") : named.branch,
    source: named.from ?? null,
    at: named.at ?? null,
    types: named.types ?? null,
    reads: null,
    changes: null,
  };
  await ask(authorize, request);
  if (call === "load" && named.from !== undefined)
    await ask(authorize, { ...request, action: "branch_create" });
  if (named.deleteBranch === true)
    await ask(authorize, { ...request, action: "branch_delete", branch: request.source, source: null });
  return typesPermitted(authorize, request);
}

function typesPermitted(authorize: Authorize, request: AuthorizationRequest): NonNullable<PermitTypes> {
  // A preview changes nothing: types that it would change count as read.
  const isRead = request.action === "read" || request.action === "export";
  let reads: ReadonlySet<string> = new Set();
  let changes: ReadonlySet<string> = new Set();
  return async (touched) => {
    const changed = touched.changes.map(({ name }) => name);
    const allReads = new Set([...reads, ...touched.reads.map(({ name }) => name), ...changed]);
    const allChanges = new Set(isRead ? [] : [...changes, ...changed]);
    if (allReads.size === reads.size && allChanges.size === changes.size) return;
    await ask(authorize, {
      ...request,
      reads: [...allReads].toSorted(),
      changes: [...allChanges].toSorted(),
    });
    reads = allReads;
    changes = allChanges;
  };
}

async function ask(authorize: Authorize, request: AuthorizationRequest): Promise<void> {
  const { action, call, actor, branch, reads, changes } = request;
  let permitted: boolean;
  try {
    permitted = (await authorize(request)) === true;
  } catch (cause) {
    if (isError(cause)) throw cause;
    throw new OmnigraphError("caller_failed", `authorize failed, and ${call} did nothing; see the cause`, {
      cause,
    });
  }
  if (permitted) return;
  const who = actor === null ? "a call without an actor" : actor;
  const where = branch === null ? "" : ` on branch ${branch}`;
  const what = `${call}: ${who} is not permitted to ${action}${where}${typesIn(request)}`;
  throw new OmnigraphError("permission_denied", what, {
    details: { action, call, actor, branch, reads, changes },
  });
}

function typesIn({ reads, changes }: AuthorizationRequest): string {
  if (reads === null || changes === null) return "";
  const changed = changes.length === 0 ? "" : ` and changes ${clipped(changes.join(", "))}`;
  return `; it reads ${clipped(reads.join(", "))}${changed}`;
}
