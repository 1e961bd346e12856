import { lru, OmnigraphError } from "@omnigraph/base";
import type { PolicyAction } from "./actions.ts";
import { type Bundle, readBundle, type Rule } from "./bundle.ts";
import { type CedarAnswer, cedarParts, CedarPolicies, type CedarSource } from "./cedar.ts";
import { cedarOfRule } from "./cedar-text.ts";

/** A file of a policy: a bundle in YAML, or, where its name ends so, policies in Cedar (`.cedar`). */
export interface PolicySource {
  readonly path: string;
  readonly text: string;
}

/** What somebody wants to do. A member that is null is not known, or there is none. */
export interface PolicyRequest {
  readonly actor: string | null;
  readonly action: PolicyAction;
  /** The branch that is read or changed, that a branch is made from, or that is merged. */
  readonly branch: string | null;
  /** The branch that is made, deleted, merged into, or given another schema. */
  readonly target: string | null;
  /** The method of the library. */
  readonly call: string | null;
  /** The stored query that is run. */
  readonly query: string | null;
  /** Names of the types that are read, and that are changed. */
  readonly reads: readonly string[] | null;
  readonly changes: readonly string[] | null;
}

/** What a policy says to a request. */
export interface Decision {
  readonly isAllowed: boolean;
  /** Ids of the rules that decided, sorted: those that allow it, or those that forbid it. None where no rule allows it. */
  readonly rules: readonly string[];
  /** Why rules could not be evaluated; it is refused then. */
  readonly failures: readonly string[];
}

const REFUSED: Decision = { isAllowed: false, rules: [], failures: [] };

/** Most decisions that a policy remembers. */
const REMEMBERED = 10_000;

/** Who may do what on a graph, or on a server. It is compiled once, and its decisions are remembered by what they depend on. */
export class Policy {
  /** The rules of its bundles, in the order of the files. */
  readonly rules: readonly Rule[];
  readonly #groupsOf: ReadonlyMap<string, readonly string[]>;
  readonly #protected: ReadonlySet<string>;
  readonly #cedar: CedarPolicies;
  /** Whether policies of its own ask for more facts than rules do. */
  readonly #asksAll: boolean;
  /** Rule by Cedar policy. */
  readonly #ruleOf: ReadonlyMap<string, string>;
  readonly #resource: { readonly type: "Graph" | "Server"; readonly id: string };
  readonly #decisions = lru<Decision>(REMEMBERED);

  /**
   * The files together are the policy of a graph: what one of them allows, and none forbids, is allowed. `graph` is the id of the graph, for policies in
   * Cedar. Errors: `policy_invalid`, with the place.
   */
  constructor(sources: readonly PolicySource[], graph = "graph") {
    const bundles = sources.filter((source) => !isCedar(source)).map((s) => readBundle(s.path, s.text));
    this.rules = bundles.flatMap(({ rules }) => rules);
    this.#groupsOf = groupsByActor(bundles);
    this.#protected = new Set(bundles.flatMap((bundle) => bundle.protectedBranches));
    this.#resource = { type: "Graph", id: graph };
    const policies = new Map<string, CedarSource>();
    const ruleOf = new Map<string, string>();
    const add = (id: string, source: CedarSource, part = 0): void => {
      const name = part === 0 ? id : `${id}#${part + 1}`;
      if (policies.has(name))
        throw new OmnigraphError(
          "policy_invalid",
          `${source.path}: rule ${id} is there already; name it otherwise`,
        );
      policies.set(name, source);
      ruleOf.set(name, id);
    };
    for (const rule of this.rules)
      for (const [part, text] of cedarOfRule(rule).entries()) add(rule.id, { path: rule.place, text }, part);
    for (const source of sources.filter(isCedar))
      for (const [id, text] of cedarParts(source)) add(id, { path: source.path, text });
    this.#asksAll = sources.some(isCedar);
    this.#ruleOf = ruleOf;
    this.#cedar = new CedarPolicies(policies);
    // The first question takes a tenth of a second, which nobody is to wait for later.
    this.#ask({ ...NOTHING, action: "read" }, "");
  }

  /** Nobody without a name is allowed anything. */
  decide(request: PolicyRequest): Decision {
    const { actor, action } = request;
    if (actor === null) return REFUSED;
    const facts = this.#facts(request);
    const key = JSON.stringify([actor, action, facts]);
    const known = this.#decisions.get(key);
    if (known !== undefined) return known;
    const { isAllowed, policies, failures } = this.#ask(request, actor, facts);
    const rules = [...new Set(policies.map((id) => this.#ruleOf.get(id) ?? id))];
    const decision = { isAllowed, rules, failures };
    this.#decisions.set(key, decision);
    return decision;
  }

  /** The groups of an actor, sorted. */
  groupsOf(actor: string): readonly string[] {
    return this.#groupsOf.get(actor) ?? [];
  }

  /** Branches of each kind that rules tell apart: one that is not known, one that is not protected, and one that is, if there is any. */
  exampleBranches(): readonly (string | null)[] {
    let unprotected = "branch";
    while (this.isProtected(unprotected)) unprotected += "-";
    return [null, unprotected, ...[...this.#protected].slice(0, 1)];
  }

  isProtected(branch: string): boolean {
    return this.#protected.has(branch);
  }

  #ask({ action }: Pick<PolicyRequest, "action">, actor: string, facts: Facts = {}): CedarAnswer {
    const resource = action === "graph_list" ? SERVER : this.#resource;
    return this.#cedar.ask({ actor, groups: this.groupsOf(actor), action, resource, facts });
  }

  /** What a decision depends on: of a rule, only whether the branches are protected. */
  #facts(request: PolicyRequest): Facts {
    const facts: Record<string, string | boolean | string[]> = {};
    const branch = (name: string, value: string | null): void => {
      if (value === null) return;
      if (this.#asksAll) facts[name] = value;
      facts[`${name}_protected`] = this.isProtected(value);
    };
    branch("branch", request.branch);
    branch("target_branch", request.target);
    if (!this.#asksAll) return facts;
    const { call, query, reads, changes } = request;
    for (const [name, value] of Object.entries({ call, query, reads, changes }))
      if (value !== null) facts[name] = typeof value === "string" ? value : [...value];
    return facts;
  }
}

type Facts = Record<string, string | boolean | string[]>;

/** A request about nothing in particular. */
export const NOTHING: Omit<PolicyRequest, "action"> = {
  actor: null,
  branch: null,
  target: null,
  call: null,
  query: null,
  reads: null,
  changes: null,
};

const SERVER = { type: "Server", id: "server" } as const;

function isCedar({ path }: PolicySource): boolean {
  return path.endsWith(".cedar");
}

/** A group of two files is one group only if somebody means it to be: else one file could widen the other. */
function groupsByActor(bundles: readonly Bundle[]): ReadonlyMap<string, readonly string[]> {
  const declared = new Set<string>();
  const found = new Map<string, string[]>();
  for (const { groups } of bundles) {
    for (const [group, actors] of groups) {
      if (declared.has(group))
        throw new OmnigraphError(
          "policy_invalid",
          `group ${group} is declared in two files; name one otherwise`,
        );
      declared.add(group);
      for (const actor of new Set(actors)) found.set(actor, [...(found.get(actor) ?? []), group]);
    }
  }
  for (const groups of found.values()) groups.sort();
  return found;
}
