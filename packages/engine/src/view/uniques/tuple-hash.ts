import type { TupleMember } from "@omnigraph/language";
import { type Column, isNull, type RowBatch, RollingHash } from "@omnigraph/storage";

const rolling = new RollingHash();

/** The seed of the hashes by which the unique tuples of a view are counted. */
export const UNIQUE_SEED: readonly [number, number] = [0x756e6971, 0x75650000];

/** The column of a member of a unique tuple; null where the batch lacks it, so that all its values are the default. */
export function memberColumn(rows: RowBatch, member: TupleMember): Column | null {
  return rows.columns.get(member) ?? null;
}

/** The hash of the tuple of a row, or null when a member is null (such tuples are never equal). The next call overwrites the result. */
export function tupleHash(
  columns: readonly (Column | null)[],
  row: number,
  seed: readonly [number, number],
): RollingHash | null {
  rolling.start(seed[0], seed[1]);
  for (const column of columns) {
    if (column === null || isNull(column, row)) return null;
    rolling.cell(column, row);
  }
  return rolling;
}
