import { components, vectorAt } from "../access.ts";
import type { ListColumn, VectorColumn } from "../column.ts";
import { vectorValues } from "../growing.ts";
import { takeRanges } from "../select.ts";

/** Packs lists that have an entry for every row: the entries of nulls are dropped. */
export function packedList(column: ListColumn): ListColumn {
  const { rank, length } = column;
  return rank === null ? column : { ...column, ...takeRanges(column, [...rank.present(0, length)]) };
}

/** Packs vectors that have an entry for every row: the entries of nulls are dropped. */
export function packedVectors(column: VectorColumn): VectorColumn {
  const { rank, length, dimension } = column;
  if (rank === null) return column;
  const values = vectorValues(rank.count, dimension);
  let at = 0;
  for (const row of rank.present(0, length)) {
    values.set(components(column, row, row + 1), at);
    at += dimension;
  }
  return { ...column, values };
}

/** Components with an entry for every row, zeros for nulls, as Arrow needs them. A view where no row is null. */
export function denseComponents(column: VectorColumn): Float32Array {
  const { rank, length, dimension } = column;
  if (rank === null) return components(column, 0, length);
  const dense = vectorValues(length, dimension);
  for (const row of rank.present(0, length)) dense.set(vectorAt(column, row), row * dimension);
  return dense;
}

/** Offsets of a list with an entry for every row, empty for nulls, as Arrow needs them. The list's own where no row is null. */
export function denseOffsets({ rank, length, offsets }: ListColumn): Uint32Array {
  if (rank === null) return offsets;
  const dense = new Uint32Array(length + 1).fill(offsets[0] ?? 0);
  let entry = 0;
  let row = 0;
  for (const present of rank.present(0, length)) {
    dense.fill(offsets[entry] ?? 0, row, present + 1);
    entry++;
    row = present + 1;
  }
  return dense.fill(offsets[entry] ?? 0, row);
}
