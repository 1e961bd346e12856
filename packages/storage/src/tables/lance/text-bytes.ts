import { entryOf } from "../../rows/access.ts";
import type { Column } from "../../rows/column.ts";

/** Bytes of text in Arrow's layout; an estimate for dictionaries. */
export function textBytes(column: Column, start: number, end: number): number {
  switch (column.kind) {
    case "text":
      return (column.offsets[end] ?? 0) - (column.offsets[start] ?? 0);
    case "dictionary": {
      const { dictionary } = column;
      const all = textBytes(dictionary, 0, dictionary.length);
      return (all / Math.max(dictionary.length, 1)) * (end - start);
    }
    case "list": {
      const [from, to] = [entryOf(column, start), entryOf(column, end)];
      return textBytes(column.items, column.offsets[from] ?? 0, column.offsets[to] ?? 0);
    }
    case "bool":
    case "number":
    case "long":
    case "vector":
      return 0;
  }
}
