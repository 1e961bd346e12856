import { unreachable } from "@omnigraph/base";
import type { ScalarName } from "@omnigraph/language";
import { components, entriesOf } from "../access.ts";
import { bitBytes } from "../bits.ts";
import type { Column, ListColumn, NumberColumn, TextColumn, Validity, VectorColumn } from "../column.ts";
import { corrupt } from "./container.ts";
import { packedList, packedVectors } from "./packing.ts";
import { Rank } from "../rank.ts";
import { compactDictionary, type Items, sliceItems } from "../select.ts";

/** A column without its bytes: the lengths of all its buffers follow from this. */
export interface ColumnShape {
  readonly kind: Column["kind"];
  /** For a list: that of its items. For texts always String. */
  readonly scalar: ScalarName;
  readonly rows: number;
  /** Whether there is a validity buffer: of the rows, or of the items in the shape of a list's items. */
  readonly nulls: boolean;
  readonly itemNulls: boolean;
  /** Items of a list, entries of a dictionary, dimension of vectors; else 0. */
  readonly count: number;
  /** Bytes of texts; else 0. */
  readonly textBytes: number;
  /** Entries of lists or vectors where only rows that are present have one; null where every row has one, and for other kinds. */
  readonly entries: number | null;
}

/** A column as buffers, in the order of `docs/formats/rows.md`: views of the column where possible. */
export interface ColumnBuffers {
  readonly shape: ColumnShape;
  readonly buffers: readonly ColumnBuffer[];
}

/** Values of a column as they lie in memory. */
export type ColumnBuffer = Uint8Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** The bytes of a buffer. Slow for a small one: the JavaScript engine moves its memory out of the heap first. */
export function bytesOf(buffer: ColumnBuffer): Uint8Array {
  if (buffer instanceof Uint8Array) return buffer;
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

function first(buffer: ColumnBuffer, entries: number): ColumnBuffer {
  return buffer.length === entries ? buffer : buffer.subarray(0, entries);
}

/** The offsets rebased to start at 0; unchanged if they do already. */
function rebased(offsets: Uint32Array, rows: number): Uint32Array {
  const first = offsets[0] ?? 0;
  if (first === 0) return offsets.length === 0 ? new Uint32Array(1) : offsets;
  const from0 = new Uint32Array(rows + 1);
  for (let i = 0; i <= rows; i++) from0[i] = (offsets[i] ?? 0) - first;
  return from0;
}

function textBuffers(column: TextColumn): {
  readonly buffers: readonly ColumnBuffer[];
  readonly textBytes: number;
} {
  const start = column.offsets[0] ?? 0;
  const end = column.offsets[column.length] ?? 0;
  const bytes = start === 0 && end === column.bytes.length ? column.bytes : column.bytes.subarray(start, end);
  return {
    buffers: [first(rebased(column.offsets, column.length), column.length + 1), bytes],
    textBytes: bytes.length,
  };
}

function validityBuffers(validity: Validity, length: number): readonly ColumnBuffer[] {
  return validity === null ? [] : [first(validity, bitBytes(length))];
}

function itemBuffers(column: Items): ColumnBuffers {
  const { kind, length: rows, validity } = column;
  const shape = {
    kind,
    scalar: scalarOf(column),
    rows,
    nulls: validity !== null,
    itemNulls: false,
    count: 0,
    textBytes: 0,
    entries: null,
  };
  const nulls = validityBuffers(validity, rows);
  switch (column.kind) {
    case "bool":
      return { shape, buffers: [...nulls, first(column.bits, bitBytes(rows))] };
    case "number":
      return { shape, buffers: [...nulls, first(column.values, rows)] };
    case "long":
      return { shape, buffers: [...nulls, first(column.words, 2 * rows)] };
    case "text": {
      const { buffers, textBytes } = textBuffers(column);
      return { shape: { ...shape, textBytes }, buffers: [...nulls, ...buffers] };
    }
  }
}

function scalarOf(column: Items): ScalarName {
  switch (column.kind) {
    case "bool":
      return "Bool";
    case "number":
    case "long":
      return column.scalar;
    case "text":
      return "String";
  }
}

/** The buffers of a column. A dictionary with more entries than the column has rows is cut to the entries in use. */
export function columnBuffers(column: Column): ColumnBuffers {
  const { length: rows, validity } = column;
  const shape = {
    kind: column.kind,
    rows,
    nulls: validity !== null,
    itemNulls: false,
    textBytes: 0,
    entries: null,
  };
  const nulls = validityBuffers(validity, rows);
  switch (column.kind) {
    case "bool":
    case "number":
    case "long":
    case "text":
      return itemBuffers(column);
    case "dictionary": {
      const { codes, dictionary } = column.dictionary.length > rows ? compactDictionary(column) : column;
      const { buffers, textBytes } = textBuffers(dictionary);
      return {
        shape: { ...shape, scalar: "String", count: dictionary.length, textBytes },
        buffers: [...nulls, first(codes, rows), ...buffers],
      };
    }
    case "list": {
      const entries = entriesOf(column);
      const start = column.offsets[0] ?? 0;
      const items = itemBuffers(sliceItems(column.items, start, column.offsets[entries] ?? 0));
      const { scalar, rows: count, nulls: itemNulls, textBytes } = items.shape;
      return {
        shape: { ...shape, scalar, itemNulls, count, textBytes, entries: column.rank?.count ?? null },
        buffers: [...nulls, first(rebased(column.offsets, entries), entries + 1), ...items.buffers],
      };
    }
    case "vector":
      return {
        shape: { ...shape, scalar: "F32", count: column.dimension, entries: column.rank?.count ?? null },
        buffers: [...nulls, components(column, 0, entriesOf(column))],
      };
    default:
      return unreachable(column);
  }
}

/** Bytes of each buffer of a column of this shape. */
export function bufferLengths(shape: ColumnShape): readonly number[] {
  const { kind, rows, count, textBytes } = shape;
  const entries = shape.entries ?? rows;
  const first = shape.nulls ? [bitBytes(rows)] : [];
  switch (kind) {
    case "bool":
      return [...first, bitBytes(rows)];
    case "number":
      return [...first, rows * (shape.scalar === "F64" ? 8 : 4)];
    case "long":
      return [...first, rows * 8];
    case "text":
      return [...first, (rows + 1) * 4, textBytes];
    case "dictionary":
      return [...first, rows * 4, (count + 1) * 4, textBytes];
    case "list":
      return [...first, (entries + 1) * 4, ...bufferLengths(itemShape(shape))];
    case "vector":
      return [...first, entries * count * 4];
    default:
      return unreachable(kind);
  }
}

/** Shape of the items of a list. */
export function itemShape(list: ColumnShape): ColumnShape {
  const { scalar, itemNulls, count, textBytes } = list;
  return {
    kind: itemKind(scalar),
    scalar,
    rows: count,
    nulls: itemNulls,
    itemNulls: false,
    count: 0,
    textBytes,
    entries: null,
  };
}

function itemKind(scalar: ScalarName): Items["kind"] {
  switch (scalar) {
    case "Bool":
      return "bool";
    case "String":
    case "Blob":
      return "text";
    case "I64":
    case "U64":
    case "DateTime":
      return "long";
    case "I32":
    case "U32":
    case "F32":
    case "F64":
    case "Date":
      return "number";
  }
}

/** Whether a shape is valid: kind and scalar fit, and the number of entries is given where nulls have none. */
export function isShapeSound({ kind, scalar, nulls, entries, rows }: ColumnShape): boolean {
  if (entries !== null && (!nulls || entries > rows || (kind !== "list" && kind !== "vector"))) return false;
  switch (kind) {
    case "list":
      return true;
    case "vector":
      return scalar === "F32";
    case "dictionary":
      return scalar === "String";
    case "bool":
    case "number":
    case "long":
    case "text":
      return itemKind(scalar) === kind && scalar !== "Blob";
    default:
      return unreachable(kind);
  }
}

/**
 * The column of a valid shape from buffers of exactly `bufferLengths(shape)` bytes, each 8-byte aligned in its memory. The column is a view of the
 * buffers; only lists and vectors that store entries for nulls are copied, because they are packed.
 * Offsets and codes are checked. Errors: `object_corrupt`.
 */
export function columnFromBuffers(shape: ColumnShape, buffers: readonly Uint8Array[], place: string): Column {
  const { kind, rows: length, count } = shape;
  const queue = buffers.values();
  const validity = shape.nulls ? next(queue) : null;
  switch (kind) {
    case "bool":
    case "number":
    case "long":
    case "text":
      return itemsFrom(shape, validity, queue, place);
    case "dictionary": {
      const codes = words(next(queue));
      return dictionaryColumn(codes, validity, textFrom(count, null, queue, place), place);
    }
    case "list": {
      const offsets = checkedOffsets(words(next(queue)), count, place);
      const inner = itemShape(shape);
      const items = itemsFrom(inner, inner.nulls ? next(queue) : null, queue, place);
      const rank = rankOf(shape, validity, place);
      const column: ListColumn = { kind, length, validity, rank, offsets, items };
      return shape.entries === null ? packedList(column) : column;
    }
    case "vector": {
      const { buffer, byteOffset, length: bytes } = next(queue);
      const values = new Float32Array(buffer, byteOffset, bytes >>> 2);
      const rank = rankOf(shape, validity, place);
      const column: VectorColumn = { kind, length, validity, rank, dimension: count, values };
      return shape.entries === null ? packedVectors(column) : column;
    }
    default:
      return unreachable(kind);
  }
}

/** A dictionary column whose codes are checked. Errors: `object_corrupt`. */
export function dictionaryColumn(
  codes: Uint32Array,
  validity: Validity,
  dictionary: TextColumn,
  place: string,
): Column {
  const entries = Math.max(dictionary.length, 1);
  for (let i = 0; i < codes.length; i++) {
    if ((codes[i] ?? 0) >= entries)
      throw corrupt(place, `row ${i} names entry ${codes[i]} of a dictionary of ${dictionary.length}`);
  }
  return { kind: "dictionary", length: codes.length, validity, codes, dictionary };
}

function rankOf({ rows, entries }: ColumnShape, validity: Validity, place: string): Rank | null {
  const rank = Rank.of(validity, rows);
  if (entries !== null && rank?.count !== entries)
    throw corrupt(place, `${entries} of its rows have entries, and ${rank?.count} are present`);
  return rank;
}

function next(queue: Iterator<Uint8Array>): Uint8Array {
  return queue.next().value ?? new Uint8Array(0);
}

function words({ buffer, byteOffset, length }: Uint8Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length >>> 2);
}

function checkedOffsets(offsets: Uint32Array, last: number, place: string): Uint32Array {
  let falls = false;
  let before = 0;
  for (let i = 0; i < offsets.length; i++) {
    const offset = offsets[i] ?? 0;
    falls ||= offset < before;
    before = offset;
  }
  if (falls || (offsets[0] ?? 0) !== 0 || before !== last)
    throw corrupt(place, "its offsets do not fit what they point into");
  return offsets;
}

function textFrom(
  length: number,
  validity: Validity,
  queue: Iterator<Uint8Array>,
  place: string,
): TextColumn {
  const offsets = words(next(queue));
  const bytes = next(queue);
  return { kind: "text", length, validity, offsets: checkedOffsets(offsets, bytes.length, place), bytes };
}

function itemsFrom(
  shape: ColumnShape,
  validity: Validity,
  queue: Iterator<Uint8Array>,
  place: string,
): Items {
  const { rows: length, scalar } = shape;
  if (shape.kind === "text") return textFrom(length, validity, queue, place);
  const bytes = next(queue);
  switch (scalar) {
    case "Bool":
      return { kind: "bool", length, validity, bits: bytes };
    case "I32":
    case "U32":
    case "F32":
    case "F64":
    case "Date":
      return { kind: "number", scalar, length, validity, values: numbersOver(scalar, bytes) };
    case "I64":
    case "U64":
    case "DateTime": {
      const pairs = new Int32Array(bytes.buffer, bytes.byteOffset, 2 * length);
      return { kind: "long", scalar, length, validity, words: pairs };
    }
    case "String":
    case "Blob":
      throw corrupt(place, `a column of kind ${shape.kind} cannot hold ${scalar}`);
  }
}

function numbersOver(
  scalar: NumberColumn["scalar"],
  { buffer, byteOffset, length }: Uint8Array,
): NumberColumn["values"] {
  switch (scalar) {
    case "I32":
    case "Date":
      return new Int32Array(buffer, byteOffset, length >>> 2);
    case "U32":
      return new Uint32Array(buffer, byteOffset, length >>> 2);
    case "F32":
      return new Float32Array(buffer, byteOffset, length >>> 2);
    case "F64":
      return new Float64Array(buffer, byteOffset, length >>> 3);
  }
}
