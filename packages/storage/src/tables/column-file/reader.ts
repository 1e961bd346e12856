import { crc32 } from "node:zlib";
import { inTurns, present, STEP_BYTES } from "@omnigraph/base";
import type { ObjectStore } from "../../objects/store.ts";
import { bytesOf, columnFromBuffers } from "../../rows/format/buffers.ts";
import type { Column, TextColumn } from "../../rows/column.ts";
import { concatColumns } from "../../rows/concat.ts";
import { corrupt } from "../../rows/format/container.ts";
import { plainText } from "../../rows/dictionary.ts";
import { hashInto } from "../../rows/hash.ts";
import { sameBytes } from "../../rows/id-table.ts";
import { takeColumn } from "../../rows/select.ts";
import {
  checksum,
  COUNTED_ROWS,
  type ColumnFileHeader,
  decodeHeader,
  type FileColumn,
  headerLength,
  PREFIX_BYTES,
  type Section,
  SUFFIX_BYTES,
} from "./column-file.ts";
import { bucketOf, type IdIndex } from "./id-index.ts";
import { fileBytes, FilePages, type PageCache, type PagedColumn } from "./pages.ts";
import { type ByteRange, type Reading, readingRows, readingWords } from "./readings.ts";
import { placeOf } from "../../objects/place.ts";

/** Bytes of the first read, which usually hold the whole header. */
const FIRST_BYTES = 16 << 10;
/** Up to this many rows are read one by one where the column is large. */
const FEW_ROWS = 32;
/** A column that is smaller is read whole. */
const SMALL_BYTES = 64 << 10;

/**
 * A column file, read by ranges; made by `open`. Errors of all methods: `object_corrupt` where the file is damaged, and those of the store.
 */
export class ColumnFile {
  readonly #store: ObjectStore;
  readonly #key: string;
  readonly header: ColumnFileHeader;

  private constructor(store: ObjectStore, key: string, header: ColumnFileHeader) {
    this.#store = store;
    this.#key = key;
    this.header = header;
  }

  /** Reads the header; null where there is no such file. */
  static async open(store: ObjectStore, key: string, signal?: AbortSignal): Promise<ColumnFile | null> {
    const place = placeOf(store, key);
    const first = await store.range(key, 0, FIRST_BYTES, signal);
    if (first === null) return null;
    const length = PREFIX_BYTES + headerLength(first, place) + SUFFIX_BYTES;
    const bytes = length <= first.length ? first : await store.range(key, 0, length, signal);
    if (bytes === null) return null;
    return new ColumnFile(store, key, decodeHeader(bytes, place));
  }

  /** A whole column, its checksums verified; null where the file has none of that key. */
  async column(key: string, signal?: AbortSignal): Promise<Column | null> {
    const column = this.header.columns.get(key);
    if (column === undefined) return null;
    return columnFromBuffers(column.shape, await this.#whole(column.sections, signal), this.#place(key));
  }

  /** Bytes of a whole column; null where the file has none of that key. */
  columnBytes(key: string): number | null {
    const column = this.header.columns.get(key);
    return column === undefined ? null : fileBytes(column);
  }

  /** A column to be read by pages; null where the file has none of that key, or the store cannot read at once. */
  async paged(key: string, cache: PageCache, signal?: AbortSignal): Promise<PagedColumn | null> {
    const column = this.header.columns.get(key);
    const { rangeNow } = this.#store;
    if (column === undefined || rangeNow === undefined) return null;
    const place = this.#place(key);
    const dictionary = await this.#dictionary(column, place, signal);
    const read = ({ offset, length }: ByteRange): Uint8Array => {
      const bytes = rangeNow.call(this.#store, this.#key, offset, length);
      return this.#complete(bytes, length);
    };
    return new FilePages(column, dictionary, { name: place, place, cache, read });
  }

  /** Some rows of a column, in the order given: by small ranges where they are few and the column is large. */
  async take(key: string, rows: readonly number[], signal?: AbortSignal): Promise<Column | null> {
    const column = this.header.columns.get(key);
    if (column === undefined) return null;
    const size = column.sections.reduce((sum, section) => sum + section.length, 0);
    if (rows.length === 0 || rows.length > FEW_ROWS || size <= SMALL_BYTES) {
      const whole = columnFromBuffers(
        column.shape,
        await this.#whole(column.sections, signal),
        this.#place(key),
      );
      return takeColumn(whole, rows);
    }
    const readings = rows.map((row) =>
      this.#read(readingRows(column, row, row + 1, this.#place(key)), signal),
    );
    return concatColumns(await Promise.all(readings));
  }

  /** Row of an id, or -1. Reads the bounds of its bucket, the bucket, and for each candidate two offsets and the bytes. */
  async find(id: string, signal?: AbortSignal): Promise<number> {
    if (this.header.rows === 0) return -1;
    const sought = new TextEncoder().encode(id);
    const hash = new Uint32Array(2);
    hashInto(sought, 0, sought.length, hash, 0);
    const { bits, starts, entries } = this.header.index;
    const [from = 0, to = 0] = await this.#read(
      readingWords(starts, bucketOf(hash[1] ?? 0, bits), 2),
      signal,
    );
    if (from > to || to > this.header.rows) throw corrupt(this.#place("id"), "its index is out of order");
    const bucket = await this.#read(readingWords(entries, 2 * from, 2 * (to - from)), signal);
    const ids = present(this.header.columns.get("id"), "column of ids");
    for (let k = 0; k < to - from; k++) {
      const row = bucket[2 * k + 1] ?? 0;
      if (bucket[2 * k] !== hash[0] || row >= this.header.rows) continue;
      const held = await this.#read(readingRows(ids, row, row + 1, this.#place("id")), signal);
      if ((held.kind === "text" || held.kind === "dictionary") && isText(plainText(held), sought)) return row;
    }
    return -1;
  }

  /** The index of the ids, its checksums verified. */
  async index(signal?: AbortSignal): Promise<IdIndex> {
    const { bits, ...sections } = this.header.index;
    const [starts, entries] = await this.#whole([sections.starts, sections.entries], signal);
    return { bits, starts: words(present(starts, "section")), entries: words(present(entries, "section")) };
  }

  /** Whether the counts of entries of a column are those of its values; true for a column that has none. */
  async hasCounts(key: string, column: Column, signal?: AbortSignal): Promise<boolean> {
    const counts = this.header.columns.get(key)?.counts ?? null;
    const rank = column.kind === "list" || column.kind === "vector" ? column.rank : null;
    if (counts === null || rank === null) return true;
    return this.#holds(counts, bytesOf(rank.sampled(COUNTED_ROWS, column.length)), signal);
  }

  async #holds(section: Section, bytes: Uint8Array, signal?: AbortSignal): Promise<boolean> {
    const [held] = await this.#whole([section], signal);
    return held !== undefined && Buffer.compare(held, bytes) === 0;
  }

  /** Does what a reading asks for; ranges that it asks for together are read at once. */
  async #read<T>(reading: Reading<T>, signal?: AbortSignal): Promise<T> {
    let step = reading.next();
    while (step.done !== true) {
      const ranges = step.value;
      step = reading.next(await Promise.all(ranges.map((range) => this.#bytes(range, signal))));
    }
    return step.value;
  }

  /** Bytes of the sections, at a multiple of 8 of their memory. */
  async #bytes({ offset, length }: ByteRange, signal?: AbortSignal): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array(0);
    return this.#complete(await this.#store.range(this.#key, offset, length, signal), length);
  }

  #complete(bytes: Uint8Array | null, length: number): Uint8Array {
    if (bytes?.length !== length)
      throw corrupt(this.#place("its sections"), `${bytes?.length ?? 0} bytes are left of ${length}`);
    return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  }

  /** The texts of a dictionary column. */
  async #dictionary(column: FileColumn, place: string, signal?: AbortSignal): Promise<TextColumn | null> {
    if (column.shape.kind !== "dictionary" || column.shape.rows === 0) return null;
    const row = await this.#read(readingRows(column, 0, 1, place), signal);
    return row.kind === "dictionary" ? row.dictionary : null;
  }

  /** Neighbouring sections in one read, each verified. */
  async #whole(sections: readonly Section[], signal?: AbortSignal): Promise<readonly Uint8Array[]> {
    const first = sections[0];
    const last = sections.at(-1);
    if (first === undefined || last === undefined) return [];
    const all = { offset: first.offset, length: last.offset + last.length - first.offset };
    const bytes = await this.#bytes(all, signal);
    const parts: Uint8Array[] = [];
    for (const { offset, length, crc } of sections) {
      const part = bytes.subarray(offset - first.offset, offset - first.offset + length);
      const found = part.length <= STEP_BYTES ? crc32(part) : await inTurns(checksum(part), signal);
      if (part.length !== length || found !== crc)
        throw corrupt(this.#place(`byte ${offset}`), "a CRC-32 differs");
      parts.push(part);
    }
    return parts;
  }

  #place(part: string): string {
    return `${placeOf(this.#store, this.#key)} (${part})`;
  }
}

function words({ buffer, byteOffset, byteLength }: Uint8Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

function isText({ offsets, bytes }: TextColumn, sought: Uint8Array): boolean {
  const from = offsets[0] ?? 0;
  return (offsets[1] ?? 0) - from === sought.length && sameBytes(bytes, from, sought, 0, sought.length);
}
