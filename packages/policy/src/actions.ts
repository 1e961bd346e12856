import type { Action } from "omnigraph";

/** What a policy permits: what calls on graphs do, running stored queries, and what is asked of a server as a whole. */
export type PolicyAction = Action | "invoke_query" | "graph_list";

/** Which scopes of a rule count for an action. */
export interface Scoped {
  /** The branch that is read or changed, that a branch is made from, or that is merged. */
  readonly branch: boolean;
  /** The branch that is made, deleted, merged into, or given another schema. */
  readonly target: boolean;
}

const READS: Scoped = { branch: true, target: false };
const TARGETS: Scoped = { branch: false, target: true };
const BOTH: Scoped = { branch: true, target: true };
const NONE: Scoped = { branch: false, target: false };

/** Every action, in the order in which they are listed to people. */
export const SCOPES: Readonly<Record<PolicyAction, Scoped>> = {
  read: READS,
  export: READS,
  change: READS,
  schema_apply: TARGETS,
  branch_create: BOTH,
  branch_delete: TARGETS,
  branch_merge: BOTH,
  admin: NONE,
  invoke_query: NONE,
  graph_list: NONE,
};

// Cast: `keys` forgets which keys there are.
export const POLICY_ACTIONS: readonly PolicyAction[] = Object.keys(SCOPES) as readonly PolicyAction[];

/** On which branches a rule counts. */
export type BranchScope = "any" | "protected" | "unprotected";

export const BRANCH_SCOPES: readonly BranchScope[] = ["any", "protected", "unprotected"];
