import type { TypeId } from "@omnigraph/language";
import type { Draft, LayerDraft, RowChanges } from "@omnigraph/storage";

/** What a mutation, a load or a merge came to on one view. */
export interface WriteDraft extends Draft {
  readonly changes: RowChanges;
  /** Set where the rows are too many for a commit object: the tables to stage in their place. */
  readonly tables: TableDrafts | null;
  readonly affectedNodes: number;
  readonly affectedEdges: number;
}

/** One table a type that changes: its new rows and the ids of its deleted ones, or the whole new image of a type that is replaced. */
export interface TableDrafts {
  readonly layers: readonly LayerDraft[];
  readonly replaced: readonly TypeId[];
}
