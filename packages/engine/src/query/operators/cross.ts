import type { VariableIndex } from "@omnigraph/language";
import type { VertexSpec } from "../plan/spec.ts";
import { type Batch, BATCH_ROWS, type Operator, repeatRow } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { VertexCheck } from "./vertex-check.ts";
import { OrdinalList } from "../run/ordinal-list.ts";

/** Cross product: pairs every row with every entity of a type that passes. The entities are collected once, on the first row. */
export class Cross implements Operator {
  readonly #context: RunContext;
  readonly #input: Operator;
  readonly #vertex: VertexSpec;
  readonly #out: Batch;
  readonly #copied: readonly VariableIndex[];
  #rows: Batch | null = null;
  #row = 0;
  #entities: OrdinalList | null = null;
  #weights: Float64Array | null = null;
  #entity = 0;

  constructor(
    input: Operator,
    vertex: VertexSpec,
    carried: readonly VariableIndex[],
    weighted: boolean,
    context: RunContext,
  ) {
    this.#context = context;
    this.#input = input;
    this.#vertex = vertex;
    this.#out = context.batch(carried, weighted);
    this.#copied = carried.filter((variable) => variable !== vertex.variable.index);
  }

  next(): Batch | null {
    const out = this.#out;
    out.length = 0;
    while (out.length < BATCH_ROWS) {
      if (this.#rows === null || this.#row >= this.#rows.length) {
        if (out.length > 0 && this.#context.yieldDue) return out;
        this.#rows = this.#input.next();
        this.#row = 0;
        if (this.#rows === null) return out.length > 0 ? out : null;
        if (this.#rows.length === 0) return out;
      }
      this.#pair(this.#rows);
    }
    return out;
  }

  reset(): void {
    this.#input.reset();
    this.#rows = null;
    this.#entity = 0;
  }

  /** Pairs the current row with as many entities as there is room for. */
  #pair(rows: Batch): void {
    const out = this.#out;
    const entities = this.#entities ?? this.#seek();
    const at = out.length;
    const end = Math.min(BATCH_ROWS, at + entities.length - this.#entity);
    repeatRow(rows, this.#row, out, at, end, this.#copied);
    const slot = out.slots[this.#vertex.variable.index]!;
    const weights = this.#weights;
    for (let i = at; i < end; i++) {
      if (slot.length > 0) slot[i] = entities.items[this.#entity]!;
      if (weights !== null && out.weights !== null) out.weights[i]! *= weights[this.#entity]!;
      this.#entity++;
    }
    this.#context.tick(end - at + 1);
    out.length = end;
    if (this.#entity < entities.length) return;
    this.#entity = 0;
    this.#row++;
  }

  #seek(): OrdinalList {
    const context = this.#context;
    const check = new VertexCheck(this.#vertex, context);
    const live = context.rows(this.#vertex.variable.index).liveOrdinals();
    const candidates =
      check.anchor === null ? live : Uint32Array.of(...(check.anchor < 0 ? [] : [check.anchor]));
    const entities = new OrdinalList();
    const weights = check.counts ? new Float64Array(candidates.length) : null;
    context.charge(candidates.length * (weights === null ? 4 : 12));
    for (const ordinal of candidates) {
      const weight = check.counts ? check.weight(ordinal) : check.passes(ordinal) ? 1 : 0;
      if (weight === 0) continue;
      if (weights !== null) weights[entities.length] = weight;
      entities.push(ordinal);
    }
    context.tick(candidates.length);
    this.#weights = weights;
    this.#entities = entities;
    return entities;
  }
}
