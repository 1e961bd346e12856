import type { BranchScope, PolicyAction, Scoped } from "./actions.ts";
import { POLICY_ACTIONS, SCOPES } from "./actions.ts";
import type { Rule } from "./bundle.ts";

/** What Cedar policies are checked against: the entities, and the facts that a decision is made of. */
export const CEDAR_SCHEMA: string = `
entity Group;
entity Actor in [Group];
entity Graph;
entity Server;
type Facts = {
  "branch"?: String,
  "branch_protected"?: Bool,
  "target_branch"?: String,
  "target_branch_protected"?: Bool,
  "call"?: String,
  "query"?: String,
  "reads"?: Set<String>,
  "changes"?: Set<String>,
};
action ${POLICY_ACTIONS.filter((action) => action !== "graph_list")
  .map((action) => JSON.stringify(action))
  .join(", ")} appliesTo { principal: [Actor], resource: [Graph], context: Facts };
action "graph_list" appliesTo { principal: [Actor], resource: [Server], context: Facts };
`;

/** The Cedar policies of a rule: one for all actions for which the same scopes count. */
export function cedarOfRule(rule: Rule): readonly string[] {
  const byScopes = new Map<string, { readonly scoped: Scoped; readonly actions: PolicyAction[] }>();
  for (const action of rule.actions) {
    const scoped = SCOPES[action];
    const key = JSON.stringify(scoped);
    const group = byScopes.get(key) ?? { scoped, actions: [] };
    group.actions.push(action);
    byScopes.set(key, group);
  }
  return [...byScopes.values()].map(({ scoped, actions }) => {
    const conditions = [
      ...(scoped.branch ? scopeTest("branch_protected", rule.branchScope) : []),
      ...(scoped.target ? scopeTest("target_branch_protected", rule.targetBranchScope) : []),
    ];
    const named = actions.map((action) => `Action::${cedarText(action)}`).join(", ");
    const when = conditions.length === 0 ? "" : ` when { ${conditions.join(" && ")} }`;
    return `@id(${cedarText(rule.id)}) permit (principal in Group::${cedarText(rule.group)}, action in [${named}], resource)${when};`;
  });
}

/** A branch that is not known is neither protected nor unprotected: only a rule for any branch is about it. */
function scopeTest(fact: string, scope: BranchScope): readonly string[] {
  switch (scope) {
    case "any":
      return [];
    case "protected":
      return [`context has ${fact} && context.${fact}`];
    case "unprotected":
      return [`context has ${fact} && !context.${fact}`];
  }
}

/** A text as Cedar writes it: whatever is not plain, by its code point. */
function cedarText(text: string): string {
  const written = Array.from(text, (character) =>
    /^[ !#-[\]-~]$/u.test(character) ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  return `"${written.join("")}"`;
}
