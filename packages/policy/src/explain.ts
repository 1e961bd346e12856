import { SCOPES } from "./actions.ts";
import type { Rule } from "./bundle.ts";
import type { Decision, Policy, PolicyRequest } from "./policy.ts";

/** A decision, and why rules about the action did not allow it. */
export interface Explanation extends Decision {
  /** The rules that have the action and do not count here, with what stands in their way; none of an allowed request. */
  readonly missed: readonly { readonly rule: string; readonly place: string; readonly why: string }[];
}

/** Says why a policy decides as it does. */
export function explainDecision(policy: Policy, request: PolicyRequest): Explanation {
  const decision = policy.decide(request);
  const missed = decision.isAllowed
    ? []
    : policy.rules
        .filter(({ actions }) => actions.includes(request.action))
        .flatMap((rule) => {
          const why = obstacle(policy, rule, request);
          return why === null ? [] : [{ rule: rule.id, place: rule.place, why }];
        });
  return { ...decision, missed };
}

/** What keeps a rule from allowing a request; null if nothing does. */
function obstacle(policy: Policy, rule: Rule, request: PolicyRequest): string | null {
  const { actor, action, branch, target } = request;
  if (actor === null) return "no actor is named";
  if (!policy.groupsOf(actor).includes(rule.group)) return `${actor} is not in group ${rule.group}`;
  const scopes = [
    { counts: SCOPES[action].branch, scope: rule.branchScope, name: branch, what: "branch" },
    { counts: SCOPES[action].target, scope: rule.targetBranchScope, name: target, what: "target branch" },
  ];
  for (const { counts, scope, name, what } of scopes) {
    if (!counts || scope === "any") continue;
    if (name === null) return `it is for ${scope} branches, and no ${what} is named`;
    const found = policy.isProtected(name) ? "protected" : "unprotected";
    if (found !== scope) return `it is for ${scope} branches, and ${what} ${name} is ${found}`;
  }
  return null;
}
