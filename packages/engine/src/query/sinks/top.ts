import type { VariableIndex } from "@omnigraph/language";
import type { Outputs } from "../plan/outputs.ts";
import type { Batch } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { TopHeap } from "./heap.ts";
import { RowStore } from "./row-store.ts";
import type { Sink } from "./sink.ts";
import { SortKeys } from "./sort-keys.ts";
import type { Table } from "../result/table.ts";
import { tableAt } from "./table-at.ts";

/** The first rows of an order, by a heap. */
export class Top implements Sink {
  readonly #context: RunContext;
  readonly #outputs: Extract<Outputs, { kind: "rows" }>;
  readonly #limit: number;
  readonly #store: RowStore;
  readonly #keys: SortKeys;
  readonly #heap: TopHeap;
  /** By place the rough number of the first criterion; see `roughNumber`. */
  readonly #rough: Float64Array;
  readonly #roughOf: ((batch: Batch, row: number) => number) | null;
  readonly #order: (a: number, b: number) => number;
  /** A place that is not in the heap. */
  #spare = 0;

  constructor(
    outputs: Extract<Outputs, { kind: "rows" }>,
    variables: readonly VariableIndex[],
    limit: number,
    context: RunContext,
  ) {
    this.#context = context;
    this.#outputs = outputs;
    this.#limit = limit;
    this.#store = new RowStore(variables, context);
    this.#store.allot(limit + 1);
    this.#rough = new Float64Array(limit + 1);
    this.#keys = new SortKeys(outputs, this.#store, context);
    context.charge(this.#keys.rowBytes * (limit + 1));
    const exact = this.#keys.order();
    const rough = this.#keys.rough();
    this.#roughOf =
      rough === null ? null : (batch, row) => rough.numberOf(batch.slots[rough.variable]![row]!);
    this.#order = (a, b) => {
      const difference = this.#rough[a]! - this.#rough[b]!;
      if (difference !== 0 && !Number.isNaN(difference)) return difference;
      return exact(a, b);
    };
    this.#heap = new TopHeap(limit, this.#order);
  }

  accept(batch: Batch): boolean {
    this.#keys.prepare(batch);
    for (let row = 0; row < batch.length; row++) {
      const times = batch.weights === null ? 1 : Math.min(batch.weights[row]!, this.#limit);
      for (let i = 0; i < times; i++) if (!this.#offer(batch, row)) break;
    }
    return true;
  }

  finish(): boolean {
    return true;
  }

  table(): Table {
    return tableAt(this.#store, this.#heap.sorted(), this.#outputs, this.#context);
  }

  /** Answers whether the row was kept. */
  #offer(batch: Batch, row: number): boolean {
    const heap = this.#heap;
    const rough = this.#roughOf === null ? 0 : this.#roughOf(batch, row);
    if (!heap.isFull) {
      this.#put(batch, row, this.#spare, rough);
      heap.push(this.#spare++);
      return true;
    }
    if (rough > this.#rough[heap.last]!) return false;
    const spare = this.#spare;
    this.#put(batch, row, spare, rough);
    if (this.#order(spare, heap.last) >= 0) return false;
    this.#spare = heap.last;
    heap.replaceLast(spare);
    return true;
  }

  #put(batch: Batch, row: number, place: number, rough: number): void {
    this.#store.put(batch, row, place);
    this.#keys.compute(batch, row, place);
    this.#rough[place] = rough;
  }
}
