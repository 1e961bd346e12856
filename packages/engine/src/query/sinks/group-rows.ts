import type { Value } from "@omnigraph/base";
import type { ScalarName, VariableIndex } from "@omnigraph/language";
import type { Cells } from "../../view/view.ts";
import type { Accumulator } from "../group/accumulator.ts";
import { AGGREGATE_WORDS, AggregateWords } from "../group/aggregate-words.ts";
import { Aggregation } from "../group/aggregation.ts";
import { isConstant } from "../plan/expressions.ts";
import type { GroupColumn, GroupOutputs } from "../plan/outputs.ts";
import { type AnswerColumn, ConstantColumn } from "../result/answer-column.ts";
import type { Table } from "../result/table.ts";
import type { RunContext } from "../run/context.ts";
import { RowSorter } from "../spill/row-sorter.ts";
import type { Spilling } from "../spill/spilling.ts";
import { entityColumn, keptTable, LoggedColumn } from "./logged-table.ts";
import type { HeldGroups } from "./held-groups.ts";

/** A group key: read from the entity at a place of the row of a group, or a constant. */
type KeyPlace =
  | { readonly kind: "constant"; readonly value: Value }
  | { readonly kind: "entity"; readonly at: number; readonly cells: Cells; readonly scalar: ScalarName };

/**
 * The rows of groups on disk: an entity for each variable of the keys, and the aggregates. They are sorted by the order of the query, ties by the group keys; without an order
 * as they arrived.
 */
export class GroupRows {
  readonly #outputs: GroupOutputs;
  readonly #keys: readonly KeyPlace[];
  readonly #entities: number;
  /** Of no groups: they read what those of all groups have written. */
  readonly #accumulators: readonly Accumulator[];
  readonly #words: readonly AggregateWords[];
  readonly #sorter: RowSorter;
  readonly #row: Uint32Array;

  /** `variables` are those of the keys. */
  constructor(
    outputs: GroupOutputs,
    variables: readonly VariableIndex[],
    limit: number,
    context: RunContext,
    spilling: Spilling,
  ) {
    this.#outputs = outputs;
    this.#entities = variables.length;
    this.#accumulators = new Aggregation([], outputs.aggregates, context).accumulators;
    this.#words = outputs.aggregates.map(() => new AggregateWords());
    this.#row = new Uint32Array(variables.length + outputs.aggregates.length * AGGREGATE_WORDS);
    this.#keys = outputs.keys.map((key): KeyPlace => {
      if (isConstant(key)) return { kind: "constant", value: context.constant(key) };
      const at = variables.indexOf(key.variable);
      return { kind: "entity", at, cells: context.cells(key), scalar: key.type.scalar ?? "String" };
    });
    this.#sorter = new RowSorter(this.#row.length, limit, spilling);
  }

  /** Adds the next groups that are not written yet. */
  add(groups: HeldGroups, most: number): void {
    const { grouping, accumulators } = groups.aggregation;
    const entities = grouping.variables.map((variable) => grouping.representatives(variable));
    const end = Math.min(groups.count, groups.written + most);
    for (let group = groups.written; group < end; group++) {
      for (const [at, ordinals] of entities.entries()) this.#row[at] = ordinals[group]!;
      for (const [index, accumulator] of accumulators.entries())
        this.#words[index]!.write(accumulator, group, this.#row, this.#aggregateAt(index));
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
    const columns = this.#outputs.columns.map(({ kind, index }): AnswerColumn => {
      if (kind === "aggregate") {
        return new LoggedColumn(log, (words) => {
          const values: Value[] = [];
          for (let at = 0; at < words.length; at += log.width) values.push(this.#aggregate(index, words, at));
          return values;
        });
      }
      const key = this.#keys[index]!;
      return key.kind === "constant" ? new ConstantColumn(key.value) : entityColumn(log, key.at, key.cells);
    });
    return keptTable(log, columns);
  }

  #aggregateAt(index: number): number {
    return this.#entities + index * AGGREGATE_WORDS;
  }

  /** An aggregate of the row that begins at a word. */
  #aggregate(index: number, words: Uint32Array, row: number): Value {
    const at = row + this.#aggregateAt(index);
    return this.#words[index]!.read(words, at, this.#accumulators[index]!);
  }

  #appendKey(groups: HeldGroups, group: number): void {
    const { order } = this.#outputs;
    if (order.length === 0) {
      this.#sorter.key.append(groups.arrival(group), "F64", false);
      return;
    }
    for (const { descending, ...column } of order) this.#append(column, descending);
    for (let index = 0; index < this.#keys.length; index++) this.#append({ kind: "key", index }, false);
  }

  #append({ kind, index }: GroupColumn, descending: boolean): void {
    const { key } = this.#sorter;
    if (kind === "aggregate") {
      const { scalar } = this.#outputs.aggregates[index]!.expr.type;
      key.append(this.#aggregate(index, this.#row, 0), scalar ?? "String", descending);
      return;
    }
    const place = this.#keys[index]!;
    if (place.kind === "constant") return;
    key.append(place.cells.value(this.#row[place.at]!), place.scalar, descending);
  }
}
