import { hashInto, type TextColumn } from "@omnigraph/storage";
import type { PagedValues } from "./paged-values.ts";

/** The ids of a type by ordinal, in memory or read by pages. */
export type IdValues = TextColumn | PagedValues;

/** Where an id is: a row of a column of texts. */
export interface IdPlace {
  readonly ids: TextColumn;
  readonly row: number;
}

export function idPlace(ids: IdValues, ordinal: number): IdPlace {
  if (ids.kind === "text") return { ids, row: ordinal };
  const column = ids.columnAt(ordinal);
  const row = ids.rowAt(ordinal);
  if (column.kind === "dictionary") return { ids: column.dictionary, row: column.codes[row]! };
  if (column.kind === "text") return { ids: column, row };
  throw new TypeError(`ids are text, not ${column.kind}`);
}

/** The hashes of the ids of ordinals [from, to), two words each. */
export function idHashes(ids: IdValues, from: number, to: number): Uint32Array {
  const hashes = new Uint32Array(2 * (to - from));
  for (let ordinal = from; ordinal < to; ordinal++) {
    const place = idPlace(ids, ordinal);
    const { offsets, bytes } = place.ids;
    hashInto(bytes, offsets[place.row]!, offsets[place.row + 1]!, hashes, 2 * (ordinal - from));
  }
  return hashes;
}
