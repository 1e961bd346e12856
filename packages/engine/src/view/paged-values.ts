import { type Column, type PagedColumn } from "@omnigraph/storage";

/** A part of the rows of a type: its column, read whole or by pages, or one row that stands for all of them. */
export type ValuesPart =
  | { readonly kind: "column"; readonly length: number; readonly column: Column }
  | { readonly kind: "paged"; readonly length: number; readonly pages: PagedColumn }
  | { readonly kind: "same"; readonly length: number; readonly column: Column };

/** The values of a property by ordinal, of which only some pages are in memory. They are read by blocking calls. */
export class PagedValues {
  readonly kind = "paged";
  readonly length: number;
  readonly #parts: readonly ValuesPart[];
  /** The number of the first row of each part. */
  readonly #starts: readonly number[];
  /** By ordinal its row; null when ordinals equal rows. */
  readonly #rows: Uint32Array | null;
  /** The part that was asked for last. */
  #last = 0;

  constructor(parts: readonly ValuesPart[], rows: Uint32Array | null) {
    const starts = [0];
    for (const { length } of parts) starts.push((starts.at(-1) ?? 0) + length);
    this.#parts = parts;
    this.#starts = starts;
    this.#rows = rows;
    this.length = rows?.length ?? starts.at(-1) ?? 0;
  }

  /** The column that has the value of an ordinal, at the row that `rowAt` answers. */
  columnAt(ordinal: number): Column {
    const row = this.#row(ordinal);
    const part = this.#parts[this.#partOf(row)]!;
    if (part.kind !== "paged") return part.column;
    return part.pages.page((row - this.#starts[this.#last]!) >>> part.pages.pageBits);
  }

  rowAt(ordinal: number): number {
    const row = this.#row(ordinal);
    const part = this.#parts[this.#partOf(row)]!;
    const own = row - this.#starts[this.#last]!;
    if (part.kind === "same") return 0;
    return part.kind === "column" ? own : own & (2 ** part.pages.pageBits - 1);
  }

  #row(ordinal: number): number {
    return this.#rows === null ? ordinal : this.#rows[ordinal]!;
  }

  /** Index of the part that has a row; noted as the last. */
  #partOf(row: number): number {
    const starts = this.#starts;
    let part = this.#last;
    while (row < starts[part]!) part--;
    while (row >= starts[part + 1]!) part++;
    this.#last = part;
    return part;
  }
}
