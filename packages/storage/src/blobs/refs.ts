import type { EntityType } from "@omnigraph/language";
import { isNull, textAt, textBytesAt } from "../rows/access.ts";
import type { ColumnKey, RowBatch } from "../rows/batch.ts";
import type { Column } from "../rows/column.ts";
import { BLOB_REFERENCE } from "./cell.ts";

const PREFIX = Buffer.from(BLOB_REFERENCE);

/** The properties of a type that are Blobs. */
export function blobKeys(type: EntityType): readonly ColumnKey[] {
  return type.properties.filter((property) => property.type.scalar === "Blob").map(({ id }) => id);
}

/** The reference in a row of a column of Blobs; null where it holds none. */
export function referenceAt(column: Column | undefined, row: number): string | null {
  if ((column?.kind !== "text" && column?.kind !== "dictionary") || isNull(column, row)) return null;
  const bytes = textBytesAt(column, row);
  if (bytes.length <= PREFIX.length || PREFIX.compare(bytes, 0, PREFIX.length) !== 0) return null;
  return textAt(column, row);
}

/** The references of some rows, each once. */
export function referencesIn(type: EntityType, { length, columns }: RowBatch): ReadonlySet<string> {
  const found = new Set<string>();
  for (const key of blobKeys(type)) {
    const column = columns.get(key);
    if (column === undefined) continue;
    for (let row = 0; row < length; row++) {
      const reference = referenceAt(column, row);
      if (reference !== null) found.add(reference);
    }
  }
  return found;
}
