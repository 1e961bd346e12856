import { fieldToField, type PairTest } from "../predicates/field-test.ts";
import type { FilterClause, VertexSpec } from "../plan/spec.ts";
import { type Batch, moveRow, type Operator } from "../run/batch.ts";
import { asEntity } from "./conditions.ts";
import type { RunContext } from "../run/context.ts";
import { VertexCheck } from "./vertex-check.ts";

/** Keeps the rows where a comparison between two variables holds. */
export class PairFilter implements Operator {
  readonly #context: RunContext;
  readonly #input: Operator;
  readonly #left: number;
  readonly #right: number;
  readonly #test: PairTest;

  constructor(input: Operator, filter: FilterClause, context: RunContext) {
    const left = asEntity(filter.left);
    const right = asEntity(filter.right);
    this.#context = context;
    this.#input = input;
    this.#left = left.variable;
    this.#right = right.variable;
    this.#test = fieldToField(context.cells(left), filter.operator, context.cells(right));
  }

  next(): Batch | null {
    const batch = this.#input.next();
    if (batch === null) return null;
    this.#context.tick(batch.length);
    const left = batch.slots[this.#left]!;
    const right = batch.slots[this.#right]!;
    let kept = 0;
    for (let i = 0; i < batch.length; i++) {
      if (this.#test(left[i]!, right[i]!)) moveRow(batch, i, kept++);
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
