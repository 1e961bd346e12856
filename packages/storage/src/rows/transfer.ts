import type { Column } from "./column.ts";
import { Rank } from "./rank.ts";

/** Columns that another thread receives: `buffers` move there, so that nothing is copied, and the columns must not be used here afterwards. */
export function buffersOf(columns: Iterable<Column>): readonly ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const column of columns) for (const part of partsOf(column)) addBuffer(part, buffers);
  return [...buffers];
}

/** A column as another thread sent it: `Rank` is made again, since objects of classes lose their class on the way. */
export function received(column: Column): Column {
  if (column.kind !== "list" && column.kind !== "vector") return column;
  return { ...column, rank: Rank.of(column.validity, column.length) };
}

/** A column in the form in which threads send it. */
export function sendable(column: Column): Column {
  return column.kind === "list" || column.kind === "vector" ? { ...column, rank: null } : column;
}

function addBuffer({ buffer }: ArrayBufferView, buffers: Set<ArrayBuffer>): void {
  if (buffer instanceof ArrayBuffer) buffers.add(buffer);
}

function partsOf(column: Column): readonly ArrayBufferView[] {
  const validity = column.validity === null ? [] : [column.validity];
  switch (column.kind) {
    case "bool":
      return [...validity, column.bits];
    case "number":
    case "vector":
      return [...validity, column.values];
    case "long":
      return [...validity, column.words];
    case "text":
      return [...validity, column.offsets, column.bytes];
    case "dictionary":
      return [...validity, column.codes, ...partsOf(column.dictionary)];
    case "list":
      return [...validity, column.offsets, ...partsOf(column.items)];
  }
}
