import { assert, OmnigraphError, present } from "@omnigraph/base";
import { textAt } from "./access.ts";
import type { ColumnKey, RowBatch } from "./batch.ts";
import type { Column, TextColumn } from "./column.ts";
import { plainText } from "./dictionary.ts";

/** The columns that hold ids: an entity's own, and those of an edge's ends. */
export type IdKey = Extract<ColumnKey, "id" | "src" | "dst">;

/** A column that a batch is known to have. */
export function columnIn(rows: RowBatch, key: ColumnKey): Column {
  return present(rows.columns.get(key), `column ${key}`);
}

/** A column of ids as plain text. */
export function asIdTexts(ids: Column): TextColumn {
  assert(ids.kind === "text" || ids.kind === "dictionary", "ids are text");
  return plainText(ids);
}

/** The ids of all rows as plain text. Expands a dictionary; for one row use `idTextIn`. */
export function idTexts(rows: RowBatch, key: IdKey): TextColumn {
  return asIdTexts(columnIn(rows, key));
}

/** The id in one row. */
export function idTextIn(rows: RowBatch, key: IdKey, row: number): string {
  const ids = rows.columns.get(key);
  if (ids?.kind === "text" || ids?.kind === "dictionary") return textAt(ids, row);
  throw new OmnigraphError("internal", `invariant broken: rows lack the ids in column ${key}`);
}

/** The ids from row `start` on; their bytes are shared. */
export function idTextsFrom(ids: TextColumn, start: number): TextColumn {
  return start === 0 ? ids : { ...ids, length: ids.length - start, offsets: ids.offsets.subarray(start) };
}
