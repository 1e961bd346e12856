import type { VariableIndex } from "@omnigraph/language";
import type { Neighbours } from "../neighbours/neighbours.ts";
import type { Step } from "../plan/spec.ts";
import { type Batch, BATCH_ROWS, moveRow, type Operator, repeatRow } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { neighboursOf } from "../neighbours/neighbours-of.ts";
import type { VertexCheck } from "./vertex-check.ts";

/** A traversal of one hop whose ends are both bound: keeps the rows where it leads from one to the other. */
export class CloseCycle implements Operator {
  readonly #context: RunContext;
  readonly #input: Operator;
  readonly #neighbours: Neighbours;
  readonly #known: VariableIndex;
  readonly #sought: VariableIndex;

  constructor(input: Operator, step: Extract<Step, { kind: "close" }>, context: RunContext) {
    this.#context = context;
    this.#input = input;
    this.#neighbours = neighboursOf(step.link, context);
    this.#known = step.link.known;
    this.#sought = step.link.sought;
  }

  next(): Batch | null {
    const batch = this.#input.next();
    if (batch === null) return null;
    const known = batch.slots[this.#known]!;
    const sought = batch.slots[this.#sought]!;
    this.#context.tick(batch.length * 8);
    let kept = 0;
    for (let i = 0; i < batch.length; i++) {
      if (this.#neighbours.reaches(known[i]!, sought[i]!)) moveRow(batch, i, kept++);
    }
    batch.length = kept;
    return batch;
  }

  reset(): void {
    this.#input.reset();
  }
}

/** A traversal by edge whose ends are both bound: one row per edge between them that passes. */
export class CloseByEdge implements Operator {
  readonly #context: RunContext;
  readonly #input: Operator;
  readonly #neighbours: Neighbours;
  readonly #edge: VertexCheck;
  readonly #out: Batch;
  readonly #known: VariableIndex;
  readonly #sought: VariableIndex;
  readonly #edges: Uint32Array;
  readonly #copied: readonly VariableIndex[];
  #rows: Batch | null = null;
  #batchLength = 0;
  #row = -1;
  #at = 0;
  #end = 0;

  constructor(
    input: Operator,
    step: Extract<Step, { kind: "close" }>,
    edge: VertexCheck,
    edgeVariable: VariableIndex,
    weighted: boolean,
    context: RunContext,
  ) {
    this.#context = context;
    this.#input = input;
    this.#neighbours = neighboursOf(step.link, context);
    this.#edge = edge;
    this.#out = context.batch(step.carried, weighted);
    this.#known = step.link.known;
    this.#sought = step.link.sought;
    this.#edges = this.#out.slots[edgeVariable]!;
    this.#copied = step.carried.filter((variable) => variable !== edgeVariable);
  }

  next(): Batch | null {
    const out = this.#out;
    out.length = 0;
    while (out.length < BATCH_ROWS) {
      if (this.#at >= this.#end) {
        if (++this.#row >= this.#batchLength) {
          this.#rows = this.#input.next();
          this.#batchLength = this.#rows === null ? 0 : this.#rows.length;
          this.#row = -1;
          if (this.#rows === null) return out.length > 0 ? out : null;
          if (out.length > 0 || this.#batchLength === 0) return out;
          continue;
        }
        this.#open(this.#rows!);
      }
      this.#follow(this.#rows!);
    }
    return out;
  }

  reset(): void {
    this.#input.reset();
    this.#rows = null;
    this.#batchLength = 0;
    this.#row = -1;
    this.#at = 0;
    this.#end = 0;
  }

  #open(rows: Batch): void {
    this.#neighbours.open(rows.slots[this.#known]![this.#row]!);
    this.#at = this.#neighbours.start;
    this.#end = this.#neighbours.end;
    this.#context.tick(this.#end - this.#at);
  }

  #follow(rows: Batch): void {
    const { targets, edges } = this.#neighbours;
    const sought = rows.slots[this.#sought]![this.#row]!;
    const out = this.#out;
    const at = out.length;
    let length = at;
    for (; this.#at < this.#end && length < BATCH_ROWS; this.#at++) {
      if (targets[this.#at] !== sought || !this.#edge.passes(edges[this.#at]!)) continue;
      if (this.#edges.length > 0) this.#edges[length] = edges[this.#at]!;
      length++;
    }
    repeatRow(rows, this.#row, out, at, length, this.#copied);
    out.length = length;
  }
}
