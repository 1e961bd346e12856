import { crc32 } from "node:zlib";
import { inTurns, present, STEP_BYTES } from "@omnigraph/base";
import { bytesOf, columnFromBuffers } from "../../rows/format/buffers.ts";
import type { Column, TextColumn } from "../../rows/column.ts";
import { concatColumns } from "../../rows/concat.ts";
import { aligned as paddedLength, corrupt } from "../../rows/format/container.ts";
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
import type { FileSource } from "./file-source.ts";
import { guessedEntries, guessedTexts } from "./guesses.ts";
import { bucketOf, type IdIndex } from "./id-index.ts";
import { fileBytes, FilePages, type PagedColumn, type PageMemory, readNow } from "./pages.ts";
import { type ByteRange, type Reading, readingBucket, readingRows } from "./readings.ts";
import { placeOf } from "../../objects/place.ts";

/** Bytes of the first read, which usually hold the whole header. */
const FIRST_BYTES = 16 << 10;
/** Up to this many rows are read one by one where the column is large. */
const FEW_ROWS = 32;
/** A column that is smaller is read whole. */
const SMALL_BYTES = 64 << 10;

/** A row that was looked up, with the columns that were asked for: each of one row, or null where the file has none of that key. */
export interface FoundRow {
  readonly row: number;
  readonly columns: readonly (Column | null)[];
}

/**
 * A column file, read by ranges; made by `open`. Errors of all methods: `object_corrupt` where the file is damaged, and those of the store.
 */
export class ColumnFile {
  readonly #source: FileSource;
  readonly #key: string;
  readonly header: ColumnFileHeader;

  private constructor(source: FileSource, key: string, header: ColumnFileHeader) {
    this.#source = source;
    this.#key = key;
    this.header = header;
  }

  /** Reads the header; null where there is no such file. */
  static async open(source: FileSource, key: string, signal?: AbortSignal): Promise<ColumnFile | null> {
    const place = placeOf(source.store, key);
    const first = await source.range(key, 0, FIRST_BYTES, signal);
    if (first === null) return null;
    const length = PREFIX_BYTES + headerLength(first, place) + SUFFIX_BYTES;
    const bytes = length <= first.length ? first : await source.range(key, 0, length, signal);
    if (bytes === null) return null;
    return new ColumnFile(source, key, decodeHeader(bytes, place));
  }

  /** Bytes of the file, as its header says it. */
  get length(): number {
    const { columns, index } = this.header;
    const sections = [...columns.values()].flatMap((column) => [...column.sections, column.counts]);
    const ends = [...sections, index.starts, index.entries].map((section) =>
      section === null ? 0 : section.offset + paddedLength(section.length),
    );
    return Math.max(...ends);
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

  /** A column to be read by pages, from a remote store once it is copied to this machine; null where the file has none of that key. */
  async paged(key: string, { columns, copies }: PageMemory): Promise<PagedColumn | null> {
    const column = this.header.columns.get(key);
    if (column === undefined) return null;
    const place = this.#place(key);
    const sections = column.counts === null ? column.sections : [...column.sections, column.counts];
    // With checksums: a file that is repaired has other bytes at the same place.
    const name = [place, ...sections.map(({ crc }) => crc)].join(" ");
    const read =
      this.#readNow() ??
      (await copies.reads({ name, place, sections, fetch: (range) => this.#bytes(range) }));
    return new FilePages(column, dictionaryOf(column, place, read), { name, place, cache: columns, read });
  }

  /** Reads of the file by blocking calls; null where its store is not on this machine. */
  #readNow(): ((range: ByteRange) => Uint8Array) | null {
    const { store } = this.#source;
    const { rangeNow } = store;
    if (rangeNow === undefined) return null;
    return ({ offset, length }) => this.#complete(rangeNow.call(store, this.#key, offset, length), length);
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
    return concatColumns(await Promise.all(rows.map((row) => this.#row(key, column, row, signal))));
  }

  /**
   * Row of an id, or -1. Reads the bounds of its bucket, the bucket, and for each candidate two offsets and the bytes; from a remote store the bounds with the
   * entries among which the bucket nearly always is, and offsets with bytes.
   */
  async find(id: string, signal?: AbortSignal): Promise<number> {
    return (await this.lookUp(id, [], signal))?.row ?? -1;
  }

  /**
   * Finds an id as `find` does, and takes columns of its row; null where the file has no such id. The columns are read with the id of a candidate, which nearly
   * always is the one.
   */
  async lookUp(id: string, keys: readonly string[], signal?: AbortSignal): Promise<FoundRow | null> {
    if (this.header.rows === 0) return null;
    const sought = new TextEncoder().encode(id);
    const ids = present(this.header.columns.get("id"), "column of ids");
    for (const row of await this.#candidates(sought, signal)) {
      const [held, columns] = await Promise.all([
        this.#row("id", ids, row, signal),
        Promise.all(keys.map((key) => this.take(key, [row], signal))),
      ]);
      if ((held.kind === "text" || held.kind === "dictionary") && isText(plainText(held), sought))
        return { row, columns };
    }
    return null;
  }

  /** The rows whose ids have the hash of a text. */
  async #candidates(text: Uint8Array, signal?: AbortSignal): Promise<readonly number[]> {
    const hash = new Uint32Array(2);
    hashInto(text, 0, text.length, hash, 0);
    const { rows, index } = this.header;
    const number = bucketOf(hash[1] ?? 0, index.bits);
    const bucket = await this.#read(
      readingBucket(index, number, rows, this.#place("id")),
      signal,
      this.#source.isRemote ? [guessedEntries(index, number, rows)] : [],
    );
    const found: number[] = [];
    for (let k = 0; k < bucket.length; k += 2) {
      const row = bucket[k + 1] ?? 0;
      if (bucket[k] === hash[0] && row < rows) found.push(row);
    }
    return found;
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

  #row(key: string, column: FileColumn, row: number, signal?: AbortSignal): Promise<Column> {
    const guesses = this.#source.isRemote ? guessedTexts(column, row) : [];
    return this.#read(readingRows(column, row, row + 1, this.#place(key)), signal, guesses);
  }

  /**
   * Does what a reading asks for; ranges that it asks for together are read at once. Those in which it is guessed to go on are read with the first of them: what
   * lies in them is not read again.
   */
  async #read<T>(reading: Reading<T>, signal?: AbortSignal, guesses: readonly ByteRange[] = []): Promise<T> {
    let step = reading.next();
    if (step.done === true) return step.value;
    const ahead = guesses.map((range) => ({ range, bytes: this.#bytes(range, signal) }));
    const guessed = Promise.all(ahead.map(({ bytes }) => bytes));
    const bytesOf = async (range: ByteRange): Promise<Uint8Array> => {
      const held = ahead.find((guess) => isWithin(range, guess.range));
      if (held === undefined) return this.#bytes(range, signal);
      const from = range.offset - held.range.offset;
      return aligned((await held.bytes).subarray(from, from + range.length));
    };
    while (step.done !== true) {
      const [bytes] = await Promise.all([Promise.all(step.value.map(bytesOf)), guessed]);
      step = reading.next(bytes);
    }
    return step.value;
  }

  /** Bytes of the sections, at a multiple of 8 of their memory. */
  async #bytes({ offset, length }: ByteRange, signal?: AbortSignal): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array(0);
    return this.#complete(await this.#source.range(this.#key, offset, length, signal), length);
  }

  #complete(bytes: Uint8Array | null, length: number): Uint8Array {
    if (bytes?.length !== length)
      throw corrupt(this.#place("its sections"), `${bytes?.length ?? 0} bytes are left of ${length}`);
    return aligned(bytes);
  }

  /** Neighbouring sections in one read, each verified, with the zeros behind it. */
  async #whole(sections: readonly Section[], signal?: AbortSignal): Promise<readonly Uint8Array[]> {
    const first = sections[0];
    const last = sections.at(-1);
    if (first === undefined || last === undefined) return [];
    const all = { offset: first.offset, length: last.offset + paddedLength(last.length) - first.offset };
    const bytes = await this.#bytes(all, signal);
    const parts: Uint8Array[] = [];
    for (const { offset, length, crc } of sections) {
      const [start, end] = [offset - first.offset, offset - first.offset + length];
      const part = bytes.subarray(start, end);
      const found = part.length <= STEP_BYTES ? crc32(part) : await inTurns(checksum(part), signal);
      const isPadded = bytes.subarray(end, start + paddedLength(length)).every((byte) => byte === 0);
      if (part.length !== length || found !== crc || !isPadded)
        throw corrupt(this.#place(`byte ${offset}`), "a CRC-32 differs");
      parts.push(part);
    }
    return parts;
  }

  #place(part: string): string {
    return `${placeOf(this.#source.store, this.#key)} (${part})`;
  }
}

/** The texts of a dictionary column. */
function dictionaryOf(
  column: FileColumn,
  place: string,
  read: (range: ByteRange) => Uint8Array,
): TextColumn | null {
  if (column.shape.kind !== "dictionary" || column.shape.rows === 0) return null;
  const row = readNow(readingRows(column, 0, 1, place), read);
  return row.kind === "dictionary" ? row.dictionary : null;
}

function isWithin(range: ByteRange, other: ByteRange): boolean {
  return range.offset >= other.offset && range.offset + range.length <= other.offset + other.length;
}

/** The bytes at a multiple of 8 of their memory. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}

function words({ buffer, byteOffset, byteLength }: Uint8Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

function isText({ offsets, bytes }: TextColumn, sought: Uint8Array): boolean {
  const from = offsets[0] ?? 0;
  return (offsets[1] ?? 0) - from === sought.length && sameBytes(bytes, from, sought, 0, sought.length);
}
