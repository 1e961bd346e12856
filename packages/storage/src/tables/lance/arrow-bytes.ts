import { entryOf } from "../../rows/access.ts";
import type { Column, DictionaryColumn, TextColumn } from "../../rows/column.ts";

/** About how many bytes rows take in Arrow's layout, which has a vector for every row, null or not. */
export function arrowBytes(column: Column, start: number, end: number): number {
  const rows = end - start;
  switch (column.kind) {
    case "bool":
      return rows / 8;
    case "number":
      return rows * column.values.BYTES_PER_ELEMENT;
    case "long":
      return rows * 8;
    case "text":
    case "dictionary":
      return rows * 4 + textBytes(column, start, end);
    case "list": {
      const [from, to] = [entryOf(column, start), entryOf(column, end)];
      return rows * 4 + arrowBytes(column.items, column.offsets[from] ?? 0, column.offsets[to] ?? 0);
    }
    case "vector":
      return rows * column.dimension * Float32Array.BYTES_PER_ELEMENT;
  }
}

/** Bytes of text alone; an estimate for dictionaries. */
function textBytes(column: TextColumn | DictionaryColumn, start: number, end: number): number {
  if (column.kind === "text") return (column.offsets[end] ?? 0) - (column.offsets[start] ?? 0);
  const { dictionary } = column;
  return (textBytes(dictionary, 0, dictionary.length) / Math.max(dictionary.length, 1)) * (end - start);
}
