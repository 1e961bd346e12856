import { present, unreachable, type Value } from "@omnigraph/base";
import type { ColumnKey, RowBatch } from "./batch.ts";
import { components, entryOf, vectorAt } from "./access.ts";
import { bitAt, bitBytes, copyBits, setBit } from "./bits.ts";
import { columnBuilder } from "./builder.ts";
import type {
  BoolColumn,
  Column,
  ColumnType,
  DictionaryColumn,
  ListColumn,
  LongColumn,
  NumberColumn,
  TextColumn,
  Validity,
  VectorColumn,
} from "./column.ts";
import { buffer, copyBytes, vectorValues } from "./growing.ts";
import { Rank } from "./rank.ts";
import { numbersOf } from "./scalar-builders.ts";

/** Row numbers to pick. */
export type RowNumbers = Uint32Array | Int32Array | readonly number[];

/** No rows, no columns. */
export const EMPTY_BATCH: RowBatch = { length: 0, columns: new Map() };

/** A column of one value repeated. Text is by dictionary. */
export function constantColumn(type: ColumnType, value: Value, length: number): Column {
  const one = columnBuilder(type, 1);
  one.append(value);
  const column = one.finish();
  if (column.kind !== "text") return takeColumn(column, new Uint32Array(length));
  const validity = value === null ? new Uint8Array(bitBytes(length)) : null;
  return {
    kind: "dictionary",
    length,
    validity,
    codes: new Uint32Array(length),
    dictionary: { ...column, validity: null },
  };
}

/** A batch without rows that has these columns. */
export function emptyBatch(keys: Iterable<ColumnKey>, typeOf: (key: ColumnKey) => ColumnType): RowBatch {
  return {
    length: 0,
    columns: new Map(Array.from(keys, (key) => [key, columnBuilder(typeOf(key)).finish()])),
  };
}

/** The rows named, in that order; repeats are fine. */
export function take(batch: RowBatch, rows: RowNumbers): RowBatch {
  return { length: rows.length, columns: mapColumns(batch, (column) => takeColumn(column, rows)) };
}

/** Rows [start, end), sharing the memory where possible. */
export function slice(batch: RowBatch, start: number, end: number): RowBatch {
  if (start === 0 && end === batch.length) return batch;
  return { length: end - start, columns: mapColumns(batch, (column) => sliceColumn(column, start, end)) };
}

/** The same batch with columns replaced or added. */
export function withColumns(batch: RowBatch, columns: Iterable<readonly [ColumnKey, Column]>): RowBatch {
  return { length: batch.length, columns: new Map([...batch.columns, ...columns]) };
}

function mapColumns(batch: RowBatch, change: (column: Column) => Column): ReadonlyMap<ColumnKey, Column> {
  return new Map(Array.from(batch.columns, ([key, column]) => [key, change(column)]));
}

function takeBits(bits: Uint8Array, rows: RowNumbers): Uint8Array {
  const taken = new Uint8Array(bitBytes(rows.length));
  for (let k = 0; k < rows.length; k++) if (bitAt(bits, rows[k] ?? 0)) setBit(taken, k);
  return taken;
}

function takeValidity(validity: Validity, rows: RowNumbers): Validity {
  return validity === null ? null : takeBits(validity, rows);
}

/** Rows copied together: enough memory reads in flight to hide their latency. */
const BLOCK = 256;

/** Reads ahead the texts of some rows in a loop that does not branch on them, so that the reads overlap. The result is meaningless. */
function prefetch({ offsets, bytes }: TextColumn, rows: RowNumbers, start: number, stop: number): number {
  let seen = 0;
  for (let k = start; k < stop; k++) seen ^= bytes[offsets[rows[k] ?? 0] ?? 0] ?? 0;
  return seen;
}

function takeText(column: TextColumn, rows: RowNumbers): TextColumn {
  const offsets = new Uint32Array(rows.length + 1);
  let end = 0;
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] ?? 0;
    end += (column.offsets[row + 1] ?? 0) - (column.offsets[row] ?? 0);
    offsets[k + 1] = end;
  }
  const bytes = buffer(end, () => new Uint8Array(end));
  for (let start = 0; start < rows.length; start += BLOCK) {
    const stop = Math.min(start + BLOCK, rows.length);
    prefetch(column, rows, start, stop);
    for (let k = start; k < stop; k++) {
      const row = rows[k] ?? 0;
      copyBytes(column.bytes, column.offsets[row] ?? 0, column.offsets[row + 1] ?? 0, bytes, offsets[k] ?? 0);
    }
  }
  return { kind: "text", length: rows.length, validity: takeValidity(column.validity, rows), offsets, bytes };
}

function takeList(column: ListColumn, rows: RowNumbers): ListColumn {
  const length = rows.length;
  const validity = takeValidity(column.validity, rows);
  const rank = Rank.of(validity, length);
  const entries = entriesTaken(column, rows, validity, rank?.count ?? length);
  return { kind: "list", length, validity, rank, ...takeRanges(column, entries) };
}

/** The entries of the rows that are present, in their order. */
function entriesTaken(
  column: ListColumn | VectorColumn,
  rows: RowNumbers,
  validity: Validity,
  count: number,
): Uint32Array {
  const entries = new Uint32Array(count);
  let at = 0;
  for (let k = 0; k < rows.length; k++) {
    if (validity === null || bitAt(validity, k)) entries[at++] = entryOf(column, rows[k] ?? 0);
  }
  return entries;
}

/** The items of some ranges one after another, with their offsets. */
export function takeRanges(
  { offsets: own, items }: Pick<ListColumn, "offsets" | "items">,
  ranges: RowNumbers,
): Pick<ListColumn, "offsets" | "items"> {
  const offsets = new Uint32Array(ranges.length + 1);
  let end = 0;
  for (let k = 0; k < ranges.length; k++) {
    const range = ranges[k] ?? 0;
    end += (own[range + 1] ?? 0) - (own[range] ?? 0);
    offsets[k + 1] = end;
  }
  const picked = buffer(end * 4, () => new Uint32Array(end));
  for (let k = 0; k < ranges.length; k++) {
    const from = own[ranges[k] ?? 0] ?? 0;
    const at = offsets[k] ?? 0;
    for (let m = at; m < (offsets[k + 1] ?? 0); m++) picked[m] = from + m - at;
  }
  return { offsets, items: takeItems(items, picked) };
}

function takeVectors(column: VectorColumn, rows: RowNumbers): VectorColumn {
  const length = rows.length;
  const { dimension } = column;
  const validity = takeValidity(column.validity, rows);
  const rank = Rank.of(validity, length);
  const values = vectorValues(rank?.count ?? length, dimension);
  let at = 0;
  for (let k = 0; k < length; k++) {
    if (validity !== null && !bitAt(validity, k)) continue;
    values.set(vectorAt(column, rows[k] ?? 0), at);
    at += dimension;
  }
  return { kind: "vector", length, validity, rank, dimension, values };
}

/** Columns that lists are made of. */
export type Items = BoolColumn | NumberColumn | LongColumn | TextColumn;

function takeItems(column: Items, rows: RowNumbers): Items {
  const length = rows.length;
  const validity = takeValidity(column.validity, rows);
  switch (column.kind) {
    case "bool":
      return { kind: "bool", length, validity, bits: takeBits(column.bits, rows) };
    case "number": {
      const values = numbersOf(column.scalar, length);
      for (let k = 0; k < length; k++) values[k] = column.values[rows[k] ?? 0] ?? 0;
      return { kind: "number", scalar: column.scalar, length, validity, values };
    }
    case "long": {
      const words = buffer(8 * length, () => new Int32Array(2 * length));
      for (let k = 0; k < length; k++) {
        const from = 2 * (rows[k] ?? 0);
        words[2 * k] = column.words[from] ?? 0;
        words[2 * k + 1] = column.words[from + 1] ?? 0;
      }
      return { kind: "long", scalar: column.scalar, length, validity, words };
    }
    case "text":
      return takeText(column, rows);
  }
}

/** The rows named of one column, in that order. */
export function takeColumn(column: Column, rows: RowNumbers): Column {
  const length = rows.length;
  switch (column.kind) {
    case "bool":
    case "number":
    case "long":
    case "text":
      return takeItems(column, rows);
    case "dictionary": {
      const codes = new Uint32Array(length);
      for (let k = 0; k < length; k++) codes[k] = column.codes[rows[k] ?? 0] ?? 0;
      const validity = takeValidity(column.validity, rows);
      return { kind: "dictionary", length, validity, codes, dictionary: column.dictionary };
    }
    case "list":
      return takeList(column, rows);
    case "vector":
      return takeVectors(column, rows);
    default:
      return unreachable(column);
  }
}

function sliceBits(bits: Uint8Array, start: number, end: number): Uint8Array {
  if ((start & 7) === 0) return bits.subarray(start >>> 3, bitBytes(end));
  const sliced = new Uint8Array(bitBytes(end - start));
  copyBits(bits, start, end - start, sliced, 0);
  return sliced;
}

/** Rows [start, end) of the items of lists. */
export function sliceItems(column: Items, start: number, end: number): Items {
  if (start === 0 && end === column.length) return column;
  const length = end - start;
  const validity = column.validity === null ? null : sliceBits(column.validity, start, end);
  switch (column.kind) {
    case "bool":
      return { kind: "bool", length, validity, bits: sliceBits(column.bits, start, end) };
    case "number":
      return { ...column, length, validity, values: column.values.subarray(start, end) };
    case "long":
      return { ...column, length, validity, words: column.words.subarray(2 * start, 2 * end) };
    case "text":
      return { ...column, length, validity, offsets: column.offsets.subarray(start, end + 1) };
  }
}

/** Rows [start, end) of one column, sharing the memory where possible; offsets need not begin at 0. */
export function sliceColumn(column: Column, start: number, end: number): Column {
  const length = end - start;
  const validity = column.validity === null ? null : sliceBits(column.validity, start, end);
  switch (column.kind) {
    case "bool":
    case "number":
    case "long":
    case "text":
      return sliceItems(column, start, end);
    case "list": {
      const [from, to] = [entryOf(column, start), entryOf(column, end)];
      const rank = Rank.of(validity, length);
      return { ...column, length, validity, rank, offsets: column.offsets.subarray(from, to + 1) };
    }
    case "dictionary":
      return { ...column, length, validity, codes: column.codes.subarray(start, end) };
    case "vector": {
      const values = components(column, entryOf(column, start), entryOf(column, end));
      return { ...column, length, validity, rank: Rank.of(validity, length), values };
    }
    default:
      return unreachable(column);
  }
}

/** A dictionary column without the entries that no row uses. */
export function compactDictionary(column: DictionaryColumn): DictionaryColumn {
  const renumbered = new Int32Array(column.dictionary.length).fill(-1);
  const kept: number[] = [];
  const codes = new Uint32Array(column.length);
  for (let i = 0; i < column.length; i++) {
    if (column.validity !== null && !bitAt(column.validity, i)) continue;
    const code = column.codes[i] ?? 0;
    if (renumbered[code] === -1) {
      renumbered[code] = kept.length;
      kept.push(code);
    }
    codes[i] = present(renumbered[code], "code");
  }
  return { ...column, codes, dictionary: takeText(column.dictionary, kept) };
}
