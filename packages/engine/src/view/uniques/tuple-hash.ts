import type { TupleMember } from "@omnigraph/language";
import { type Column, isNull, type RowBatch, RollingHash } from "@omnigraph/storage";

const rolling = new RollingHash();

/** Where the hash of a unique tuple starts when the tuples of a view are counted. */
export const UNIQUE_SEED: readonly [number, number] = [0x756e6971, 0x75650000];

/** The column of a member of a unique tuple; null where the batch lacks it and has only defaults. */
export function memberColumn(rows: RowBatch, member: TupleMember): Column | null {
  return rows.columns.get(member) ?? null;
}

/** Hash of a row's tuple, or null when a member is null (such tuples are not compared). The answer is reused by the next call. */
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
