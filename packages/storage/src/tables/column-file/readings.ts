import { crc32 } from "node:zlib";
import { bitBytes, copyBits, countBits } from "../../rows/bits.ts";
import type { Column, TextColumn } from "../../rows/column.ts";
import {
  bytesOf,
  columnFromBuffers,
  type ColumnShape,
  dictionaryColumn,
  itemShape,
} from "../../rows/format/buffers.ts";
import { corrupt } from "../../rows/format/container.ts";
import { present } from "@omnigraph/base";
import { type ColumnFileHeader, COUNTED_ROWS, type FileColumn, type Section } from "./column-file.ts";

/** Bytes [offset, offset + length) of the sections of a column file. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * What is read of a column file, whoever does the reading: it yields the ranges that it needs next, and is given their bytes, each at a multiple of 8 of its
 * memory. Errors: `object_corrupt`.
 */
export type Reading<T> = Generator<readonly ByteRange[], T, readonly Uint8Array[]>;

/** Rows [from, to) of a column. The texts of a dictionary are read whole, unless they are given. */
export function* readingRows(
  column: FileColumn,
  from: number,
  to: number,
  place: string,
  dictionary: TextColumn | null = null,
): Reading<Column> {
  const { shape, sections } = column;
  const queue = sections.slice(shape.nulls ? 1 : 0);
  const { validity: buffers, first, entries } = yield* readingEntries(column, from, to, place);
  const rows: ColumnShape = { ...shape, rows: to - from, entries };
  const count = entries ?? to - from;
  switch (shape.kind) {
    case "dictionary": {
      const codes = yield* readingWords(next(queue), from, count);
      if (dictionary !== null) return dictionaryColumn(codes, buffers[0] ?? null, dictionary, place);
      return columnFromBuffers(
        rows,
        [...buffers, bytesOf(codes), ...(yield* readingWhole(queue, place))],
        place,
      );
    }
    case "list": {
      const offsets = yield* readingWords(next(queue), first, count === 0 ? 0 : count + 1);
      const [start = 0, end = 0] = [offsets[0], offsets[count]];
      if (end < start || end > shape.count) throw corrupt(place, "its offsets do not fit");
      const items = yield* readingItems(itemShape(shape), queue, start, end, place);
      const textBytes = shape.scalar === "String" ? (items.at(-1)?.length ?? 0) : 0;
      return columnFromBuffers(
        { ...rows, count: end - start, textBytes },
        [...buffers, rebased(offsets), ...items],
        place,
      );
    }
    case "vector": {
      const bytes = shape.count * Float32Array.BYTES_PER_ELEMENT;
      const values = yield* readingBytes(next(queue), first * bytes, count * bytes);
      return columnFromBuffers(rows, [...buffers, values], place);
    }
    case "bool":
    case "number":
    case "long":
    case "text": {
      const parts = yield* readingItems({ ...shape, nulls: false }, queue, from, to, place);
      const textBytes = shape.kind === "text" ? (parts.at(-1)?.length ?? 0) : 0;
      return columnFromBuffers({ ...rows, textBytes }, [...buffers, ...parts], place);
    }
  }
}

/** Neighbouring sections in one read, each verified. */
function* readingWhole(sections: readonly Section[], place: string): Reading<readonly Uint8Array[]> {
  const [first, last] = [sections[0], sections.at(-1)];
  if (first === undefined || last === undefined) return [];
  const bytes = yield* readingBytes(first, 0, last.offset + last.length - first.offset);
  return sections.map(({ offset, length, crc }) => {
    const part = bytes.subarray(offset - first.offset, offset - first.offset + length);
    if (crc32(part) !== crc) throw corrupt(place, "a CRC-32 differs");
    return part;
  });
}

/** The entries of a bucket of the index of ids, two words each. */
export function* readingBucket(
  { starts, entries }: ColumnFileHeader["index"],
  bucket: number,
  rows: number,
  place: string,
): Reading<Uint32Array> {
  const [from = 0, to = 0] = yield* readingWords(starts, bucket, 2);
  if (from > to || to > rows) throw corrupt(place, "its index is out of order");
  return yield* readingWords(entries, 2 * from, 2 * (to - from));
}

function* readingWords(section: Section, at: number, count: number): Reading<Uint32Array> {
  const bytes = yield* readingBytes(section, at * 4, count * 4);
  return new Uint32Array(bytes.buffer, bytes.byteOffset, count);
}

/** Where the entries of rows are. */
interface Entries {
  /** The validity buffer of these rows alone; empty where no row of the column is null. */
  readonly validity: readonly Uint8Array[];
  readonly first: number;
  /** Number of rows that have an entry; null where nulls have one too. */
  readonly entries: number | null;
}

function* readingEntries(
  { shape, sections, counts }: FileColumn,
  from: number,
  to: number,
  place: string,
): Reading<Entries> {
  if (!shape.nulls) return { validity: [], first: from, entries: null };
  const validity = present(sections[0], "section of nulls");
  if (counts === null)
    return { validity: [yield* readingBits(validity, from, to)], first: from, entries: null };
  const start = from - (from % COUNTED_ROWS);
  const [bytes, counted] = yield [
    { offset: validity.offset + (start >>> 3), length: bitBytes(to) - (start >>> 3) },
    { offset: counts.offset + (start / COUNTED_ROWS) * 4, length: 4 },
  ];
  const bits = present(bytes, "bits of nulls");
  const before = new Uint32Array(present(counted, "count").buffer, counted?.byteOffset, 1)[0] ?? 0;
  const first = before + countBits(bits, from - start);
  const entries = before + countBits(bits, to - start) - first;
  if (first + entries > (shape.entries ?? 0)) throw corrupt(place, "its counts do not fit its rows");
  const own = new Uint8Array(bitBytes(to - from));
  copyBits(bits, from - start, to - from, own, 0);
  return { validity: [own], first, entries };
}

/** The buffers of rows [from, to) of a column of scalars, offsets from 0. */
function* readingItems(
  shape: ColumnShape,
  sections: Section[],
  from: number,
  to: number,
  place: string,
): Reading<readonly Uint8Array[]> {
  const count = to - from;
  const validity = shape.nulls ? [yield* readingBits(next(sections), from, to)] : [];
  const values = next(sections);
  switch (shape.kind) {
    case "bool":
      return [...validity, yield* readingBits(values, from, to)];
    case "text": {
      const offsets = yield* readingWords(values, from, count + 1);
      const [first = 0, last = 0] = [offsets[0], offsets[count]];
      if (last < first || last > shape.textBytes) throw corrupt(place, "its offsets do not fit");
      const bytes = yield* readingBytes(next(sections), first, last - first);
      return [...validity, rebased(offsets), bytes];
    }
    case "number":
    case "long": {
      const size = shape.rows === 0 ? 0 : values.length / shape.rows;
      return [...validity, yield* readingBytes(values, from * size, count * size)];
    }
    case "dictionary":
    case "list":
    case "vector":
      throw corrupt(place, `items of kind ${shape.kind} do not occur`);
  }
}

function* readingBits(section: Section, from: number, to: number): Reading<Uint8Array> {
  const start = from >>> 3;
  const bytes = yield* readingBytes(section, start, bitBytes(to) - start);
  const bits = new Uint8Array(bitBytes(to - from));
  copyBits(bytes, from - start * 8, to - from, bits, 0);
  return bits;
}

function* readingBytes(section: Section, at: number, length: number): Reading<Uint8Array> {
  if (length === 0) return new Uint8Array(0);
  const [bytes] = yield [{ offset: section.offset + at, length }];
  return present(bytes, "bytes of a range");
}

function rebased(offsets: Uint32Array): Uint8Array {
  const first = offsets[0] ?? 0;
  const own = offsets.length === 0 ? new Uint32Array(1) : offsets.map((offset) => offset - first);
  return new Uint8Array(own.buffer);
}

function next(sections: Section[]): Section {
  return present(sections.shift(), "section");
}
