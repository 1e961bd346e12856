import { isError, OmnigraphError } from "@omnigraph/base";
import type { Action, AuthorizationRequest, Authorize } from "../api/authorization.ts";
import type { PointInTime } from "../api/graph.ts";

/** What each call does. A call that is missing here does not compile, for the gate takes the names of these. */
export const ACTIONS = {
  query: "read",
  prepare: "read",
  run: "read",
  mutate: "change",
  load: "change",
  export: "export",
  history: "read",
  snapshot: "read",
  optimize: "admin",
  "schema.show": "read",
  "schema.catalog": "read",
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

/** What a request takes from a call's options, and from its arguments. */
export interface Named {
  readonly actor?: string;
  readonly branch?: string | null;
  readonly into?: string;
  readonly from?: string;
  readonly at?: PointInTime;
  readonly types?: readonly string[];
  readonly deleteBranch?: boolean;
}

/** Asks the port for each thing that a call does. Errors: `permission_denied`, `caller_failed`. */
export async function permit(
  authorize: Authorize,
  call: CallName,
  named: Named,
  defaultActor: string | null,
): Promise<void> {
  const request: AuthorizationRequest = {
    action: ACTIONS[call],
    call,
    actor: named.actor ?? defaultActor,
    branch: named.branch === undefined ? (named.into ?? "main") : named.branch,
    source: named.from ?? null,
    at: named.at ?? null,
    types: named.types ?? null,
  };
  await ask(authorize, request);
  if (call === "load" && named.from !== undefined)
    await ask(authorize, { ...request, action: "branch_create" });
  if (named.deleteBranch === true)
    await ask(authorize, { ...request, action: "branch_delete", branch: request.source, source: null });
}

async function ask(authorize: Authorize, request: AuthorizationRequest): Promise<void> {
  const { action, call, actor, branch } = request;
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
  throw new OmnigraphError("permission_denied", `${call}: ${who} is not permitted to ${action}${where}`, {
    details: { action, call, actor, branch },
  });
}
