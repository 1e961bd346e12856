import { crc32 } from "node:zlib";
import { inTurns, present, STEP_BYTES } from "@omnigraph/base";
import type { ObjectStore } from "../../objects/store.ts";
import { bitAt, bitBytes, copyBits, countBits } from "../../rows/bits.ts";
import { bytesOf, columnFromBuffers, type ColumnShape, itemShape } from "../../rows/format/buffers.ts";
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
import { placeOf } from "../../objects/place.ts";

/** Bytes of the first read, which usually hold the whole header. */
const FIRST_BYTES = 16 << 10;
/** Up to this many rows are read one by one where the column is large. */
const FEW_ROWS = 32;
/** A column that is smaller is read whole. */
const SMALL_BYTES = 64 << 10;

/** Where the values of a row are. */
interface Entry {
  /** The validity buffer of this row alone; empty where no row of the column is null. */
  readonly validity: readonly Uint8Array[];
  readonly entry: number;
  /** 1 or 0: whether the row has an entry; null where nulls have one too. */
  readonly entries: number | null;
}

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
    return concatColumns(await Promise.all(rows.map((row) => this.#row(column, row, key, signal))));
  }

  /** Row of an id, or -1. Reads the bounds of its bucket, the bucket, and for each candidate two offsets and the bytes. */
  async find(id: string, signal?: AbortSignal): Promise<number> {
    if (this.header.rows === 0) return -1;
    const sought = new TextEncoder().encode(id);
    const hash = new Uint32Array(2);
    hashInto(sought, 0, sought.length, hash, 0);
    const { bits, starts, entries } = this.header.index;
    const [from = 0, to = 0] = await this.#words(starts, bucketOf(hash[1] ?? 0, bits), 2, signal);
    if (from > to || to > this.header.rows) throw corrupt(this.#place("id"), "its index is out of order");
    const bucket = await this.#words(entries, 2 * from, 2 * (to - from), signal);
    const ids = present(this.header.columns.get("id"), "column of ids");
    for (let k = 0; k < to - from; k++) {
      const row = bucket[2 * k + 1] ?? 0;
      if (bucket[2 * k] !== hash[0] || row >= this.header.rows) continue;
      const held = await this.#row(ids, row, "id", signal);
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

  /** Whether the index is this one, and its checksums are right. */
  async hasIndex({ bits, starts, entries }: IdIndex, signal?: AbortSignal): Promise<boolean> {
    const { index } = this.header;
    if (index.bits !== bits) return false;
    return (
      (await this.#holds(index.starts, bytesOf(starts), signal)) &&
      (await this.#holds(index.entries, bytesOf(entries), signal))
    );
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

  /** Where the entry of a row is, and whether it has one. */
  async #entry(
    { shape, sections, counts }: FileColumn,
    row: number,
    key: string,
    signal?: AbortSignal,
  ): Promise<Entry> {
    const validity = shape.nulls ? next([...sections]) : null;
    if (validity === null) return { validity: [], entry: row, entries: null };
    if (counts === null)
      return { validity: [await this.#bits(validity, row, row + 1, signal)], entry: row, entries: null };
    const start = row - (row % COUNTED_ROWS);
    const [bits, [counted = 0]] = await Promise.all([
      this.#bits(validity, start, row + 1, signal),
      this.#words(counts, start / COUNTED_ROWS, 1, signal),
    ]);
    const entry = counted + countBits(bits, row - start);
    const entries = bitAt(bits, row - start) ? 1 : 0;
    if (entry + entries > (shape.entries ?? 0))
      throw corrupt(this.#place(key), "its counts do not fit its rows");
    return { validity: [Uint8Array.of(entries)], entry, entries };
  }

  /** One row as a column of length 1. */
  async #row(column: FileColumn, row: number, key: string, signal?: AbortSignal): Promise<Column> {
    const { shape, sections } = column;
    const queue = sections.slice(shape.nulls ? 1 : 0);
    const { validity: buffers, entry, entries } = await this.#entry(column, row, key, signal);
    const one: ColumnShape = { ...shape, rows: 1, entries };
    const place = this.#place(key);
    switch (shape.kind) {
      case "dictionary": {
        const code = await this.#bytes(next(queue), row * 4, 4, signal);
        return columnFromBuffers(one, [...buffers, code, ...(await this.#whole(queue, signal))], place);
      }
      case "list": {
        const offsets = next(queue);
        const [from, to] = entries === 0 ? [0, 0] : await this.#span(offsets, entry, shape.count, signal);
        const items = await this.#items(itemShape(shape), queue, from, to, signal);
        const textBytes = items.at(-1)?.length ?? 0;
        const list = { ...one, count: to - from, textBytes: shape.scalar === "String" ? textBytes : 0 };
        return columnFromBuffers(
          list,
          [...buffers, offsetsOf(entries === 0 ? [0] : [0, to - from]), ...items],
          place,
        );
      }
      case "vector":
        return columnFromBuffers(
          one,
          [...buffers, await this.#vectors(next(queue), shape.count, entry, entries ?? 1, signal)],
          place,
        );
      case "bool":
      case "number":
      case "long":
      case "text": {
        const parts = await this.#items({ ...shape, nulls: false }, queue, row, row + 1, signal);
        const textBytes = shape.kind === "text" ? (parts.at(-1)?.length ?? 0) : 0;
        return columnFromBuffers({ ...one, textBytes }, [...buffers, ...parts], place);
      }
    }
  }

  /** The buffers of rows [from, to) of a column of scalars, offsets from 0. */
  async #items(
    shape: ColumnShape,
    sections: Section[],
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<readonly Uint8Array[]> {
    const count = to - from;
    const validity = shape.nulls ? [await this.#bits(next(sections), from, to, signal)] : [];
    const values = next(sections);
    switch (shape.kind) {
      case "bool":
        return [...validity, await this.#bits(values, from, to, signal)];
      case "text": {
        const offsets = await this.#words(values, from, count + 1, signal);
        const first = offsets[0] ?? 0;
        const last = offsets[count] ?? 0;
        if (last < first || last > shape.textBytes)
          throw corrupt(this.#place("texts"), "its offsets do not fit");
        const bytes = await this.#bytes(next(sections), first, last - first, signal);
        return [...validity, offsetsOf(Array.from(offsets, (offset) => offset - first)), bytes];
      }
      case "number":
      case "long": {
        const size = shape.rows === 0 ? 0 : values.length / shape.rows;
        return [...validity, await this.#bytes(values, from * size, count * size, signal)];
      }
      case "dictionary":
      case "list":
      case "vector":
        throw corrupt(this.#place("items"), `items of kind ${shape.kind} do not occur`);
    }
  }

  /** `count` vectors from an entry on. */
  #vectors(
    section: Section,
    dimension: number,
    entry: number,
    count: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const size = dimension * Float32Array.BYTES_PER_ELEMENT;
    return this.#bytes(section, entry * size, count * size, signal);
  }

  async #span(
    offsets: Section,
    row: number,
    most: number,
    signal?: AbortSignal,
  ): Promise<readonly [number, number]> {
    const [from = 0, to = 0] = await this.#words(offsets, row, 2, signal);
    if (from > to || to > most) throw corrupt(this.#place("lists"), "its offsets do not fit");
    return [from, to];
  }

  async #bits(section: Section, from: number, to: number, signal?: AbortSignal): Promise<Uint8Array> {
    const start = from >>> 3;
    const bytes = await this.#bytes(section, start, bitBytes(to) - start, signal);
    const bits = new Uint8Array(bitBytes(to - from));
    copyBits(bytes, from - start * 8, to - from, bits, 0);
    return bits;
  }

  async #words(section: Section, at: number, count: number, signal?: AbortSignal): Promise<Uint32Array> {
    const bytes = await this.#bytes(section, at * 4, count * 4, signal);
    return new Uint32Array(bytes.buffer, bytes.byteOffset, count);
  }

  /** A part of a section, at a multiple of 8 of its memory. */
  async #bytes(section: Section, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array(0);
    const bytes = await this.#store.range(this.#key, section.offset + offset, length, signal);
    if (bytes?.length !== length)
      throw corrupt(this.#place("its sections"), `${bytes?.length ?? 0} bytes are left of ${length}`);
    return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  }

  /** Neighbouring sections in one read, each verified. */
  async #whole(sections: readonly Section[], signal?: AbortSignal): Promise<readonly Uint8Array[]> {
    const first = sections[0];
    const last = sections.at(-1);
    if (first === undefined || last === undefined) return [];
    const bytes = await this.#bytes(first, 0, last.offset + last.length - first.offset, signal);
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

function next(sections: Section[]): Section {
  return present(sections.shift(), "section");
}

function words({ buffer, byteOffset, byteLength }: Uint8Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

function offsetsOf(values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

function isText({ offsets, bytes }: TextColumn, sought: Uint8Array): boolean {
  const from = offsets[0] ?? 0;
  return (offsets[1] ?? 0) - from === sought.length && sameBytes(bytes, from, sought, 0, sought.length);
}
