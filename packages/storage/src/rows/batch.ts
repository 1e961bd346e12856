import type { PropertyId, TypeId } from "@omnigraph/language";
import type { Column } from "./column.ts";

/** `id`; for edges also `src` and `dst` (ids of the ends); else the property's stable id, so that a rename changes no data. */
export type ColumnKey = "id" | "src" | "dst" | PropertyId;

/** Rows of one type in columns of equal length. A property that is missing reads as its default (else null). */
export interface RowBatch {
  readonly length: number;
  readonly columns: ReadonlyMap<ColumnKey, Column>;
}

/**
 * What one commit did to one type. Ids are unique within `after` and within `before`.
 * Row i < updated of `after` is the new image of row i of `before`; later rows of `after` are inserted, later rows of `before` deleted.
 */
export interface TypeChanges {
  readonly type: TypeId;
  readonly after: RowBatch;
  readonly before: RowBatch;
  readonly updated: number;
}

/** What one commit did, by type; types without a change are absent. */
export type ChangeSet = readonly TypeChanges[];
