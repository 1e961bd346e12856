import type { ColumnFileHeader, FileColumn } from "./column-file.ts";
import type { ByteRange } from "./readings.ts";

/** Bytes on either side of where the text of a row would be if all were equally long. */
const TEXT_BYTES = 16 << 10;
/** A dictionary that is larger is not read before it is needed. */
const DICTIONARY_BYTES = 64 << 10;
/** Standard deviations of the number of entries before a bucket: one bucket in 10^8 lies outside. */
const DEVIATIONS = 6;
/** Entries that a bucket has at most, but for one in 10^8. */
const BUCKET_ENTRIES = 64;

/** Where the entries of a bucket of an index of ids are: hashes spread evenly, so the number of entries before it is binomial. */
export function guessedEntries(
  { bits, entries }: ColumnFileHeader["index"],
  bucket: number,
  rows: number,
): ByteRange {
  const share = bucket / 2 ** bits;
  const spread = Math.ceil(DEVIATIONS * Math.sqrt(rows * share * (1 - share)));
  const from = Math.max(0, Math.floor(rows * share) - spread);
  const to = Math.min(rows, Math.ceil(rows * share) + spread + BUCKET_ENTRIES);
  return { offset: entries.offset + 8 * from, length: 8 * (to - from) };
}

/** Where the text of a row is: near its share of all texts, or in the dictionary. None for other kinds, whose bytes are found by the row alone. */
export function guessedTexts({ shape, sections }: FileColumn, row: number): readonly ByteRange[] {
  const last = sections.at(-1);
  if (last === undefined || last.length === 0) return [];
  if (shape.kind === "dictionary") {
    const [first = last] = sections.slice(shape.nulls ? 2 : 1);
    const length = last.offset + last.length - first.offset;
    return length > DICTIONARY_BYTES ? [] : [{ offset: first.offset, length }];
  }
  if (shape.kind !== "text") return [];
  const middle = Math.floor((last.length * (row + 0.5)) / shape.rows);
  const from = Math.max(0, middle - TEXT_BYTES);
  return [{ offset: last.offset + from, length: Math.min(last.length, middle + TEXT_BYTES) - from }];
}
