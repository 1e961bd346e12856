import { ranges, STEP_ROWS, type Steps } from "@omnigraph/base";
import type { TextColumn } from "../rows/column.ts";
import { decodeBatch, encodeBatch } from "../rows/format/codec.ts";
import { corrupt, decodeContainer, encodeContainer } from "../rows/format/container.ts";
import { gathering } from "../rows/gather.ts";
import { asIdTexts } from "../rows/id-texts.ts";
import { compareAt } from "../rows/order.ts";

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

/** Ids in the order of their bytes, without duplicates, in steps. */
export function* sortingIds(ids: TextColumn): Steps<TextColumn> {
  let rows = Uint32Array.from({ length: ids.length }, (_, row) => row);
  yield* ranges(rows.length, SORTED_ROWS, (from, to) => {
    rows.subarray(from, to).sort((a, b) => compareAt(ids, a, ids, b));
  });
  let other = new Uint32Array(rows.length);
  for (let run = SORTED_ROWS; run < rows.length; run *= 2) {
    for (let start = 0; start < rows.length; start += 2 * run)
      yield* merging(ids, rows.subarray(start, start + 2 * run), run, other.subarray(start));
    [rows, other] = [other, rows];
  }
  let count = 0;
  yield* ranges(rows.length, STEP_ROWS, (from, to) => {
    for (let k = from; k < to; k++) {
      const row = rows[k] ?? 0;
      if (count === 0 || compareAt(ids, other[count - 1] ?? 0, ids, row) !== 0) other[count++] = row;
    }
  });
  return asIdTexts(yield* gathering([ids], other.subarray(0, count)));
}

/** Rows sorted in one step: a comparison costs as much as hashing an id does. */
const SORTED_ROWS = STEP_ROWS / 4;

/** Merges two sorted runs of rows, the first of which has `middle` rows at most. */
function* merging(ids: TextColumn, rows: Uint32Array, middle: number, into: Uint32Array): Steps<void> {
  let left = 0;
  let right = Math.min(middle, rows.length);
  const end = right;
  yield* ranges(rows.length, STEP_ROWS, (from, to) => {
    for (let k = from; k < to; k++) {
      const isLeft =
        left < end && (right >= rows.length || compareAt(ids, rows[left] ?? 0, ids, rows[right] ?? 0) <= 0);
      into[k] = rows[isLeft ? left++ : right++] ?? 0;
    }
  });
  yield;
}
