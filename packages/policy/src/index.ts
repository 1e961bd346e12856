export { POLICY_ACTIONS, type PolicyAction } from "./actions.ts";
export type { BranchScope } from "./actions.ts";
export { authorizeBy, authorizeStored, type OnDecision } from "./authorize.ts";
export type { Rule } from "./bundle.ts";
export { type CaseOutcome, type PolicyCase, readCases, runCases } from "./cases.ts";
export { explainDecision, type Explanation } from "./explain.ts";
export { type Decision, NOTHING, Policy, type PolicyRequest, type PolicySource } from "./policy.ts";
