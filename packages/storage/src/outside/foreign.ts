import type { Value } from "@omnigraph/base";
import type { Column, ColumnType } from "../rows/column.ts";

/** A column that another program has written. */
export interface ForeignField {
  readonly name: string;
  /** Its type in Arrow's words, for messages. */
  readonly shown: string;
  /** Whether each of its values can be one of a column of ours. */
  fits(type: ColumnType): boolean;
}

/** The cells of such a column: as a column of ours where both have one layout, else one by one, still to be checked. */
export type ForeignCells =
  | { readonly kind: "column"; readonly column: Column }
  | {
      readonly kind: "cells";
      readonly cells: readonly Value[];
      /** Rows in which a time was cut to the millisecond, with how many were. */
      readonly cut: ReadonlyMap<number, number>;
    };

/** Some rows, by the names of the columns that were asked for. */
export interface ForeignRows {
  readonly length: number;
  readonly columns: ReadonlyMap<string, ForeignCells>;
}

/** A Lance table that another program has written, at one version. */
export interface ForeignTable {
  readonly version: number;
  readonly rows: number;
  readonly fields: readonly ForeignField[];
  /** Rows in the order in which any reader scans the table. Only what fits may be asked for. */
  scan(columns: ReadonlyMap<string, ColumnType>): AsyncIterable<ForeignRows>;
}
