import type { VariableIndex } from "@omnigraph/language";
import type { Rows } from "../../view/view.ts";
import type { VertexSpec } from "../plan/spec.ts";
import { type Batch, BATCH_ROWS, type Operator } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { VertexCheck } from "./vertex-check.ts";

/** Most entities per call, so that a scan that finds nothing still returns control. */
const MAX_PER_CALL = 16 * BATCH_ROWS;

/** Scans a type: every live entity that passes, in order of ordinals. The first step of a plan without an anchor. */
export class Scan implements Operator {
  readonly #context: RunContext;
  readonly #rows: Rows;
  /** Live ordinals: all of them, or some thousands where all take too much memory. */
  #ordinals: Uint32Array;
  /** Ordinals below this one have been among `#ordinals`. */
  #seen: number;
  readonly #isWhole: boolean;
  readonly #check: VertexCheck;
  readonly #out: Batch;
  readonly #variable: VariableIndex;
  #at = 0;

  constructor(vertex: VertexSpec, carried: readonly VariableIndex[], weighted: boolean, context: RunContext) {
    this.#context = context;
    this.#variable = vertex.variable.index;
    this.#rows = context.rows(this.#variable);
    const { capacity } = this.#rows;
    this.#isWhole = capacity * 4 <= (context.spilling?.above ?? Number.POSITIVE_INFINITY);
    this.#ordinals = this.#isWhole ? this.#rows.liveOrdinals() : new Uint32Array(0);
    this.#seen = this.#isWhole ? capacity : 0;
    this.#check = new VertexCheck(vertex, context);
    this.#out = context.batch(carried, weighted);
  }

  next(): Batch | null {
    if (this.#at === this.#ordinals.length && !this.#goOn()) return null;
    const left = this.#ordinals.length - this.#at;
    const out = this.#out;
    const looked = Math.min(left, this.#check.free ? BATCH_ROWS : MAX_PER_CALL);
    const ordinals = this.#ordinals.subarray(this.#at, this.#at + looked);
    this.#context.tick(looked);
    if (!this.#check.free) this.#at += this.#fillPassing(ordinals);
    else {
      this.#fillAll(ordinals);
      this.#at += looked;
    }
    return out;
  }

  reset(): void {
    this.#at = 0;
    if (this.#isWhole) return;
    this.#ordinals = new Uint32Array(0);
    this.#seen = 0;
  }

  /** Lists the live ones of the next ordinals; false when there are none. */
  #goOn(): boolean {
    const { capacity } = this.#rows;
    const live = new Uint32Array(MAX_PER_CALL);
    let length = 0;
    while (length === 0 && this.#seen < capacity) {
      const end = Math.min(capacity, this.#seen + MAX_PER_CALL);
      for (let ordinal = this.#seen; ordinal < end; ordinal++)
        if (this.#rows.isLive(ordinal)) live[length++] = ordinal;
      this.#seen = end;
    }
    this.#ordinals = live.subarray(0, length);
    this.#at = 0;
    return length > 0;
  }

  #fillAll(ordinals: Uint32Array): void {
    const out = this.#out;
    const slot = out.slots[this.#variable]!;
    if (slot.length > 0) slot.set(ordinals);
    out.weights?.fill(1, 0, ordinals.length);
    out.length = ordinals.length;
  }

  /** Answers how many entities it looked at: all, or as many as filled the batch. */
  #fillPassing(ordinals: Uint32Array): number {
    const { slots, weights } = this.#out;
    const slot = slots[this.#variable]!;
    const check = this.#check;
    let length = 0;
    let i = 0;
    for (; i < ordinals.length && length < BATCH_ROWS; i++) {
      const ordinal = ordinals[i]!;
      const weight = check.counts ? check.weight(ordinal) : check.passes(ordinal) ? 1 : 0;
      if (weight === 0) continue;
      if (slot.length > 0) slot[length] = ordinal;
      if (weights !== null) weights[length] = weight;
      length++;
    }
    this.#out.length = length;
    return i;
  }
}
