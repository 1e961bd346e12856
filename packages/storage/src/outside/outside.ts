import type { Column, ColumnType } from "../rows/column.ts";
import type { ForeignTable } from "./foreign.ts";

/** A column of a table that is written for other programs. */
export interface OutsideColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

/**
 * What other programs write and read at an address: files and Lance tables under names that are not escaped. Nothing that is there is ever replaced.
 * Failures are those of an object store, and those of Lance tables.
 */
export interface Outside {
  /** Whether there is nothing yet. */
  isEmpty(): Promise<boolean>;
  /** Makes a file where there is none. Errors: `folder_not_empty` where there is one. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Makes the Lance table `<name>.lance` of rows that come piece by piece, by the columns in their order; each piece is a fragment. */
  createLance(
    name: string,
    columns: readonly OutsideColumn[],
    pieces: AsyncIterable<readonly Column[]>,
  ): Promise<void>;
  /** Reads the Lance table `<name>.lance` at a version, the newest where it is null. Null where there is no table. */
  openLance<T>(
    name: string,
    version: number | null,
    use: (table: ForeignTable) => Promise<T>,
  ): Promise<{ readonly result: T } | null>;
  /** Makes everything below a name durable: Lance itself syncs nothing. */
  sync(name: string): Promise<void>;
}
