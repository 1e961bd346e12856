import type { Aggregation } from "../group/aggregation.ts";
import type { Partition, PartitionedRows, Partitions } from "../group/partitions.ts";
import type { Batch } from "../run/batch.ts";

/** The groups that are in memory, while others wait on disk. */
export class HeldGroups {
  readonly aggregation: Aggregation;
  /** Where their rows come from; null for those that arrive. */
  readonly partition: Partition | null;
  /** How many rows of the partition are read. */
  at = 0;
  /** How many groups are written. */
  written = 0;
  readonly #layout: PartitionedRows;
  readonly #others: Partitions;
  /** By group the number of its first row. */
  readonly #firsts: number[] = [];

  constructor(
    aggregation: Aggregation,
    partition: Partition | null,
    layout: PartitionedRows,
    others: Partitions,
  ) {
    this.aggregation = aggregation;
    this.partition = partition;
    this.#layout = layout;
    this.#others = others;
  }

  get count(): number {
    return this.aggregation.grouping.count;
  }

  get isRead(): boolean {
    return this.partition === null || this.at === this.partition.log.length;
  }

  /** Never before some rows were added, so that each partition leaves fewer groups. */
  get isFull(): boolean {
    return this.count > 0 && this.aggregation.isFull;
  }

  /** Where a group stands in the order of arrival. */
  arrival(group: number): number {
    return this.partition === null ? group : this.#firsts[group]!;
  }

  add(batch: Batch, numbers: Float64Array): void {
    const { grouping } = this.aggregation;
    this.aggregation.add(batch);
    for (let row = 0; this.#firsts.length < grouping.count; row++) {
      if (grouping.groups[row] === this.#firsts.length) this.#firsts.push(numbers[row]!);
    }
  }

  /** Adds rows of groups that are there; the others go to disk. */
  addKnown(batch: Batch, numbers: Float64Array): void {
    const { grouping } = this.aggregation;
    this.aggregation.addKnown(batch, (row) => {
      this.#others.add(grouping.hash(batch, row), this.#layout.words(batch, row, numbers[row]!));
    });
  }

  /** The partitions of the other rows. */
  takeOthers(): readonly Partition[] {
    return this.#others.all();
  }

  close(): void {
    this.aggregation.close();
    this.partition?.log.release();
  }
}
