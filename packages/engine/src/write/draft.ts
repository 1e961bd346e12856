import type { TypeId } from "@omnigraph/language";
import type { Draft, LayerDraft, RowChanges } from "@omnigraph/storage";

/** The outcome of a mutation, a load or a merge on one view. */
export interface WriteDraft extends Draft {
  readonly changes: RowChanges;
  /** Set if there are too many rows for a commit object: the tables to stage instead. */
  readonly tables: TableDrafts | null;
  readonly affectedNodes: number;
  readonly affectedEdges: number;
}

/** One table for each type that changes: its new rows and the ids of the deleted ones, or all rows of a type that is replaced. */
export interface TableDrafts {
  readonly layers: readonly LayerDraft[];
  readonly replaced: readonly TypeId[];
}
