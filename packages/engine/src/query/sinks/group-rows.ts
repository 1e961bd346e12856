import { type ScalarName, variablesIn } from "@omnigraph/language";
import type { Cells } from "../../view/view.ts";
import type { Accumulator } from "../group/accumulator.ts";
import { AGGREGATE_WORDS, AggregateWords } from "../group/aggregate-words.ts";
import { Aggregation } from "../group/aggregation.ts";
import type { Grouping } from "../group/grouping.ts";
import { isRowwise } from "../plan/expressions.ts";
import type { GroupColumn, GroupOutputs, GroupPart } from "../plan/outputs.ts";
import type { AnswerColumn } from "../result/answer-column.ts";
import type { Table } from "../result/table.ts";
import type { RunContext } from "../run/context.ts";
import { rowValues, WordCursor } from "../run/row-values.ts";
import { RowSorter } from "../spill/row-sorter.ts";
import type { Spilling } from "../spill/spilling.ts";
import { ValueLog } from "../spill/value-log.ts";
import type { ValueAt } from "../values/value-at.ts";
import { groupValues, havingTest } from "./group-values.ts";
import type { HeldGroups } from "./held-groups.ts";
import { eachValue, entityColumn, keptTable, LoggedColumn } from "./logged-table.ts";

/** What rows are sorted by. */
interface Criterion {
  readonly valueAt: ValueAt;
  readonly scalar: ScalarName;
  readonly descending: boolean;
}

/** A group key: read from the entity at a place of the row of a group, or computed of some. */
type KeyPlace =
  | { readonly kind: "entity"; readonly at: number; readonly cells: Cells }
  | { readonly kind: "computed"; readonly cursor: WordCursor; readonly valueAt: ValueAt };

/**
 * The rows of groups on disk: the entities that the keys are told from, and the aggregates. They are sorted by the order of the query, ties by the group keys; without an order
 * as they arrived.
 */
export class GroupRows {
  readonly #outputs: GroupOutputs;
  readonly #keys: readonly KeyPlace[];
  readonly #entities: number;
  /** Of no groups: they read what those of all groups have written. */
  readonly #accumulators: readonly Accumulator[];
  readonly #words: readonly AggregateWords[];
  readonly #stored: ValueLog;
  readonly #sorter: RowSorter;
  readonly #row: Uint32Array;
  readonly #context: RunContext;
  /** What is being read: words of rows, of which a place is the first word of one. */
  #read: Uint32Array;
  readonly #criteria: readonly Criterion[];
  /** Null where all groups are shown. */
  readonly #isShown: ((row: number) => boolean) | null;

  /** `grouping` is that of other groups with the same keys. */
  constructor(
    outputs: GroupOutputs,
    grouping: Grouping,
    limit: number,
    context: RunContext,
    spilling: Spilling,
  ) {
    this.#outputs = outputs;
    this.#entities = grouping.entities.length;
    this.#accumulators = new Aggregation([], outputs.aggregates, context).accumulators;
    this.#stored = new ValueLog(spilling);
    this.#words = outputs.aggregates.map(() => new AggregateWords(this.#stored));
    this.#row = new Uint32Array(this.#entities + outputs.aggregates.length * AGGREGATE_WORDS);
    this.#read = this.#row;
    this.#keys = outputs.keys.map((key, index): KeyPlace => {
      const at = grouping.placeOf(index);
      if (!isRowwise(key)) return { kind: "entity", at, cells: context.cells(key) };
      const cursor = new WordCursor([...new Set(variablesIn(key))], at);
      return { kind: "computed", cursor, valueAt: rowValues(key, context, cursor.ordinalOf) };
    });
    this.#context = context;
    this.#criteria = this.#criteriaOf(outputs);
    this.#isShown = havingTest(outputs, context, this.#partAt);
    this.#sorter = new RowSorter(this.#row.length, limit, spilling);
  }

  /** Adds the next groups that are not written yet. */
  add(groups: HeldGroups, most: number): void {
    const { grouping, accumulators } = groups.aggregation;
    const entities = grouping.entities.map((_, place) => grouping.representatives(place));
    const end = Math.min(groups.count, groups.written + most);
    for (let group = groups.written; group < end; group++) {
      for (const [at, ordinals] of entities.entries()) this.#row[at] = ordinals[group]!;
      for (const [index, accumulator] of accumulators.entries())
        this.#words[index]!.write(accumulator, group, this.#row, this.#aggregateAt(index));
      this.#read = this.#row;
      if (this.#isShown !== null && !this.#isShown(0)) continue;
      this.#appendKey(groups, group);
      this.#sorter.add(this.#row);
    }
    groups.written = end;
  }

  /** Does a bounded part of the sorting; true when it is done. */
  sort(): boolean {
    return this.#sorter.step();
  }

  table(): Table {
    const log = this.#sorter.sorted();
    const columns = this.#outputs.columns.map((column): AnswerColumn => {
      if (column.kind === "key") {
        const key = this.#keys[column.index]!;
        if (key.kind === "entity") return entityColumn(log, key.at, key.cells);
      }
      const valueAt = this.#columnAt(column);
      return new LoggedColumn(log, (words) => {
        this.#read = words;
        return eachValue(words, log.width, valueAt);
      });
    });
    return keptTable(log, columns, [this.#stored.log]);
  }

  #aggregateAt(index: number): number {
    return this.#entities + index * AGGREGATE_WORDS;
  }

  /** A key or an aggregate of the rows that are read, by their first words. */
  readonly #partAt = ({ kind, index }: GroupPart): ValueAt => {
    if (kind === "aggregate") {
      const words = this.#words[index]!;
      const accumulator = this.#accumulators[index]!;
      const at = this.#aggregateAt(index);
      return (row) => words.read(this.#read, row + at, accumulator);
    }
    const key = this.#keys[index]!;
    if (key.kind === "entity") return (row) => key.cells.value(this.#read[row + key.at]!);
    return (row) => {
      key.cursor.words = this.#read;
      return key.valueAt(row);
    };
  };

  #appendKey(groups: HeldGroups, group: number): void {
    const { order } = this.#outputs;
    if (order.length === 0) {
      this.#sorter.key.append(groups.arrival(group), "F64", false);
      return;
    }
    for (const { valueAt, scalar, descending } of this.#criteria)
      this.#sorter.key.append(valueAt(0), scalar, descending);
  }

  /** Of the order of the query; ties are broken by the group keys. */
  #criteriaOf({ order, keys, aggregates }: GroupOutputs): readonly Criterion[] {
    const scalarOf = (column: GroupColumn): ScalarName => {
      if (column.kind === "computed") return column.expr.type.scalar ?? "String";
      const part = column.kind === "key" ? keys[column.index] : aggregates[column.index];
      return part?.type.scalar ?? "String";
    };
    const criterion = (column: GroupColumn, descending: boolean): Criterion => ({
      valueAt: this.#columnAt(column),
      scalar: scalarOf(column),
      descending,
    });
    return [
      ...order.map(({ descending, ...column }) => criterion(column, descending)),
      ...keys.map((_, index) => criterion({ kind: "key", index }, false)),
    ];
  }

  #columnAt(column: GroupColumn): ValueAt {
    return column.kind === "computed"
      ? groupValues(column.expr, this.#outputs, this.#context, this.#partAt)
      : this.#partAt(column);
  }
}
