import { parseYaml } from "@omnigraph/base/yaml";
import { POLICY_ACTIONS } from "./actions.ts";
import { policyRefusal } from "./bundle.ts";
import { explainDecision, type Explanation } from "./explain.ts";
import { NOTHING, type Policy, type PolicyRequest } from "./policy.ts";

/** A declared case: a request, and what a policy is to say to it. */
export interface PolicyCase {
  readonly id: string;
  readonly request: PolicyRequest;
  readonly expected: "allow" | "deny";
  readonly place: string;
}

/** How a case came out. */
export interface CaseOutcome extends PolicyCase {
  readonly explanation: Explanation;
  readonly passed: boolean;
}

const VERSION = 1;

/** Reads the text of a file of cases. Errors: `policy_invalid`, with the place. */
export function readCases(path: string, text: string): readonly PolicyCase[] {
  const root = parseYaml(path, text, policyRefusal);
  root.members(["version", "cases"]);
  root.checkVersion(VERSION);
  const seen = new Set<string>();
  return root
    .required("cases")
    .items()
    .map((item) => {
      const inner = item.members(["id", "actor", "action", "branch", "target_branch", "query", "expect"]);
      const id = item.required("id");
      if (seen.has(id.text())) throw id.refused(`case ${id.text()} is there already`);
      seen.add(id.text());
      return {
        id: id.text(),
        request: {
          ...NOTHING,
          actor: inner.get("actor")?.text() ?? null,
          action: item.required("action").oneOf(POLICY_ACTIONS),
          branch: inner.get("branch")?.text() ?? null,
          target: inner.get("target_branch")?.text() ?? null,
          query: inner.get("query")?.text() ?? null,
        },
        expected: item.required("expect").oneOf(["allow", "deny"]),
        place: item.place,
      };
    });
}

/** Puts each case to a policy. */
export function runCases(policy: Policy, cases: readonly PolicyCase[]): readonly CaseOutcome[] {
  return cases.map((each) => {
    const explanation = explainDecision(policy, each.request);
    return { ...each, explanation, passed: explanation.isAllowed === (each.expected === "allow") };
  });
}
