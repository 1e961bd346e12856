import type { TextColumn } from "../rows/column.ts";
import { decodeBatch, encodeBatch } from "../rows/format/codec.ts";
import { corrupt, decodeContainer, encodeContainer } from "../rows/format/container.ts";
import { compareAt } from "../rows/order.ts";
import { takeColumn } from "../rows/select.ts";

const MAGIC = "OGG1";

/** The object of tombstones: the ids sorted by their bytes, each once. */
export function encodeTombstones(ids: TextColumn): Uint8Array {
  return encodeContainer(MAGIC, {}, [encodeBatch({ length: ids.length, columns: new Map([["id", ids]]) })]);
}

/** The tombstones of an object. Errors: `object_corrupt`. */
export function decodeTombstones(bytes: Uint8Array, place: string): TextColumn {
  const [segment] = decodeContainer(MAGIC, bytes, place).segments;
  const ids = segment === undefined ? undefined : decodeBatch(segment, place).columns.get("id");
  if (ids?.kind !== "text") throw corrupt(place, "it holds no ids");
  return ids;
}

/** Ids in the order of their bytes, without duplicates. */
export function sortedIds(ids: TextColumn): TextColumn {
  const rows = Uint32Array.from({ length: ids.length }, (_, row) => row).sort((a, b) =>
    compareAt(ids, a, ids, b),
  );
  const distinct = rows.filter((row, k) => k === 0 || compareAt(ids, rows[k - 1] ?? 0, ids, row) !== 0);
  const sorted = takeColumn(ids, distinct);
  return sorted.kind === "text" ? sorted : ids;
}
