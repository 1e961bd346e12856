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
import { roughNumber, type SortKey, sortKeys } from "./sort-keys.ts";
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
  readonly #keys: readonly SortKey[];

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
    this.#keys = sortKeys(outputs, context);
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
    if (weights === null) this.#store.appendRange(batch, 0, length);
    else for (let row = 0; row < length; row++) this.#store.appendTimes(batch, row, weights[row]!);
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
    if (store.bytesWith(more) + (store.length + more) * SORTED_ROW_BYTES <= spilling.above) return null;
    const sorter = new RowSorter(store.variables.length, this.#limit, spilling);
    store.drain((row) => this.#add(sorter, row));
    return sorter;
  }

  #add(sorter: RowSorter, row: Uint32Array): void {
    for (const { variable, cells, scalar, sign } of this.#keys) {
      const ordinal = row[this.#store.variables.indexOf(variable)]!;
      sorter.key.append(cells.value(ordinal), scalar, sign < 0);
    }
    sorter.add(row);
  }

  #order(): RowOrder {
    const keys = this.#keys;
    const columns = keys.map(({ variable }) => this.#store.column(variable));
    const exact: RowOrder = (a, b) => {
      for (let k = 0; k < keys.length; k++) {
        const order = keys[k]!.cells.compare(columns[k]![a]!, columns[k]![b]!);
        if (order !== 0) return order * keys[k]!.sign;
      }
      return 0;
    };
    const [first] = keys;
    const rough = first === undefined ? null : this.#roughNumbers(first);
    if (rough === null) return exact;
    return (a, b) => {
      const difference = rough[a]! - rough[b]!;
      return difference !== 0 && !Number.isNaN(difference) ? difference : exact(a, b);
    };
  }

  #roughNumbers(first: SortKey): Float64Array | null {
    const numberOf = roughNumber(first);
    if (numberOf === null) return null;
    const ordinals = this.#store.column(first.variable);
    const numbers = new Float64Array(this.#store.length);
    for (let i = 0; i < numbers.length; i++) numbers[i] = numberOf(ordinals[i]!);
    return numbers;
  }
}
