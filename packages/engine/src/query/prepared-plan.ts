import type {
  Clause,
  EntityType,
  Predicate,
  ReadQuery,
  SearchExpr,
  VariableIndex,
} from "@omnigraph/language";
import { planLines, PlanTree } from "./explain/plan-tree.ts";
import { Scratch } from "./run/scratch.ts";
import { withCarried } from "./plan/carried.ts";
import type { CountOf } from "./plan/estimate.ts";
import { needsOf } from "./plan/needs.ts";
import { type Outputs, outputReads, outputsOf } from "./plan/outputs.ts";
import { type Ordered, Planner } from "./plan/planner.ts";
import { rankedConditions, searchesOf } from "./plan/searches.ts";
import { entityTypeOrNull, type Step } from "./plan/spec.ts";

/** Sizes of types, for the planner; a view has them. */
export interface Sizes {
  count(type: EntityType): number;
}

/** A query that is ready to run with any parameters over any view of its catalog. Keep it, so that it is planned only once. */
export class Plan {
  readonly query: ReadQuery;
  readonly outputs: Outputs;
  /** Buffers that are reused from run to run. */
  readonly scratch: Scratch = new Scratch();
  /** Number of runs without its type being resident; see `execute`. */
  coldRuns = 0;
  /** The variables whose entities the answer reads. */
  readonly read: readonly VariableIndex[];
  /** The searches that a run prepares before it reads rows. */
  readonly searches: readonly SearchExpr[];
  readonly #types: readonly EntityType[];
  readonly #magnitudes: Int8Array;
  #ordered: Ordered | null = null;

  constructor(query: ReadQuery) {
    this.query = query;
    this.searches = searchesOf(query);
    this.outputs = outputsOf(query);
    this.read = [...outputReads(this.outputs)];
    this.#types = typesOf(
      query.variables.map(entityTypeOrNull).filter((type) => type !== null),
      query.clauses,
    );
    this.#magnitudes = new Int8Array(this.#types.length);
    // Orders once for an empty graph, so that a query that cannot be planned fails here.
    this.#ordered = this.#order(() => 0);
  }

  /** The steps, ordered for graphs of this size. They are ordered again when a type has grown or shrunk by a power of two. */
  ordered(sizes: Sizes): Ordered {
    let same = this.#ordered !== null;
    for (let t = 0; t < this.#types.length; t++) {
      const magnitude = 32 - Math.clz32(sizes.count(this.#types[t]!));
      if (this.#magnitudes[t] === magnitude) continue;
      this.#magnitudes[t] = magnitude;
      same = false;
    }
    if (this.#ordered === null || !same) this.#ordered = this.#order((type) => sizes.count(type));
    return this.#ordered;
  }

  /** The steps as text, one a line. */
  print(sizes: Sizes): string {
    const tree = new PlanTree(this.query, (type) => sizes.count(type));
    return planLines(tree.steps(this.ordered(sizes).steps)).join("\n");
  }

  #order(countOf: CountOf): Ordered {
    const { query } = this;
    const planner = new Planner(query, countOf);
    const origin = query.variables.length;
    const plan = (read: Iterable<VariableIndex>, conditions: readonly Predicate[]): readonly Step[] => {
      const reads = new Set(read);
      return withCarried(planner.plan(reads, conditions), reads, origin);
    };
    const { ranked, fused } = rankedConditions(query.order);
    const steps = plan(this.read, [...ranked, ...fused]);
    const fusions = this.searches.filter((search) => search.function === "rrf");
    const ranks = fusions.map(({ variable }) => variable);
    const candidates = ranks.length === 0 ? null : plan(ranks, ranked);
    const needs = needsOf(query, [...(candidates ?? []), ...steps], this.outputs);
    return { steps, candidates, needs };
  }
}

/** Plans a query. Steps are ordered later, on the first view. Throws `not_available` for what this release cannot run. */
export function compilePlan(query: ReadQuery): Plan {
  return new Plan(query);
}

function typesOf(variables: readonly EntityType[], clauses: readonly Clause[]): readonly EntityType[] {
  const edges = clauses.flatMap((clause): readonly EntityType[] => {
    if (clause.kind === "traverse") return clause.edges.map(({ edge }) => edge);
    return "clauses" in clause ? typesOf([], clause.clauses) : [];
  });
  return [...new Set([...variables, ...edges])];
}
