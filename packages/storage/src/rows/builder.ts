import { assert, type Value } from "@omnigraph/base";
import { isNull, valueAt } from "./access.ts";
import type {
  BoolColumn,
  Column,
  ColumnType,
  DictionaryColumn,
  ListColumn,
  LongColumn,
  NumberColumn,
  TextColumn,
  VectorColumn,
} from "./column.ts";
import { MAX_BYTES, trimmed, vectorValues, widened } from "./growing.ts";
import { Rank } from "./rank.ts";
import { BoolBuilder, LongBuilder, NumberBuilder, TextBuilder, ValidityBuilder } from "./scalar-builders.ts";

/** Builds the items of a list, or a column of scalars. */
export type ScalarBuilder = BoolBuilder | NumberBuilder | LongBuilder | TextBuilder;

/** Builds a column; which one follows from the type. `append` takes any value of the type; the kinds have faster ways of their own. */
export type ColumnBuilder = ScalarBuilder | ListBuilder | VectorBuilder;

/** Lists: append items to `items`, then close the row. */
export class ListBuilder {
  readonly kind = "list";
  readonly items: ScalarBuilder;
  readonly #validity = new ValidityBuilder();
  #entries = 0;
  #offsets = new Uint32Array(8);

  constructor(items: ScalarBuilder) {
    this.items = items;
  }

  get length(): number {
    return this.#validity.length;
  }

  appendNull(): void {
    this.#validity.absent();
  }

  /** Ends a row: the items appended since the row before. */
  closeRow(): void {
    this.#validity.present();
    const k = ++this.#entries;
    if (k >= this.#offsets.length) this.#offsets = widened(this.#offsets, k + 1);
    this.#offsets[k] = this.items.length;
  }

  append(value: Value): void {
    if (value === null) return this.appendNull();
    assert(typeof value === "object" && !(value instanceof Float32Array), "a list value is an array");
    for (const item of value) this.items.append(item);
    this.closeRow();
  }

  finish(): ListColumn {
    const { length } = this;
    const validity = this.#validity.finish();
    const offsets = trimmed(this.#offsets, this.#entries + 1);
    const items = finishPlain(this.items);
    return { kind: "list", length, validity, rank: Rank.of(validity, length), offsets, items };
  }
}

/** Vectors that a builder makes room for at first. */
const FIRST_VECTORS = 8;

/** Vectors of one dimension. */
export class VectorBuilder {
  readonly kind = "vector";
  readonly dimension: number;
  readonly #capacity: number;
  readonly #validity = new ValidityBuilder();
  #entries = 0;
  #values: Float32Array<ArrayBuffer>;

  /** `capacity` vectors are made room for step by step, as many may be null. */
  constructor(dimension: number, capacity: number) {
    this.dimension = dimension;
    this.#capacity = capacity;
    this.#values = new Float32Array(0);
  }

  get length(): number {
    return this.#validity.length;
  }

  appendNull(): void {
    this.#validity.absent();
  }

  append(value: Value): void {
    if (value === null) return this.appendNull();
    assert(
      value instanceof Float32Array && value.length === this.dimension,
      `a vector value is a Float32Array of ${this.dimension}`,
    );
    const start = this.#entries * this.dimension;
    if (start + this.dimension > this.#values.length) this.#grow();
    this.#values.set(value, start);
    this.#entries++;
    this.#validity.present();
  }

  finish(): VectorColumn {
    const { length, dimension } = this;
    const validity = this.#validity.finish();
    const values = trimmed(this.#values, this.#entries * dimension);
    return { kind: "vector", length, validity, rank: Rank.of(validity, length), dimension, values };
  }

  #grow(): void {
    const doubled = Math.max(this.#entries * 2, FIRST_VECTORS);
    const room = this.#entries < this.#capacity ? Math.min(doubled, this.#capacity) : doubled;
    const most = Math.floor(MAX_BYTES / (4 * this.dimension));
    const wider = vectorValues(Math.max(Math.min(room, most), this.#entries + 1), this.dimension);
    wider.set(this.#values);
    this.#values = wider;
  }
}

/** A builder for a type, made for `capacity` rows. */
export function columnBuilder(type: ColumnType, capacity: number = 0): ColumnBuilder {
  if (type.dimension !== null) return new VectorBuilder(type.dimension, capacity);
  return type.list ? new ListBuilder(scalarBuilder(type, 0)) : scalarBuilder(type, capacity);
}

function scalarBuilder(type: ColumnType, capacity: number): ScalarBuilder {
  switch (type.scalar) {
    case "Bool":
      return new BoolBuilder(capacity);
    case "I32":
    case "U32":
    case "F32":
    case "F64":
    case "Date":
      return new NumberBuilder(type.scalar, capacity);
    case "I64":
    case "U64":
    case "DateTime":
      return new LongBuilder(type.scalar, capacity);
    case "String":
    case "Blob":
      return new TextBuilder(capacity);
  }
}

function finishPlain(items: ScalarBuilder): BoolColumn | NumberColumn | LongColumn | TextColumn {
  return items.kind === "text" ? items.finishText() : items.finish();
}

/** A column of these values. */
export function columnOf(type: ColumnType, values: readonly Value[]): Column {
  const builder = columnBuilder(type, values.length);
  for (const value of values) builder.append(value);
  return builder.finish();
}

/** A text column of these ids. */
export function idColumn(ids: readonly string[]): TextColumn {
  const builder = new TextBuilder(ids.length);
  for (const id of ids) builder.appendString(id);
  return builder.finishText();
}

/** Appends a row of a column of the builder's type. */
export function appendFrom(builder: ColumnBuilder, column: Column, row: number): void {
  if (builder.kind === "text" && (column.kind === "text" || column.kind === "dictionary")) {
    appendTextFrom(builder, column, row);
    return;
  }
  builder.append(valueAt(column, row));
}

function appendTextFrom(builder: TextBuilder, column: TextColumn | DictionaryColumn, row: number): void {
  if (isNull(column, row)) return builder.appendNull();
  const text = column.kind === "text" ? column : column.dictionary;
  const entry = column.kind === "text" ? row : (column.codes[row] ?? 0);
  builder.appendBytes(text.bytes, text.offsets[entry] ?? 0, text.offsets[entry + 1] ?? 0);
}
