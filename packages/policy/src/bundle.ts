import { OmnigraphError } from "@omnigraph/base";
import { parseYaml, type YamlRefusal, type YamlValue } from "@omnigraph/base/yaml";
import { BRANCH_SCOPES, type BranchScope, POLICY_ACTIONS, type PolicyAction, SCOPES } from "./actions.ts";

/** A rule of a bundle: what the actors of a group may do. */
export interface Rule {
  readonly id: string;
  readonly group: string;
  readonly actions: readonly PolicyAction[];
  readonly branchScope: BranchScope;
  readonly targetBranchScope: BranchScope;
  /** Where it stands: `team.yaml:9:5`. */
  readonly place: string;
}

/** A policy as a YAML file has it. Whatever no rule allows is refused. */
export interface Bundle {
  /** Actors by group. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly protectedBranches: readonly string[];
  readonly rules: readonly Rule[];
}

/** Version of the format of bundles. */
const VERSION = 1;

/** Reads the text of a bundle. Errors: `policy_invalid`, with the place. */
export function readBundle(path: string, text: string): Bundle {
  const root = parseYaml(path, text, policyRefusal);
  const members = root.members(["version", "groups", "protected_branches", "rules"]);
  root.checkVersion(VERSION);
  const groups = new Map(
    [...(members.get("groups")?.members() ?? [])].map(([name, actors]) => [name, actors.texts()]),
  );
  const rules = (members.get("rules")?.items() ?? []).map((rule) => readRule(rule, groups));
  return { groups, protectedBranches: members.get("protected_branches")?.texts() ?? [], rules };
}

/** The error for what is wrong in a file about policies. */
export const policyRefusal: YamlRefusal = (problem, { path, line, column }) =>
  new OmnigraphError("policy_invalid", problem, { details: { path, line, column } });

function readRule(rule: YamlValue, groups: Bundle["groups"]): Rule {
  rule.members(["id", "allow"]);
  const id = rule.required("id").text();
  const allow = rule.required("allow");
  const inner = allow.members(["actors", "actions", "branch_scope", "target_branch_scope"]);
  const actors = allow.required("actors");
  actors.members(["group"]);
  const group = actors.required("group");
  if (!groups.has(group.text()))
    throw group.refused(`rule ${id} is about group ${group.text()}, which the file does not declare`);
  const listed = allow.required("actions");
  const actions = listed.items().map((action) => action.oneOf(POLICY_ACTIONS));
  if (actions.length === 0) throw listed.refused(`rule ${id} allows no action`);
  const scope = (name: string, counts: (action: PolicyAction) => boolean): BranchScope => {
    const given = inner.get(name);
    if (given === undefined) return "any";
    if (!actions.some(counts))
      throw given.refused(`${name} has no effect on ${actions.join(", ")}; leave it out of rule ${id}`);
    return given.oneOf(BRANCH_SCOPES);
  };
  return {
    id,
    group: group.text(),
    actions: [...new Set(actions)],
    branchScope: scope("branch_scope", (action) => SCOPES[action].branch),
    targetBranchScope: scope("target_branch_scope", (action) => SCOPES[action].target),
    place: rule.place,
  };
}
