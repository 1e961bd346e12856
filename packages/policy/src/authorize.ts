import { parseInstant } from "@omnigraph/language";
import type { AuthorizationRequest, Authorize } from "omnigraph";
import { NOTHING, type Decision, type Policy, type PolicyRequest } from "./policy.ts";

/** Told of every decision, for an audit. It must not throw. */
export type OnDecision = (request: PolicyRequest, decision: Decision) => void;

/** The port of a graph: asks a policy about each call of a handle. */
export function authorizeBy(policy: Policy, onDecision: OnDecision = () => undefined): Authorize {
  return (request) => policyRequests(request).every((asked) => isAllowed(policy, asked, onDecision));
}

/**
 * The port of a graph for the run of a stored query. To run it is an action of its own: who may do that needs no permission to read. A mutation needs its own
 * permission besides.
 */
export function authorizeStored(
  policy: Policy,
  query: string,
  onDecision: OnDecision = () => undefined,
): Authorize {
  return (request) =>
    policyRequests(request).every((asked) => {
      const invoked: PolicyRequest = { ...asked, query, action: "invoke_query" };
      if (!isAllowed(policy, invoked, onDecision)) return false;
      return asked.action === "read" || isAllowed(policy, { ...asked, query }, onDecision);
    });
}

function isAllowed(policy: Policy, request: PolicyRequest, onDecision: OnDecision): boolean {
  const decision = policy.decide(request);
  onDecision(request, decision);
  return decision.isAllowed;
}

/** What a call of a graph asks of a policy: of a call that reads two states, both. */
function policyRequests(request: AuthorizationRequest): readonly PolicyRequest[] {
  const { actor, action, call, reads, changes, source } = request;
  const asked = { ...NOTHING, actor, action, call, reads, changes };
  const branch = surely(request.branch);
  switch (action) {
    case "read":
    case "export": {
      const read = { ...asked, branch: isPast(request) ? null : branch };
      return source === null ? [read] : [read, { ...asked, branch: surely(source) }];
    }
    case "change":
      return [{ ...asked, branch }];
    case "branch_create":
    case "branch_merge":
      return [{ ...asked, branch: surely(source), target: branch }];
    case "branch_delete":
    case "schema_apply":
      return [{ ...asked, target: branch }];
    case "admin":
      return [asked];
  }
}

/** Whether a read names a commit, which may be of any branch. A time means the branch's own history. */
function isPast({ at }: AuthorizationRequest): boolean {
  return typeof at === "string" && parseInstant(at) === null;
}

/** Enough digits of a commit name it where no branch has that name. */
const COMMIT = /^[0-7][0-9A-HJKMNP-TV-Z]{5,25}$/i;

/** A name that is surely a branch's; null if it could mean a commit, which may be of any branch. */
function surely(name: string | null): string | null {
  return name === null || COMMIT.test(name) || name.includes("~") ? null : name;
}
