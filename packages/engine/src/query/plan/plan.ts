import type { Clause, EntityType, ReadQuery, VariableIndex } from "@omnigraph/language";
import type { Need } from "../../view/view.ts";
import { Scratch } from "../run/scratch.ts";
import { type Block, type PlannedDenial, readBlock, specOf } from "./block.ts";
import { foldBranches } from "./branches.ts";
import { withCarried } from "./carried.ts";
import type { CountOf } from "./estimate.ts";
import { needsOf } from "./needs.ts";
import { type Outputs, outputReads, outputsOf } from "./outputs.ts";
import { printSteps } from "./print.ts";
import type { Step } from "./spec.ts";
import { orderSteps } from "./steps.ts";

/** Where a plan learns how large the types are: a view, say. */
export interface Sizes {
  count(type: EntityType): number;
}

/** A plan in the order that suits graphs of some size. */
export interface Ordered {
  readonly steps: readonly Step[];
  readonly needs: readonly Need[];
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

class Planner {
  readonly #query: ReadQuery;
  readonly #countOf: CountOf;

  constructor(query: ReadQuery, countOf: CountOf) {
    this.#query = query;
    this.#countOf = countOf;
  }

  plan(reads: ReadonlySet<VariableIndex>): readonly Step[] {
    const block = this.#read(this.#query.clauses, 0);
    for (const read of reads) {
      const vertex = block.vertices.get(read);
      if (vertex !== undefined) vertex.required = true;
    }
    foldBranches(block, this.#countOf);
    return orderSteps(block, this.#countOf);
  }

  #read(clauses: readonly Clause[], depth: number): Block {
    return readBlock(this.#query.variables, clauses, depth, (nested, nestedDepth) =>
      this.#planDenial(nested, nestedDepth),
    );
  }

  #planDenial(clauses: readonly Clause[], depth: number): PlannedDenial {
    const block = this.#read(clauses, depth);
    foldBranches(block, this.#countOf);
    const [only, ...others] = block.vertices.values();
    const extra = block.guards.length + block.joins.length + block.denials.length + block.traverses.size;
    if (only?.outer === true && others.length === 0 && extra === 0)
      return { kind: "vertex", vertex: specOf(only) };
    const reads = [...block.vertices.values()].filter(({ outer }) => outer);
    return {
      kind: "steps",
      denial: {
        steps: orderSteps(block, this.#countOf),
        reads: reads.map(({ variable }) => variable.index),
      },
    };
  }
}
