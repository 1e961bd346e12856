import type { VariableIndex } from "@omnigraph/language";
import { Aggregation } from "../group/aggregation.ts";
import { type Partition, PartitionedRows, Partitions } from "../group/partitions.ts";
import type { GroupOutputs } from "../plan/outputs.ts";
import type { Table } from "../result/table.ts";
import { type Batch, BATCH_ROWS } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";
import type { Spilling } from "../spill/spilling.ts";
import { GroupRows } from "./group-rows.ts";
import { HeldGroups } from "./held-groups.ts";
import type { Sink } from "./sink.ts";

/** Groups that one step writes. */
const STEP_GROUPS = 2048;

/**
 * More groups than memory has room for. The groups in memory take all of their rows; rows of other groups go to partitions on disk, which are grouped one after
 * another in the same way, until no rows are left. So each group has all of its rows in one place, in the order of their arrival.
 */
export class SpilledGroups implements Sink {
  readonly #outputs: GroupOutputs;
  readonly #context: RunContext;
  readonly #spilling: Spilling;
  readonly #rows: GroupRows;
  readonly #layout: PartitionedRows;
  readonly #batch: Batch;
  readonly #numbers = new Float64Array(BATCH_ROWS);
  /** Partitions that are not grouped yet. */
  readonly #waiting: Partition[] = [];
  #groups: HeldGroups;
  /** Rows that arrived. */
  #arrived = 0;

  /** `aggregation` has taken all rows so far, and is full. */
  constructor(
    outputs: GroupOutputs,
    limit: number,
    aggregation: Aggregation,
    variables: readonly VariableIndex[],
    isWeighted: boolean,
    context: RunContext,
    spilling: Spilling,
  ) {
    this.#outputs = outputs;
    this.#context = context;
    this.#spilling = spilling;
    this.#layout = new PartitionedRows(variables, isWeighted);
    this.#batch = context.batch(variables, isWeighted);
    this.#rows = new GroupRows(outputs, aggregation.grouping, limit, context, spilling);
    // Their own numbers will do: all rows to come are of other groups.
    this.#groups = this.#groupsOf(aggregation, null);
    this.#arrived = aggregation.grouping.count;
  }

  accept(batch: Batch): boolean {
    for (let row = 0; row < batch.length; row++) this.#numbers[row] = this.#arrived++;
    this.#groups.addKnown(batch, this.#numbers);
    return true;
  }

  finish(): boolean {
    this.#context.tick(BATCH_ROWS * 4);
    if (!this.#groups.isRead) this.#readOn(this.#groups);
    else if (this.#groups.written < this.#groups.count) this.#rows.add(this.#groups, STEP_GROUPS);
    else if (!this.#next()) return this.#rows.sort();
    return false;
  }

  table(): Table {
    return this.#rows.table();
  }

  #readOn(groups: HeldGroups): void {
    const batch = this.#batch;
    groups.at = this.#layout.read(groups.partition!.log, groups.at, batch, this.#numbers);
    if (groups.isFull) groups.addKnown(batch, this.#numbers);
    else groups.add(batch, this.#numbers);
  }

  /** Goes on to the next partition; false when there is none. */
  #next(): boolean {
    this.#groups.close();
    this.#waiting.push(...this.#groups.takeOthers());
    const partition = this.#waiting.pop();
    if (partition === undefined) return false;
    const { keys, aggregates } = this.#outputs;
    this.#groups = this.#groupsOf(new Aggregation(keys, aggregates, this.#context), partition);
    return true;
  }

  #groupsOf(aggregation: Aggregation, partition: Partition | null): HeldGroups {
    const depth = partition === null ? 0 : partition.depth + 1;
    const others = new Partitions(this.#layout.width, depth, this.#spilling);
    return new HeldGroups(aggregation, partition, this.#layout, others);
  }
}
