import type { Value } from "@omnigraph/base";
import { variablesIn } from "@omnigraph/language";
import type { Cells } from "../../view/view.ts";
import type { Accumulator } from "../group/accumulator.ts";
import { Aggregation } from "../group/aggregation.ts";
import type { Grouping } from "../group/grouping.ts";
import { isRowwise } from "../plan/expressions.ts";
import type { GroupColumn, GroupOutputs, GroupPart } from "../plan/outputs.ts";
import { compareNullable } from "../predicates/values.ts";
import { type AnswerColumn, CellsColumn, ComputedColumn } from "../result/answer-column.ts";
import type { Batch } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { rowValues } from "../run/row-values.ts";
import type { ValueAt } from "../values/value-at.ts";
import { groupValues, havingTest } from "./group-values.ts";
import { type RowOrder, TopHeap } from "./heap.ts";
import { MergeSort } from "./merge-sort.ts";
import type { Sink } from "./sink.ts";
import type { Table } from "../result/table.ts";

/** A group key: it is read from an entity of each group, or was computed once for each. */
type KeyReader =
  | { readonly kind: "cells"; readonly cells: Cells; readonly ordinals: Uint32Array }
  | { readonly kind: "computed"; readonly values: readonly Value[] };

/** Groups rows in memory; then orders the groups and applies the limit. */
export class ResidentGroups implements Sink {
  readonly #context: RunContext;
  readonly #outputs: GroupOutputs;
  readonly #limit: number;
  readonly aggregation: Aggregation;
  #keys: readonly KeyReader[] = [];
  #places: Uint32Array | null = null;
  /** The groups that `having` leaves; null where it leaves all. */
  #shown: Uint32Array | null = null;
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
      this.#shown = this.#shownGroups(count);
      const shown = this.#shown?.length ?? count;
      this.#places = this.#arrangeWithoutSort(shown);
      if (this.#places !== null) return true;
      this.#context.charge(shown * 8);
      this.#sorting = new MergeSort(shown, this.#order());
    }
    this.#context.tick(count / 8);
    if (!this.#sorting.step()) return false;
    this.#places = this.#groupsAt(this.#sorting.sorted().subarray(0, this.#limit));
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
      for (let at = 0; at < places.length; at++) places[at] = at;
      return this.#groupsAt(places);
    }
    if (this.#limit >= count) return null;
    const order = this.#order();
    const heap = new TopHeap(this.#limit, order);
    for (let group = 0; group < count; group++) {
      if (!heap.isFull) heap.push(group);
      else if (order(group, heap.last) < 0) heap.replaceLast(group);
    }
    this.#context.tick(count);
    return this.#groupsAt(heap.sorted());
  }

  #shownGroups(count: number): Uint32Array | null {
    const isShown = havingTest(this.#outputs, this.#context, this.#partAt);
    if (isShown === null) return null;
    const shown = new Uint32Array(count);
    let length = 0;
    for (let group = 0; group < count; group++) if (isShown(group)) shown[length++] = group;
    return shown.subarray(0, length);
  }

  /** The groups at some places among those that are shown. */
  #groupsAt(places: Uint32Array): Uint32Array {
    const shown = this.#shown;
    return shown === null ? places : places.map((place) => shown[place]!);
  }

  #keyReaders(): readonly KeyReader[] {
    return this.#outputs.keys.map((key, index): KeyReader => {
      const place = this.#grouping.placeOf(index);
      if (!isRowwise(key)) {
        const ordinals = this.#grouping.representatives(place);
        return { kind: "cells", cells: this.#context.cells(key), ordinals };
      }
      const variables = [...new Set(variablesIn(key))];
      const valueAt = rowValues(key, this.#context, (variable) => {
        const ordinals = this.#grouping.representatives(place + variables.indexOf(variable));
        return (group) => ordinals[group]!;
      });
      return {
        kind: "computed",
        values: Array.from({ length: this.#grouping.count }, (_, group) => valueAt(group)),
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
    const exact: RowOrder = (a, b) => {
      for (let k = 0; k < all.length; k++) {
        const difference = all[k]!(a, b);
        if (difference !== 0) return difference;
      }
      return 0;
    };
    const shown = this.#shown;
    return shown === null ? exact : (a, b) => exact(shown[a]!, shown[b]!);
  }

  #columnOrder(column: GroupColumn): RowOrder {
    const key = column.kind === "key" ? this.#keys[column.index] : undefined;
    if (key?.kind === "cells") return (a, b) => key.cells.compare(key.ordinals[a]!, key.ordinals[b]!);
    const valueAt = this.#columnAt(column);
    return (a, b) => compareNullable(valueAt(a), valueAt(b));
  }

  #column(column: GroupColumn, places: Uint32Array): AnswerColumn {
    const key = column.kind === "key" ? this.#keys[column.index] : undefined;
    if (key?.kind === "cells") {
      return new CellsColumn(
        key.cells,
        places.map((group) => key.ordinals[group]!),
      );
    }
    const valueAt = this.#columnAt(column);
    return new ComputedColumn((row) => valueAt(places[row]!));
  }

  /** The values of a column by group. */
  #columnAt(column: GroupColumn): ValueAt {
    return column.kind === "computed"
      ? groupValues(column.expr, this.#outputs, this.#context, this.#partAt)
      : this.#partAt(column);
  }

  readonly #partAt = ({ kind, index }: GroupPart): ValueAt => {
    if (kind === "aggregate") {
      const accumulator = this.#accumulators[index]!;
      return (group) => accumulator.value(group);
    }
    const key = this.#keys[index]!;
    return key.kind === "computed"
      ? (group) => key.values[group]!
      : (group) => key.cells.value(key.ordinals[group]!);
  };
}
