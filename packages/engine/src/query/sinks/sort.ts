import type { VariableIndex } from "@omnigraph/language";
import type { Outputs } from "../plan/outputs.ts";
import type { Batch } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import type { RowOrder } from "./heap.ts";
import { MergeSort } from "./merge-sort.ts";
import { RowStore } from "./row-store.ts";
import type { Sink } from "./sink.ts";
import { roughNumber, type SortKey, sortKeys } from "./sort-keys.ts";
import type { Table } from "../result/table.ts";
import { tableAt } from "./table-at.ts";

/** Collects all rows and sorts them at the end. */
export class Sort implements Sink {
  readonly #context: RunContext;
  readonly #outputs: Extract<Outputs, { kind: "rows" }>;
  readonly #limit: number;
  readonly #store: RowStore;
  #sorting: MergeSort | null = null;

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
  }

  accept(batch: Batch): boolean {
    const { weights, length } = batch;
    if (weights === null) this.#store.appendRange(batch, 0, length);
    else for (let row = 0; row < length; row++) this.#store.appendTimes(batch, row, weights[row]!);
    return true;
  }

  finish(): boolean {
    const { length } = this.#store;
    if (this.#sorting === null) {
      // Two permutations, and the rough numbers.
      this.#context.charge(length * 16);
      this.#sorting = new MergeSort(length, this.#order());
    }
    this.#context.tick(length / 8);
    return this.#sorting.step();
  }

  table(): Table {
    return tableAt(
      this.#store,
      this.#sorting!.sorted().subarray(0, this.#limit),
      this.#outputs,
      this.#context,
    );
  }

  #order(): RowOrder {
    const keys = sortKeys(this.#outputs, this.#context);
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
