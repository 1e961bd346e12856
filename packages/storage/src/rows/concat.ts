import { assert, atOnce, present, type Steps } from "@omnigraph/base";
import type { ColumnKey, RowBatch } from "./batch.ts";
import { components, entriesOf } from "./access.ts";
import { bitBytes, copyBits, setBits } from "./bits.ts";
import type { Column, DictionaryColumn, ListColumn, TextColumn, Validity, VectorColumn } from "./column.ts";
import { plainText } from "./dictionary.ts";
import { buffer, checkSize, vectorValues } from "./growing.ts";
import { Interner } from "./interner.ts";
import { Rank } from "./rank.ts";
import { numbersOf } from "./scalar-builders.ts";
import { constantColumn, type Items, sliceItems } from "./select.ts";
import type { ColumnSpec } from "./type.ts";

/**
 * The batches one after another, with every column that any of them has. Where a batch lacks a column its rows get the default, as
 * `specOf` says it.
 */
export function concat(batches: readonly RowBatch[], specOf: (key: ColumnKey) => ColumnSpec): RowBatch {
  const filled = batches.filter((batch) => batch.length > 0);
  if (batches.length === 1 && batches[0] !== undefined) return batches[0];
  const length = filled.reduce((sum, batch) => sum + batch.length, 0);
  const columns = new Map<ColumnKey, Column>();
  for (const key of new Set(batches.flatMap((batch) => [...batch.columns.keys()]))) {
    const { type, fill } = specOf(key);
    const parts = filled.map((batch) => batch.columns.get(key) ?? constantColumn(type, fill, batch.length));
    columns.set(key, parts.length === 0 ? constantColumn(type, null, 0) : concatColumns(parts));
  }
  return { length, columns };
}

function same<K extends Column["kind"]>(
  parts: readonly Column[],
  kind: K,
): readonly Extract<Column, { kind: K }>[] {
  return parts.map((part) => {
    assert(isKind(part, kind), `columns of kind ${kind} and ${part.kind} are put together`);
    return part;
  });
}

function isKind<K extends Column["kind"]>(column: Column, kind: K): column is Extract<Column, { kind: K }> {
  return column.kind === kind;
}

/** Columns of one type, at least one, one after another. */
export function concatColumns(parts: readonly Column[]): Column {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : atOnce(concatenating(parts));
}

/** As `concatColumns`, with a step for each part. */
export function* concatenating(parts: readonly Column[]): Steps<Column> {
  const first = present(parts[0], "column to put together");
  if (parts.length === 1) return first;
  switch (first.kind) {
    case "bool":
    case "number":
    case "long":
      return yield* concatItems(first, parts);
    case "text":
    case "dictionary":
      return yield* concatTexts(parts);
    case "list":
      return yield* concatLists(same(parts, "list"));
    case "vector":
      return yield* concatVectors(first.dimension, same(parts, "vector"));
  }
}

function* concatVectors(dimension: number, parts: readonly VectorColumn[]): Steps<VectorColumn> {
  const length = lengthOf(parts);
  const validity = concatValidity(parts);
  const values = vectorValues(
    parts.reduce((sum, part) => sum + entriesOf(part), 0),
    dimension,
  );
  let at = 0;
  for (const part of parts) {
    assert(part.dimension === dimension, "vectors of one dimension are put together");
    const held = components(part, 0, entriesOf(part));
    values.set(held, at);
    at += held.length;
    yield;
  }
  return { kind: "vector", length, validity, rank: Rank.of(validity, length), dimension, values };
}

function* concatItems(first: Items, parts: readonly Column[]): Steps<Items> {
  const length = lengthOf(parts);
  const validity = concatValidity(parts);
  switch (first.kind) {
    case "bool": {
      const bits = new Uint8Array(bitBytes(length));
      let at = 0;
      for (const part of same(parts, "bool")) {
        copyBits(part.bits, 0, part.length, bits, at);
        at += part.length;
        yield;
      }
      return { kind: "bool", length, validity, bits };
    }
    case "number": {
      const values = numbersOf(first.scalar, length);
      let at = 0;
      for (const part of same(parts, "number")) {
        assert(part.scalar === first.scalar, "numbers of one type are put together");
        values.set(part.values.subarray(0, part.length), at);
        at += part.length;
        yield;
      }
      return { kind: "number", scalar: first.scalar, length, validity, values };
    }
    case "long": {
      const words = buffer(8 * length, () => new Int32Array(2 * length));
      let at = 0;
      for (const part of same(parts, "long")) {
        words.set(part.words.subarray(0, 2 * part.length), at);
        at += 2 * part.length;
        yield;
      }
      return { kind: "long", scalar: first.scalar, length, validity, words };
    }
    case "text":
      return yield* concatPlain(same(parts, "text"));
  }
}

function lengthOf(parts: readonly Column[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function concatValidity(parts: readonly Column[]): Validity {
  if (parts.every((part) => part.validity === null)) return null;
  const bits = new Uint8Array(bitBytes(lengthOf(parts)));
  let at = 0;
  for (const part of parts) {
    if (part.validity === null) setBits(bits, at, at + part.length);
    else copyBits(part.validity, 0, part.length, bits, at);
    at += part.length;
  }
  return bits;
}

/** Dictionary-encoded if every part is, else plain. */
function* concatTexts(parts: readonly Column[]): Steps<TextColumn | DictionaryColumn> {
  if (parts.every((part) => part.kind === "dictionary"))
    return yield* concatDictionaries(same(parts, "dictionary"));
  return yield* concatPlain(
    parts.map((part) => {
      assert(part.kind === "text" || part.kind === "dictionary", `text and ${part.kind} are put together`);
      return plainText(part);
    }),
  );
}

function* concatDictionaries(parts: readonly DictionaryColumn[]): Steps<DictionaryColumn> {
  const interner = new Interner();
  const codes = new Uint32Array(lengthOf(parts));
  const recodings = new Map<TextColumn, Uint32Array>();
  let at = 0;
  for (const { length, codes: own, dictionary } of parts) {
    const recoded = recodings.get(dictionary) ?? recoding(dictionary, interner);
    recodings.set(dictionary, recoded); // parts are often slices of few columns
    recode(own, length, recoded, codes, at);
    at += length;
    yield;
  }
  return {
    kind: "dictionary",
    length: at,
    validity: concatValidity(parts),
    codes,
    dictionary: interner.finish(),
  };
}

/** The code in the interner of each entry of a dictionary. */
function recoding({ length, offsets, bytes }: TextColumn, interner: Interner): Uint32Array {
  const recoded = new Uint32Array(length);
  for (let k = 0; k < length; k++) recoded[k] = interner.code(bytes, offsets[k] ?? 0, offsets[k + 1] ?? 0);
  return recoded;
}

function recode(own: Uint32Array, length: number, recoded: Uint32Array, into: Uint32Array, at: number): void {
  for (let i = 0; i < length; i++) into[at + i] = recoded[own[i] ?? 0] ?? 0;
}

/** Entries with offsets: rows of text, or those of lists. */
interface Offset {
  readonly offsets: Uint32Array;
  readonly entries: number;
}

/** The offsets of the parts one after another, from 0. Errors: `memory_exceeded` where a total does not fit into an offset. */
function* concatOffsets(parts: readonly Offset[]): Steps<Uint32Array> {
  const offsets = new Uint32Array(parts.reduce((sum, { entries }) => sum + entries, 1));
  let at = 0;
  let end = 0;
  for (const { offsets: own, entries } of parts) {
    const shift = end - (own[0] ?? 0);
    end += (own[entries] ?? 0) - (own[0] ?? 0);
    checkSize(end);
    copyShifted(own, entries, shift, offsets, at);
    at += entries;
    yield;
  }
  return offsets;
}

function copyShifted(own: Uint32Array, entries: number, shift: number, into: Uint32Array, at: number): void {
  if (shift === 0) into.set(own.subarray(1, entries + 1), at + 1);
  else for (let i = 1; i <= entries; i++) into[at + i] = (own[i] ?? 0) + shift;
}

function* concatPlain(parts: readonly TextColumn[]): Steps<TextColumn> {
  const offsets = yield* concatOffsets(
    parts.map((part) => ({ offsets: part.offsets, entries: part.length })),
  );
  const size = offsets[offsets.length - 1] ?? 0;
  const bytes = buffer(size, () => new Uint8Array(size));
  let row = 0;
  for (const part of parts) {
    bytes.set(part.bytes.subarray(part.offsets[0] ?? 0, part.offsets[part.length] ?? 0), offsets[row] ?? 0);
    row += part.length;
    yield;
  }
  return { kind: "text", length: row, validity: concatValidity(parts), offsets, bytes };
}

function* concatLists(parts: readonly ListColumn[]): Steps<ListColumn> {
  const offsets = yield* concatOffsets(
    parts.map((part) => ({ offsets: part.offsets, entries: entriesOf(part) })),
  );
  const items = parts.map((part) =>
    sliceItems(part.items, part.offsets[0] ?? 0, part.offsets[entriesOf(part)] ?? 0),
  );
  const first = present(items[0], "list to put together");
  const length = lengthOf(parts);
  const validity = concatValidity(parts);
  return {
    kind: "list",
    length,
    validity,
    rank: Rank.of(validity, length),
    offsets,
    items: items.length === 1 ? first : yield* concatItems(first, items),
  };
}
