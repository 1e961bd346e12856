import type { Clause, EntityType, ReadQuery, VariableIndex } from "@omnigraph/language";
import type { Need } from "../view/view.ts";
import { Scratch } from "./run/scratch.ts";
import { withCarried } from "./plan/carried.ts";
import type { CountOf } from "./plan/estimate.ts";
import { needsOf } from "./plan/needs.ts";
import { type Outputs, outputReads, outputsOf } from "./plan/outputs.ts";
import { printSteps } from "./plan/print.ts";
import { type Ordered, Planner } from "./plan/planner.ts";

/** Where a plan learns how large the types are: a view, say. */
export interface Sizes {
  count(type: EntityType): number;
}

/** A query made ready to run, with any parameters, over any view of its catalog. Keep it: planning is then paid once. */
export class Plan {
  readonly query: ReadQuery;
  readonly outputs: Outputs;
  /** Buffers that pass from run to run. */
  readonly scratch: Scratch = new Scratch();
  /** How often it has run without its type being resident; see `execute`. */
  coldRuns = 0;
  /** The variables whose entities the answer reads. */
  readonly read: readonly VariableIndex[];
  readonly #types: readonly EntityType[];
  readonly #magnitudes: Int8Array;
  #ordered: Ordered | null = null;

  constructor(query: ReadQuery) {
    this.query = query;
    this.outputs = outputsOf(query);
    this.read = [...outputReads(this.outputs)];
    this.#types = typesOf(
      query.variables.map(({ type }) => type),
      query.clauses,
    );
    this.#magnitudes = new Int8Array(this.#types.length);
    // Orders once for an empty graph, so that what cannot be planned at all fails here.
    this.#ordered = this.#order(() => 0);
  }

  /** The steps for graphs of this size; they are put in order anew when a type has grown or shrunk by a power of two. */
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

  /** What a view must hold before the plan runs on it without waiting. */
  needs(sizes: Sizes): readonly Need[] {
    return this.ordered(sizes).needs;
  }

  /** The steps as text, one a line. */
  print(sizes: Sizes): string {
    return printSteps(this.query, this.ordered(sizes).steps);
  }

  #order(countOf: CountOf): Ordered {
    const { query } = this;
    const planner = new Planner(query, countOf);
    const origin = query.variables.length;
    const reads = new Set(this.read);
    const steps = withCarried(planner.plan(reads), reads, origin);
    return { steps, needs: needsOf(query, steps, this.outputs) };
  }
}

/** Plans a query. Pure: the order of steps is chosen when the first view is seen. Throws `not_available` for what cannot be run yet. */
export function compilePlan(query: ReadQuery): Plan {
  return new Plan(query);
}

function typesOf(variables: readonly EntityType[], clauses: readonly Clause[]): readonly EntityType[] {
  const edges = clauses.flatMap((clause): readonly EntityType[] => {
    if (clause.kind === "traverse") return [clause.edge];
    return clause.kind === "not" ? typesOf([], clause.clauses) : [];
  });
  return [...new Set([...variables, ...edges])];
}
