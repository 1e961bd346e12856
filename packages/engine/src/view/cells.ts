import type { Value } from "@omnigraph/base";
import type { Property } from "@omnigraph/language";
import {
  type Column,
  columnType,
  compareAt,
  constantColumn,
  isNull,
  numberAt,
  valueAt,
} from "@omnigraph/storage";
import type { Overlay, Version } from "./overlay.ts";
import type { PagedValues } from "./paged-values.ts";
import type { Cells } from "./view.ts";

/** A property without later changes: all values are in the base column. */
export class CleanCells implements Cells {
  readonly base: Column;
  readonly clean = true;

  constructor(base: Column) {
    this.base = base;
  }

  isPatched(): boolean {
    return false;
  }

  isNull(ordinal: number): boolean {
    return isNull(this.base, ordinal);
  }

  value(ordinal: number): Value {
    return valueAt(this.base, ordinal);
  }

  number(ordinal: number): number {
    return numberAt(this.base, ordinal);
  }

  compare(a: number, b: number): number {
    return compareAt(this.base, a, this.base, b);
  }
}

/** A property without later changes that is read by pages. */
export class PagedCells implements Cells {
  readonly base = null;
  readonly clean = true;
  readonly #values: PagedValues;

  constructor(values: PagedValues) {
    this.#values = values;
  }

  isPatched(): boolean {
    return false;
  }

  isNull(ordinal: number): boolean {
    return isNull(this.#values.columnAt(ordinal), this.#values.rowAt(ordinal));
  }

  value(ordinal: number): Value {
    return valueAt(this.#values.columnAt(ordinal), this.#values.rowAt(ordinal));
  }

  number(ordinal: number): number {
    return numberAt(this.#values.columnAt(ordinal), this.#values.rowAt(ordinal));
  }

  compare(a: number, b: number): number {
    const values = this.#values;
    return compareAt(values.columnAt(a), values.rowAt(a), values.columnAt(b), values.rowAt(b));
  }
}

/** A property under an overlay: the values of patched ordinals are read from the images of commits. */
export class PatchedCells implements Cells {
  readonly base: Column | null;
  readonly clean = false;
  readonly #values: Column | PagedValues;
  readonly #property: Property;
  readonly #overlay: Overlay;
  #fill: Column | null = null;

  constructor(property: Property, values: Column | PagedValues, overlay: Overlay) {
    this.#property = property;
    this.#values = values;
    this.base = values.kind === "paged" ? null : values;
    this.#overlay = overlay;
  }

  isPatched(ordinal: number): boolean {
    return ordinal >= this.#values.length || this.#overlay.mayHave(ordinal);
  }

  isNull(ordinal: number): boolean {
    const version = this.#overlay.version(ordinal);
    return isNull(this.#column(version, ordinal), this.#row(version, ordinal));
  }

  value(ordinal: number): Value {
    const version = this.#overlay.version(ordinal);
    return valueAt(this.#column(version, ordinal), this.#row(version, ordinal));
  }

  number(ordinal: number): number {
    const version = this.#overlay.version(ordinal);
    return numberAt(this.#column(version, ordinal), this.#row(version, ordinal));
  }

  compare(a: number, b: number): number {
    const first = this.#overlay.version(a);
    const second = this.#overlay.version(b);
    return compareAt(
      this.#column(first, a),
      this.#row(first, a),
      this.#column(second, b),
      this.#row(second, b),
    );
  }

  #column(version: Version | null, ordinal: number): Column {
    if (version !== null) return version.image?.columns.get(this.#property.id) ?? this.#filled();
    return this.#values.kind === "paged" ? this.#values.columnAt(ordinal) : this.#values;
  }

  #row(version: Version | null, ordinal: number): number {
    if (version === null) return this.#values.kind === "paged" ? this.#values.rowAt(ordinal) : ordinal;
    return version.image?.columns.has(this.#property.id) === true ? version.row : 0;
  }

  /** A column of one row with what images have that lack the column. */
  #filled(): Column {
    this.#fill ??= constantColumn(columnType(this.#property.type), this.#property.fill ?? null, 1);
    return this.#fill;
  }
}
