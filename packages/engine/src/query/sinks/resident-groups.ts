import type { Value } from "@omnigraph/base";
import type { Cells } from "../../view/view.ts";
import type { Accumulator } from "../group/accumulator.ts";
import { Aggregation } from "../group/aggregation.ts";
import type { Grouping } from "../group/grouping.ts";
import type { GroupColumn, GroupOutputs } from "../plan/outputs.ts";
import { compareValues } from "../predicates/values.ts";
import { type AnswerColumn, CellsColumn, ComputedColumn, ConstantColumn } from "../result/answer-column.ts";
import type { Batch } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { type RowOrder, TopHeap } from "./heap.ts";
import { MergeSort } from "./merge-sort.ts";
import type { Sink } from "./sink.ts";
import type { Table } from "../result/table.ts";
import { isConstant } from "../plan/expressions.ts";

/** A group key: it is read from an entity of each group, or it is a constant. */
type KeyReader =
  | { readonly kind: "constant"; readonly value: Value }
  | { readonly kind: "cells"; readonly cells: Cells; readonly ordinals: Uint32Array };

function compareNullable(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return compareValues(a, b);
}

/** Groups rows in memory; then orders the groups and applies the limit. */
export class ResidentGroups implements Sink {
  readonly #context: RunContext;
  readonly #outputs: GroupOutputs;
  readonly #limit: number;
  readonly aggregation: Aggregation;
  #keys: readonly KeyReader[] = [];
  #places: Uint32Array | null = null;
  #sorting: MergeSort | null = null;

  constructor(outputs: GroupOutputs, limit: number, context: RunContext) {
    this.#context = context;
    this.#outputs = outputs;
    this.#limit = limit;
    this.aggregation = new Aggregation(outputs.keys, outputs.aggregates, context);
  }

  accept(batch: Batch): boolean {
    this.aggregation.add(batch);
    return true;
  }

  finish(): boolean {
    const { count } = this.#grouping;
    if (this.#sorting === null) {
      this.#keys = this.#keyReaders();
      this.#places = this.#arrangeWithoutSort(count);
      if (this.#places !== null) return true;
      this.#context.charge(count * 8);
      this.#sorting = new MergeSort(count, this.#order());
    }
    this.#context.tick(count / 8);
    if (!this.#sorting.step()) return false;
    this.#places = this.#sorting.sorted().subarray(0, this.#limit);
    return true;
  }

  table(): Table {
    const places = this.#places!;
    return {
      length: places.length,
      columns: this.#outputs.columns.map((column) => this.#column(column, places)),
    };
  }

  get #grouping(): Grouping {
    return this.aggregation.grouping;
  }

  get #accumulators(): readonly Accumulator[] {
    return this.aggregation.accumulators;
  }

  /** The groups without sorting all: in the order of arrival, or the first ones by a heap; null where all must be sorted. */
  #arrangeWithoutSort(count: number): Uint32Array | null {
    if (this.#outputs.order.length === 0 || this.#limit === 0) {
      const places = new Uint32Array(Math.min(count, this.#limit));
      for (let group = 0; group < places.length; group++) places[group] = group;
      return places;
    }
    if (this.#limit >= count) return null;
    const order = this.#order();
    const heap = new TopHeap(this.#limit, order);
    for (let group = 0; group < count; group++) {
      if (!heap.isFull) heap.push(group);
      else if (order(group, heap.last) < 0) heap.replaceLast(group);
    }
    this.#context.tick(count);
    return heap.sorted();
  }

  #keyReaders(): readonly KeyReader[] {
    return this.#outputs.keys.map((key) => {
      if (isConstant(key)) return { kind: "constant", value: this.#context.constant(key) };
      return {
        kind: "cells",
        cells: this.#context.cells(key),
        ordinals: this.#grouping.representatives(key.variable),
      };
    });
  }

  /** The order of the query; ties are broken by the group keys, ascending, in the order of the columns. */
  #order(): RowOrder {
    const criteria = this.#outputs.order.map(({ descending, ...column }) => {
      const order = this.#columnOrder(column);
      return descending ? (a: number, b: number) => order(b, a) : order;
    });
    const ties = this.#keys.map((_, index) => this.#columnOrder({ kind: "key", index }));
    const all = [...criteria, ...ties];
    return (a, b) => {
      for (const order of all) {
        const difference = order(a, b);
        if (difference !== 0) return difference;
      }
      return 0;
    };
  }

  #columnOrder({ kind, index }: GroupColumn): RowOrder {
    if (kind === "aggregate") {
      const accumulator = this.#accumulators[index]!;
      return (a, b) => compareNullable(accumulator.value(a), accumulator.value(b));
    }
    const key = this.#keys[index]!;
    if (key.kind === "constant") return () => 0;
    return (a, b) => key.cells.compare(key.ordinals[a]!, key.ordinals[b]!);
  }

  #column({ kind, index }: GroupColumn, places: Uint32Array): AnswerColumn {
    if (kind === "aggregate") {
      const accumulator = this.#accumulators[index]!;
      return new ComputedColumn((row) => accumulator.value(places[row]!));
    }
    const key = this.#keys[index]!;
    if (key.kind === "constant") return new ConstantColumn(key.value);
    return new CellsColumn(
      key.cells,
      places.map((group) => key.ordinals[group]!),
    );
  }
}
