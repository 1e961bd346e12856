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
import { trimmed, widened } from "./growing.ts";
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
  #offsets: Uint32Array<ArrayBuffer>;

  constructor(items: ScalarBuilder, capacity: number) {
    this.items = items;
    this.#offsets = new Uint32Array(Math.max(capacity, 8) + 1);
  }

  get length(): number {
    return this.#validity.length;
  }

  appendNull(): void {
    this.#validity.absent();
    this.#mark();
  }

  /** Ends a row: the items appended since the row before. */
  closeRow(): void {
    this.#validity.present();
    this.#mark();
  }

  append(value: Value): void {
    if (value === null) return this.appendNull();
    assert(typeof value === "object" && !(value instanceof Float32Array), "a list value is an array");
    for (const item of value) this.items.append(item);
    this.closeRow();
  }

  finish(): ListColumn {
    const offsets = trimmed(this.#offsets, this.length + 1);
    return {
      kind: "list",
      length: this.length,
      validity: this.#validity.finish(),
      offsets,
      items: finishPlain(this.items),
    };
  }

  #mark(): void {
    const i = this.length;
    if (i >= this.#offsets.length) this.#offsets = widened(this.#offsets, i + 1);
    this.#offsets[i] = this.items.length;
  }
}

/** Vectors of one dimension. */
export class VectorBuilder {
  readonly kind = "vector";
  readonly dimension: number;
  readonly #validity = new ValidityBuilder();
  #values: Float32Array<ArrayBuffer>;

  constructor(dimension: number, capacity: number) {
    this.dimension = dimension;
    this.#values = new Float32Array(Math.max(capacity, 1) * dimension);
  }

  get length(): number {
    return this.#validity.length;
  }

  appendNull(): void {
    this.#room();
    this.#validity.absent();
  }

  /** `dimension` components from `at` on. */
  appendVector(components: ArrayLike<number>, at: number = 0): void {
    this.#room();
    const start = this.length * this.dimension;
    for (let k = 0; k < this.dimension; k++) this.#values[start + k] = components[at + k] ?? 0;
    this.#validity.present();
  }

  append(value: Value): void {
    if (value === null) return this.appendNull();
    assert(
      value instanceof Float32Array && value.length === this.dimension,
      `a vector value is a Float32Array of ${this.dimension}`,
    );
    this.appendVector(value);
  }

  finish(): VectorColumn {
    const values = trimmed(this.#values, this.length * this.dimension);
    return {
      kind: "vector",
      length: this.length,
      validity: this.#validity.finish(),
      dimension: this.dimension,
      values,
    };
  }

  #room(): void {
    const end = (this.length + 1) * this.dimension;
    if (end > this.#values.length) this.#values = widened(this.#values, end);
  }
}

/** A builder for a type, made for `capacity` rows. */
export function columnBuilder(type: ColumnType, capacity: number = 0): ColumnBuilder {
  if (type.dimension !== null) return new VectorBuilder(type.dimension, capacity);
  const items = scalarBuilder(type, capacity);
  return type.list ? new ListBuilder(items, capacity) : items;
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
