import type { Catalog, TypeId } from "@omnigraph/language";
import type { ChangeSet, RowBatch } from "@omnigraph/storage";
import { countChanges } from "../change-set/counts.ts";
import type { WriteDraft } from "./draft.ts";
import { type InlineLimits, tableDrafts } from "./table-drafts.ts";

const NO_IMAGES: ReadonlyMap<TypeId, RowBatch> = new Map();

/** What a draft of rows says of them: the changes, how many entities come and go, and the tables in their place where they are too many. */
export function rowDraft(
  catalog: Catalog,
  rows: ChangeSet,
  limits: InlineLimits,
  images = NO_IMAGES,
): Pick<WriteDraft, "changes" | "counts" | "tables"> {
  return {
    changes: { kind: "rows", rows, replaced: [] },
    counts: countChanges(rows),
    tables: tableDrafts(catalog, rows, images, limits),
  };
}
