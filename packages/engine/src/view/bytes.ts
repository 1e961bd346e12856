import type { Column, ListColumn, TextColumn, VectorColumn } from "@omnigraph/storage";

/** Bytes of the buffers of a column; a view of a larger buffer counts only its own part. */
export function columnBytes(column: Column): number {
  const validity = column.validity?.byteLength ?? 0;
  switch (column.kind) {
    case "bool":
      return validity + column.bits.byteLength;
    case "number":
      return validity + column.values.byteLength;
    case "vector":
      return validity + rankBytes(column) + column.values.byteLength;
    case "long":
      return validity + column.words.byteLength;
    case "text":
      return validity + textBytes(column);
    case "dictionary":
      return validity + column.codes.byteLength + textBytes(column.dictionary);
    case "list":
      return validity + rankBytes(column) + column.offsets.byteLength + columnBytes(column.items);
  }
}

function rankBytes({ rank }: ListColumn | VectorColumn): number {
  return rank?.byteLength ?? 0;
}

function textBytes(column: TextColumn): number {
  return column.offsets.byteLength + column.bytes.byteLength;
}
