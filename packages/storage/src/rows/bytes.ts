import { unreachable } from "@omnigraph/base";
import { components, entriesOf } from "./access.ts";
import type { RowBatch } from "./batch.ts";
import type { Column, TextColumn } from "./column.ts";

/** About how many bytes the rows of a batch take when they are written. Of a shared buffer, only the part that the batch uses counts. */
export function batchBytes(rows: RowBatch): number {
  let bytes = 0;
  for (const column of rows.columns.values()) bytes += columnBytes(column);
  return bytes;
}

function textBytes({ length, offsets }: TextColumn): number {
  return offsets[length]! - offsets[0]!;
}

/** As `batchBytes`, of one column. */
export function columnBytes(column: Column): number {
  const { length } = column;
  switch (column.kind) {
    case "bool":
      return length >>> 3;
    case "number":
      return length * column.values.BYTES_PER_ELEMENT;
    case "long":
      return length * 8;
    case "text":
      return length * 4 + textBytes(column);
    case "dictionary": {
      const { dictionary } = column;
      const used = Math.min(length, dictionary.length);
      return length * 4 + (dictionary.length === 0 ? 0 : (textBytes(dictionary) / dictionary.length) * used);
    }
    case "list": {
      const entries = entriesOf(column);
      const items = column.offsets[entries]! - column.offsets[0]!;
      return (
        entries * 4 +
        (column.items.length === 0 ? 0 : (columnBytes(column.items) / column.items.length) * items)
      );
    }
    case "vector":
      return components(column, 0, entriesOf(column)).byteLength;
    default:
      return unreachable(column);
  }
}
