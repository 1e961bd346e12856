import { crc32 } from "node:zlib";
import { type JsonObject, type JsonValue, ranges, STEP_BYTES, type Steps, writeJson } from "@omnigraph/base";
import type { RowBatch } from "../../rows/batch.ts";
import {
  bufferLengths,
  bytesOf,
  columnBuffers,
  type ColumnShape,
  isShapeSound,
} from "../../rows/format/buffers.ts";
import type { Column } from "../../rows/column.ts";
import { aligned, corrupt, isJsonObject, parseHeader } from "../../rows/format/container.ts";
import { idTexts } from "../../rows/id-texts.ts";
import { KINDS, SCALARS } from "../../rows/format/kinds.ts";
import { MAX_BYTES } from "../../rows/growing.ts";
import { type FormerIndex, indexing, reindexing } from "./id-index.ts";

const COLUMN_FILE_MAGIC = "OGK1";
/** Magic and length before the header; checksum and padding after it. */
export const PREFIX_BYTES = 8;
export const SUFFIX_BYTES = 8;

/** Rows per stored count of entries, for columns whose nulls have no entry: the entry of one row is then found by two small reads. */
export const COUNTED_ROWS = 4096;

/** Most bytes of a part that is copied so that it is written together with its neighbours. */
const SMALL_BYTES = 64 << 10;

/** A part of the file: offset in it, length in bytes, CRC-32. */
export interface Section {
  readonly offset: number;
  readonly length: number;
  readonly crc: number;
}

export interface FileColumn {
  readonly shape: ColumnShape;
  /** The buffers of the shape, neighbours in the file. */
  readonly sections: readonly Section[];
  /** Entries before each multiple of `COUNTED_ROWS`; null where every row has one. */
  readonly counts: Section | null;
}

/** The decoded header. */
export interface ColumnFileHeader {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, FileColumn>;
  readonly index: { readonly bits: number; readonly starts: Section; readonly entries: Section };
}

/**
 * The column file of the rows of a layer, as `docs/formats/layers.md` says, made in steps: its parts, most of which are the memory of the rows. Null where it
 * would be longer than `most` bytes. `former`: as that of a draft.
 */
export function* encodingColumnFile(
  batch: RowBatch,
  former: FormerIndex | null = null,
  most = MAX_BYTES,
): Steps<readonly Uint8Array[] | null> {
  const sections = new SectionList();
  const columns: JsonValue[] = [];
  for (const [key, column] of batch.columns) columns.push(yield* describing(key, column, sections));
  const ids = idTexts(batch, "id");
  const remade = former === null ? null : yield* reindexing(former, ids);
  const { bits, starts, entries } = remade ?? (yield* indexing(ids));
  const index = {
    bits,
    starts: yield* sections.adding(bytesOf(starts)),
    entries: yield* sections.adding(bytesOf(entries)),
  };
  return sections.making({ rows: batch.length, columns, index }, most);
}

/** Adds the sections of a column; answers its description for the header. */
function* describing(key: string, column: Column, sections: SectionList): Steps<JsonValue> {
  const { shape, buffers } = columnBuffers(column);
  const { kind, scalar, nulls, itemNulls, count, textBytes, entries } = shape;
  const places: JsonValue[] = [];
  for (const part of buffers) places.push(yield* sections.adding(bytesOf(part)));
  const described = { key, kind, scalar, nulls, itemNulls, count, textBytes, sections: places };
  const rank = column.kind === "list" || column.kind === "vector" ? column.rank : null;
  if (entries === null || rank === null) return described;
  const counts = yield* sections.adding(bytesOf(rank.sampled(COUNTED_ROWS, column.length)));
  return { ...described, entries, counts };
}

/** The CRC-32 of a section. */
export function* checksum(bytes: Uint8Array): Steps<number> {
  let crc = 0;
  yield* ranges(bytes.length, STEP_BYTES, (from, to) => {
    crc = crc32(bytes.subarray(from, to), crc);
  });
  return crc;
}

class SectionList {
  readonly #parts: Uint8Array[] = [];
  #end = 0;

  /** Adds a section; answers its description for the header. */
  *adding(bytes: Uint8Array): Steps<JsonValue> {
    const offset = this.#end;
    this.#parts.push(bytes);
    this.#end += aligned(bytes.length);
    return [offset, bytes.length, yield* checksum(bytes)];
  }

  /** The parts of the file; null where it would have more bytes. */
  making(header: JsonObject, most: number): readonly Uint8Array[] | null {
    const text = new TextEncoder().encode(writeJson(header));
    const headerBytes = aligned(text.length);
    const start = PREFIX_BYTES + headerBytes + SUFFIX_BYTES;
    if (start + this.#end > most) return null;
    const bytes = new Uint8Array(start);
    const view = new DataView(bytes.buffer);
    new TextEncoder().encodeInto(COLUMN_FILE_MAGIC, bytes);
    view.setUint32(4, headerBytes, true);
    bytes.set(text, PREFIX_BYTES);
    bytes.fill(0x20, PREFIX_BYTES + text.length, PREFIX_BYTES + headerBytes);
    view.setUint32(start - SUFFIX_BYTES, crc32(bytes.subarray(0, start - SUFFIX_BYTES)), true);
    return joinSmall([
      bytes,
      ...this.#parts.flatMap((part) => [part, new Uint8Array(aligned(part.length) - part.length)]),
    ]);
  }
}

/** The same bytes in fewer parts: small neighbours together. Each part is written by a call of its own. */
function joinSmall(parts: readonly Uint8Array[]): readonly Uint8Array[] {
  const joined: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  const flush = (): void => {
    if (small.length > 0) joined.push(Buffer.concat(small));
    small = [];
  };
  for (const part of parts) {
    if (part.length <= SMALL_BYTES) {
      small.push(part);
      continue;
    }
    flush();
    joined.push(part);
  }
  flush();
  return joined;
}

/** Length of the header that the first bytes of a file announce. Errors: `object_corrupt`. */
export function headerLength(first: Uint8Array, place: string): number {
  if (first.length < PREFIX_BYTES) throw corrupt(place, `it has only ${first.length} bytes`);
  const magic = String.fromCharCode(...first.subarray(0, 4));
  if (magic !== COLUMN_FILE_MAGIC) throw corrupt(place, `it begins with ${JSON.stringify(magic)}`);
  const length = new DataView(first.buffer, first.byteOffset).getUint32(4, true);
  if (length % 8 !== 0) throw corrupt(place, `a header of ${length} bytes is not padded`);
  return length;
}

/** Reads the header from the bytes of a file up to its end. Errors: `object_corrupt`. */
export function decodeHeader(bytes: Uint8Array, place: string): ColumnFileHeader {
  const length = headerLength(bytes, place);
  const end = PREFIX_BYTES + length;
  if (bytes.length < end + SUFFIX_BYTES) throw corrupt(place, "it ends in its header");
  if (new DataView(bytes.buffer, bytes.byteOffset).getUint32(end, true) !== crc32(bytes.subarray(0, end))) {
    throw corrupt(place, "the CRC-32 of its header differs");
  }
  return new HeaderReader(place, end + SUFFIX_BYTES).header(
    parseHeader(bytes.subarray(PREFIX_BYTES, end), place),
  );
}

/** Checks the members of a header whose checksum is right. */
class HeaderReader {
  readonly #place: string;
  readonly #start: number;

  constructor(place: string, start: number) {
    this.#place = place;
    this.#start = start;
  }

  header(json: JsonObject): ColumnFileHeader {
    const rows = this.#count(json["rows"]);
    const columns = new Map<string, FileColumn>();
    for (const entry of this.#list(json["columns"])) {
      const { key, ...column } = this.#column(this.#object(entry), rows);
      columns.set(key, column);
    }
    const index = this.#object(json["index"]);
    const bits = this.#count(index["bits"]);
    const starts = this.#section(index["starts"]);
    const entries = this.#section(index["entries"]);
    if (bits > 30 || starts.length !== (2 ** bits + 1) * 4 || entries.length !== rows * 8)
      throw this.#wrong();
    return { rows, columns, index: { bits, starts, entries } };
  }

  #column(json: JsonObject, rows: number): FileColumn & { readonly key: string } {
    const { key, nulls, itemNulls } = json;
    const kind = KINDS.find((name) => name === json["kind"]);
    const scalar = SCALARS.find((name) => name === json["scalar"]);
    if (typeof key !== "string" || kind === undefined || scalar === undefined) throw this.#wrong();
    if (typeof nulls !== "boolean" || typeof itemNulls !== "boolean") throw this.#wrong();
    const shape = {
      kind,
      scalar,
      rows,
      nulls,
      itemNulls,
      count: this.#count(json["count"]),
      textBytes: this.#count(json["textBytes"]),
      entries: json["entries"] === undefined ? null : this.#count(json["entries"]),
    };
    if (!isShapeSound(shape)) throw this.#wrong();
    const sections = this.#list(json["sections"]).map((section) => this.#section(section));
    const lengths = bufferLengths(shape);
    const fits =
      lengths.length === sections.length && lengths.every((length, i) => length === sections[i]?.length);
    const counts = shape.entries === null ? null : this.#section(json["counts"]);
    if (!fits || (counts !== null && counts.length !== 4 * Math.ceil(rows / COUNTED_ROWS)))
      throw this.#wrong();
    return { key, shape, sections, counts };
  }

  #section(json: JsonValue | undefined): Section {
    const [offset, length, crc] = this.#list(json);
    return { offset: this.#start + this.#count(offset), length: this.#count(length), crc: this.#count(crc) };
  }

  #list(json: JsonValue | undefined): readonly JsonValue[] {
    if (!Array.isArray(json)) throw this.#wrong();
    return json;
  }

  #object(json: JsonValue | undefined): JsonObject {
    if (!isJsonObject(json)) throw this.#wrong();
    return json;
  }

  #count(json: JsonValue | undefined): number {
    if (typeof json !== "number" || !Number.isSafeInteger(json) || json < 0) throw this.#wrong();
    return json;
  }

  #wrong(): Error {
    return corrupt(this.#place, "its header breaks the format");
  }
}
