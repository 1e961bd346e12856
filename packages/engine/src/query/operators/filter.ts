import type { Predicate } from "@omnigraph/language";
import type { VertexSpec } from "../plan/spec.ts";
import { type Batch, moveRow, type Operator } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { slotTest, type SlotTest } from "./predicate-test.ts";
import { VertexCheck } from "./vertex-check.ts";

/** Keeps the rows where a condition on several variables holds. */
export class RowFilter implements Operator {
  readonly #context: RunContext;
  readonly #input: Operator;
  readonly #test: SlotTest;

  constructor(input: Operator, predicate: Predicate, context: RunContext) {
    this.#context = context;
    this.#input = input;
    this.#test = slotTest(predicate, context);
  }

  next(): Batch | null {
    const batch = this.#input.next();
    if (batch === null) return null;
    this.#context.tick(batch.length);
    const { slots } = batch;
    let kept = 0;
    for (let i = 0; i < batch.length; i++) {
      if (this.#test(slots, i)) moveRow(batch, i, kept++);
    }
    batch.length = kept;
    return batch;
  }

  reset(): void {
    this.#input.reset();
  }
}

/** Keeps the rows whose entity passes, and multiplies their weight by the number of ways to extend the entity by its branches. */
export class VertexFilter implements Operator {
  readonly #context: RunContext;
  readonly #input: Operator;
  readonly #variable: number;
  readonly #check: VertexCheck;

  constructor(input: Operator, vertex: VertexSpec, context: RunContext) {
    this.#context = context;
    this.#input = input;
    this.#variable = vertex.variable.index;
    this.#check = new VertexCheck(vertex, context);
  }

  next(): Batch | null {
    const batch = this.#input.next();
    if (batch === null) return null;
    this.#context.tick(batch.length);
    const { slots, weights } = batch;
    const ordinals = slots[this.#variable]!;
    const check = this.#check;
    let kept = 0;
    for (let i = 0; i < batch.length; i++) {
      const weight = check.counts ? check.weight(ordinals[i]!) : Number(check.passes(ordinals[i]!));
      if (weight === 0) continue;
      moveRow(batch, i, kept);
      if (weights !== null) weights[kept]! *= weight;
      kept++;
    }
    batch.length = kept;
    return batch;
  }

  reset(): void {
    this.#input.reset();
  }
}

/** Lets rows through when a condition on parameters alone holds. */
export class Guard implements Operator {
  readonly #input: Operator;
  readonly #open: boolean;

  constructor(input: Operator, open: boolean) {
    this.#input = input;
    this.#open = open;
  }

  next(): Batch | null {
    return this.#open ? this.#input.next() : null;
  }

  reset(): void {
    this.#input.reset();
  }
}
