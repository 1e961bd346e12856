import { OmnigraphError } from "@omnigraph/base";
import type { Column, ColumnType, LongColumn, NumberColumn } from "./column.ts";

/** The same numbers as a column of a wider type: I32 as I64 or F64, F32 as F64, lists of them too. A column of the type itself is answered as it is. */
export function widened(column: Column, { scalar }: ColumnType): Column {
  if (column.kind === "list") {
    const items = widened(column.items, { scalar, list: false, dimension: null });
    if (items === column.items) return column;
    if (items.kind !== "number" && items.kind !== "long") return impossible(column, scalar);
    return { ...column, items };
  }
  if (column.kind !== "number" || column.scalar === scalar) return column;
  if (scalar === "F64" && (column.scalar === "I32" || column.scalar === "F32"))
    return { ...column, scalar, values: Float64Array.from(column.values) };
  if (scalar === "I64" && column.scalar === "I32") return asLong(column);
  return impossible(column, scalar);
}

function asLong({ length, validity, values }: NumberColumn): LongColumn {
  const words = new Int32Array(length * 2);
  for (let row = 0; row < length; row++) {
    const value = values[row] ?? 0;
    words[row * 2] = value;
    words[row * 2 + 1] = value >> 31;
  }
  return { kind: "long", scalar: "I64", length, validity, words };
}

function impossible(column: Column, scalar: string): never {
  throw new OmnigraphError(
    "internal",
    `invariant broken: a column of kind ${column.kind} is read as ${scalar}`,
  );
}
