import type { Clause, ReadQuery, VariableIndex } from "@omnigraph/language";
import type { Need } from "../../view/view.ts";
import { type Block, type PlannedNegation, readBlock, specOf } from "./block.ts";
import { foldBranches } from "./branches.ts";
import type { CountOf } from "./estimate.ts";
import type { Step } from "./spec.ts";
import { orderSteps } from "./steps.ts";

/** The steps of a plan, ordered for graphs of a certain size. */
export interface Ordered {
  readonly steps: readonly Step[];
  readonly needs: readonly Need[];
}

export class Planner {
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
      this.#planNegation(nested, nestedDepth),
    );
  }

  #planNegation(clauses: readonly Clause[], depth: number): PlannedNegation {
    const block = this.#read(clauses, depth);
    foldBranches(block, this.#countOf);
    const [only, ...others] = block.vertices.values();
    const extra = block.guards.length + block.joins.length + block.negations.length + block.traverses.size;
    if (only?.outer === true && others.length === 0 && extra === 0)
      return { kind: "vertex", vertex: specOf(only) };
    const reads = [...block.vertices.values()].filter(({ outer }) => outer);
    return {
      kind: "steps",
      negation: {
        steps: orderSteps(block, this.#countOf),
        reads: reads.map(({ variable }) => variable.index),
      },
    };
  }
}
