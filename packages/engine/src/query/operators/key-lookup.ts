import type { VariableIndex } from "@omnigraph/language";
import type { VertexSpec } from "../plan/spec.ts";
import type { Batch, Operator } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { VertexCheck } from "./vertex-check.ts";

/** The one entity that an anchor fixes, if it exists and passes. */
export class KeyLookup implements Operator {
  readonly #check: VertexCheck;
  readonly #out: Batch;
  readonly #variable: VariableIndex;
  #done = false;

  constructor(vertex: VertexSpec, carried: readonly VariableIndex[], weighted: boolean, context: RunContext) {
    this.#variable = vertex.variable.index;
    this.#check = new VertexCheck(vertex, context);
    this.#out = context.batch(carried, weighted);
  }

  next(): Batch | null {
    const ordinal = this.#check.anchor ?? -1;
    if (this.#done || ordinal < 0) return null;
    this.#done = true;
    const weight = this.#check.weight(ordinal);
    if (weight === 0) return null;
    const out = this.#out;
    const slot = out.slots[this.#variable]!;
    if (slot.length > 0) slot[0] = ordinal;
    if (out.weights !== null) out.weights[0] = weight;
    out.length = 1;
    return out;
  }

  reset(): void {
    this.#done = false;
  }
}
