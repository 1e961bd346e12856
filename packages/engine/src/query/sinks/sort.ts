import type { VariableIndex } from "@omnigraph/language";
import type { Outputs } from "../plan/outputs.ts";
import type { Batch } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import type { RowOrder } from "./heap.ts";
import { RowSorter } from "../spill/row-sorter.ts";
import { loggedTable } from "./logged-table.ts";
import { MergeSort } from "./merge-sort.ts";
import { RowStore } from "./row-store.ts";
import { eachRow } from "./row-words.ts";
import type { Sink } from "./sink.ts";
import { SortKeys } from "./sort-keys.ts";
import type { Table } from "../result/table.ts";
import { tableAt } from "./table-at.ts";

/** What a step of sorting on disk counts as. */
const WORK_OF_STEP = 8192;
/** Bytes of a stored row beside its ordinals, while it is sorted: two permutations, and the rough number. */
const SORTED_ROW_BYTES = 16;

/** Collects all rows and sorts them at the end; on disk where they are too many for memory. */
export class Sort implements Sink {
  readonly #context: RunContext;
  readonly #outputs: Extract<Outputs, { kind: "rows" }>;
  readonly #limit: number;
  readonly #store: RowStore;
  #sorting: MergeSort | null = null;
  #sorter: RowSorter | null = null;
  #appendKeys: (row: Uint32Array) => void = () => {};
  readonly #keys: SortKeys;

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
    this.#keys = new SortKeys(outputs, this.#store, context);
  }

  accept(batch: Batch): boolean {
    this.#sorter ??= this.#spilled(batch.length);
    if (this.#sorter !== null) {
      const sorter = this.#sorter;
      eachRow(batch, this.#store.variables, (row, _, times) => {
        for (let k = 0; k < Math.min(times, this.#limit); k++) this.#add(sorter, row);
      });
      return true;
    }
    const { weights, length } = batch;
    const before = this.#store.length;
    if (weights === null) this.#store.appendRange(batch, 0, length);
    else for (let row = 0; row < length; row++) this.#store.appendTimes(batch, row, weights[row]!);
    this.#keys.computeNew(batch, before);
    return true;
  }

  finish(): boolean {
    if (this.#sorter !== null) {
      this.#context.tick(WORK_OF_STEP);
      return this.#sorter.step();
    }
    const { length } = this.#store;
    if (this.#sorting === null) {
      this.#context.charge(length * SORTED_ROW_BYTES);
      this.#sorting = new MergeSort(length, this.#order());
    }
    this.#context.tick(length / 8);
    return this.#sorting.step();
  }

  table(): Table {
    if (this.#sorter !== null)
      return loggedTable(this.#sorter.sorted(), this.#store.variables, this.#outputs, this.#context);
    return tableAt(
      this.#store,
      this.#sorting!.sorted().subarray(0, this.#limit),
      this.#outputs,
      this.#context,
    );
  }

  /** A sorter that has the rows so far, if so many more are too many for memory; else null. */
  #spilled(more: number): RowSorter | null {
    const { spilling } = this.#context;
    const store = this.#store;
    if (spilling === null) return null;
    const rowBytes = SORTED_ROW_BYTES + this.#keys.rowBytes;
    if (store.bytesWith(more) + (store.length + more) * rowBytes <= spilling.above) return null;
    const sorter = new RowSorter(store.variables.length, this.#limit, spilling);
    this.#appendKeys = this.#keys.appender((...value) => sorter.key.append(...value));
    store.drain((row) => this.#add(sorter, row));
    this.#keys.clear();
    return sorter;
  }

  #add(sorter: RowSorter, row: Uint32Array): void {
    this.#appendKeys(row);
    sorter.add(row);
  }

  #order(): RowOrder {
    const exact = this.#keys.order();
    const rough = this.#roughNumbers();
    if (rough === null) return exact;
    return (a, b) => {
      const difference = rough[a]! - rough[b]!;
      return difference !== 0 && !Number.isNaN(difference) ? difference : exact(a, b);
    };
  }

  #roughNumbers(): Float64Array | null {
    const first = this.#keys.rough();
    if (first === null) return null;
    const ordinals = this.#store.column(first.variable);
    const numbers = new Float64Array(this.#store.length);
    for (let i = 0; i < numbers.length; i++) numbers[i] = first.numberOf(ordinals[i]!);
    return numbers;
  }
}
