import type { AggregateSpec, VaryingExpr } from "../plan/outputs.ts";
import { type Batch, BATCH_ROWS, moveRow } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import { Account } from "./account.ts";
import type { Accumulator } from "./accumulator.ts";
import { accumulatorOf } from "./accumulators.ts";
import { Grouping } from "./grouping.ts";

const MIN_GROUPS = 16;

/** Groups in memory, with their aggregates. */
export class Aggregation {
  readonly grouping: Grouping;
  readonly accumulators: readonly Accumulator[];
  readonly #account: Account;
  /** Room for the groups of a batch some rows of which are dropped; most runs need none. */
  #kept: Uint32Array | null = null;
  /** Groups that the accumulators have room for. Without keys there is one group, and a small array is far cheaper to allocate. */
  #room: number;

  constructor(keys: readonly VaryingExpr[], aggregates: readonly AggregateSpec[], context: RunContext) {
    const account = new Account(context);
    this.#account = account;
    this.grouping = new Grouping(keys, context, account);
    this.accumulators = aggregates.map((spec) => accumulatorOf(spec, context, account));
    this.#room = keys.length === 0 ? 1 : MIN_GROUPS;
    this.#widen(this.#room);
  }

  /** True once the groups take as much memory as they may. */
  get isFull(): boolean {
    return this.#account.isFull;
  }

  /** Adds the rows of a batch, which may make groups. */
  add(batch: Batch): void {
    const { grouping } = this;
    grouping.number(batch);
    if (grouping.count > this.#room) this.#widen(Math.max(grouping.count, this.#room * 2));
    for (const accumulator of this.accumulators) accumulator.add(grouping.groups, batch);
  }

  /** Adds those rows of a batch that belong to known groups; the others are given to `other` and dropped from the batch. */
  addKnown(batch: Batch, other: (row: number) => void): void {
    const groups = (this.#kept ??= new Uint32Array(BATCH_ROWS));
    let length = 0;
    for (let row = 0; row < batch.length; row++) {
      const group = this.grouping.knownGroup(batch, row);
      if (group < 0) {
        other(row);
        continue;
      }
      moveRow(batch, row, length);
      groups[length++] = group;
    }
    batch.length = length;
    for (const accumulator of this.accumulators) accumulator.add(groups, batch);
  }

  /** Gives back the memory; the groups must not be read afterwards. */
  close(): void {
    this.#account.close();
  }

  #widen(room: number): void {
    this.#room = room;
    for (const accumulator of this.accumulators) this.#account.charge(accumulator.widen(room));
  }
}
