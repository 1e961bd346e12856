import type { Catalog, TypeId } from "@omnigraph/language";
import type { ChangeSet, RowBatch } from "@omnigraph/storage";
import { countChanges } from "../change-set/counts.ts";
import type { WriteDraft } from "./draft.ts";
import { type TableOptions, tableDrafts } from "./table-drafts.ts";

const NO_IMAGES: ReadonlyMap<TypeId, RowBatch> = new Map();

/** The row part of a draft: the changes, how the counts of entities change, and tables instead of the changes if there are too many rows. */
export function rowDraft(
  catalog: Catalog,
  rows: ChangeSet,
  options: TableOptions,
  images = NO_IMAGES,
): Pick<WriteDraft, "changes" | "counts" | "tables"> {
  return {
    changes: { kind: "rows", rows, replaced: [] },
    counts: countChanges(rows),
    tables: tableDrafts(catalog, rows, images, options),
  };
}
