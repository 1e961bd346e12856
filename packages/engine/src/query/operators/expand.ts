import type { VariableIndex } from "@omnigraph/language";
import type { Neighbours } from "../neighbours/neighbours.ts";
import { boundBeside, type Step } from "../plan/spec.ts";
import { type Batch, BATCH_ROWS, NO_ORDINALS, type Operator, repeatRow } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { neighboursOf } from "../neighbours/neighbours-of.ts";
import { VertexCheck } from "./vertex-check.ts";

/** Rows for which a negated pattern has a match already: a mark of 1 by row, and the slot that holds the number of the row. */
export interface MatchedRows {
  readonly marks: Uint8Array;
  readonly origin: VariableIndex;
}

/** Follows a traversal from a bound node: one row per node reached, or per edge where the edge is bound, that passes. */
export class Expand implements Operator {
  readonly #context: RunContext;
  readonly #input: Operator;
  readonly #neighbours: Neighbours;
  readonly #vertex: VertexCheck;
  readonly #edge: VertexCheck | null;
  readonly #out: Batch;
  readonly #known: VariableIndex;
  readonly #targets: Uint32Array;
  readonly #edges: Uint32Array;
  readonly #copied: readonly VariableIndex[];
  readonly #matched: MatchedRows | null;
  /** The weights of the reached nodes by their branches; null when each counts once. */
  readonly #ownWeights: Float64Array | null;
  #rows: Batch | null = null;
  #batchLength = 0;
  #row = -1;
  #at = 0;
  #end = 0;
  /** The list of the current row may go on. */
  #goesOn = false;

  constructor(
    input: Operator,
    step: Extract<Step, { kind: "expand" }>,
    weighted: boolean,
    context: RunContext,
    matched: MatchedRows | null,
  ) {
    const { link, carried } = step;
    const beside = boundBeside(link.traverse);
    this.#context = context;
    this.#input = input;
    this.#neighbours = neighboursOf(link, context);
    this.#vertex = new VertexCheck(step.vertex, context);
    this.#edge = step.edge === null ? null : new VertexCheck(step.edge, context);
    this.#out = context.batch(carried, weighted);
    this.#known = link.known;
    this.#targets = this.#out.slots[link.sought]!;
    this.#edges = beside === null ? NO_ORDINALS : this.#out.slots[beside]!;
    this.#copied = carried.filter((variable) => variable !== link.sought && variable !== beside);
    this.#matched = matched;
    this.#ownWeights = this.#vertex.counts ? new Float64Array(BATCH_ROWS) : null;
  }

  next(): Batch | null {
    const out = this.#out;
    out.length = 0;
    let pulled = false;
    while (out.length < BATCH_ROWS) {
      if (this.#at >= this.#end) {
        if (this.#goesOn) {
          this.#goesOn = this.#openMore();
          if (this.#context.yieldDue) return out;
          continue;
        }
        if (++this.#row >= this.#batchLength) {
          if (pulled && this.#context.yieldDue) return this.#pause();
          if (!this.#pull()) return out.length > 0 ? out : null;
          pulled = true;
          continue;
        }
        this.#open();
      }
      this.#follow();
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
    this.#goesOn = false;
  }

  /** Answers the rows so far; the current row is continued by the next call. */
  #pause(): Batch {
    this.#row--;
    return this.#out;
  }

  /** Pulls the next batch of rows. */
  #pull(): boolean {
    this.#rows = this.#input.next();
    this.#batchLength = this.#rows === null ? 0 : this.#rows.length;
    this.#row = -1;
    return this.#rows !== null;
  }

  #open(): void {
    if (this.#isMatched()) return;
    this.#neighbours.open(this.#rows!.slots[this.#known]![this.#row]!);
    this.#goesOn = true;
    this.#takeList();
  }

  /** Goes on with the list of the current row; false where it has ended, or is not wanted any more. */
  #openMore(): boolean {
    if (this.#isMatched() || !this.#neighbours.more()) return false;
    this.#takeList();
    return true;
  }

  #takeList(): void {
    this.#at = this.#neighbours.start;
    this.#end = this.#neighbours.end;
    this.#context.tick(1 + this.#end - this.#at);
  }

  /** Whether the negated pattern has a match for the current row already. */
  #isMatched(): boolean {
    const matched = this.#matched;
    return matched !== null && matched.marks[this.#rows!.slots[matched.origin]![this.#row]!] === 1;
  }

  /** Writes rows for as many neighbours of the current row as there is room for. */
  #follow(): void {
    const out = this.#out;
    const at = out.length;
    const end =
      this.#vertex.free && (this.#edge === null || this.#edge.free) ? this.#writeAll() : this.#writePassing();
    repeatRow(this.#rows!, this.#row, out, at, end, this.#copied);
    const { weights } = out;
    const ownWeights = this.#ownWeights;
    if (weights !== null && ownWeights !== null) for (let i = at; i < end; i++) weights[i]! *= ownWeights[i]!;
    out.length = end;
  }

  #writeAll(): number {
    const { targets, edges } = this.#neighbours;
    const toTargets = this.#targets;
    const toEdges = this.#edges;
    const at = this.#out.length;
    const count = Math.min(BATCH_ROWS - at, this.#end - this.#at);
    const from = this.#at;
    if (toTargets.length > 0) for (let i = 0; i < count; i++) toTargets[at + i] = targets[from + i]!;
    if (toEdges.length > 0) for (let i = 0; i < count; i++) toEdges[at + i] = edges[from + i]!;
    this.#at = from + count;
    return at + count;
  }

  #writePassing(): number {
    const { targets, edges } = this.#neighbours;
    const vertex = this.#vertex;
    const edge = this.#edge;
    const toTargets = this.#targets;
    const toEdges = this.#edges;
    const ownWeights = this.#ownWeights;
    let length = this.#out.length;
    let i = this.#at;
    for (; i < this.#end && length < BATCH_ROWS; i++) {
      if (edge !== null && !edge.passes(edges[i]!)) continue;
      const weight = ownWeights === null ? Number(vertex.passes(targets[i]!)) : vertex.weight(targets[i]!);
      if (weight === 0) continue;
      if (toTargets.length > 0) toTargets[length] = targets[i]!;
      if (toEdges.length > 0) toEdges[length] = edges[i]!;
      if (ownWeights !== null) ownWeights[length] = weight;
      length++;
    }
    this.#at = i;
    return length;
  }
}
