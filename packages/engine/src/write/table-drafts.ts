import { LIMITS, present } from "@omnigraph/base";
import type { Catalog, EntityType, TypeId } from "@omnigraph/language";
import {
  batchBytes,
  type BlobContents,
  blobKeys,
  type ChangeSet,
  idTexts,
  idTextsFrom,
  referenceAt,
  type RowBatch,
  type TypeChanges,
} from "@omnigraph/storage";
import type { TableDrafts } from "./draft.ts";
import { imageCount } from "../change-set/counts.ts";

/** Above these a draft is staged as tables. */
export interface InlineLimits {
  readonly inlineRows?: number | undefined;
  readonly inlineBytes?: number | undefined;
}

/** What large drafts are made with. */
export interface TableOptions extends InlineLimits {
  /** Content that rows name and the graph may not have. Default: none. */
  readonly contents?: BlobContents | undefined;
}

/** Whether changes are too large for a commit object. */
function isLarge(changes: ChangeSet, limits: InlineLimits): boolean {
  if (imageCount(changes) > (limits.inlineRows ?? LIMITS.inlineRows.value)) return true;
  const bytes = changes.reduce((sum, { after, before }) => sum + batchBytes(after) + batchBytes(before), 0);
  return bytes > (limits.inlineBytes ?? LIMITS.inlineBytes.value);
}

/**
 * Whether a row names content that the row before it does not. Such rows are always staged: so all content that rows of a snapshot name is listed by a table of that
 * snapshot, which keeps it. An update that leaves a Blob as it is needs no table: while the row is there, some table lists its content, and whoever removes
 * the row meanwhile is a conflict.
 */
function bringsContent(type: EntityType, { after, before, updated }: TypeChanges): boolean {
  return blobKeys(type).some((key) => {
    const now = after.columns.get(key);
    const then = before.columns.get(key);
    for (let row = 0; row < after.length; row++) {
      const reference = referenceAt(now, row);
      if (reference !== null && (row >= updated || referenceAt(then, row) !== reference)) return true;
    }
    return false;
  });
}

/** The tables of large changes, and of those that bring content; null for others. `images` has all new rows of each type that the write replaces. */
export function tableDrafts(
  catalog: Catalog,
  changes: ChangeSet,
  images: ReadonlyMap<TypeId, RowBatch>,
  { contents, ...limits }: TableOptions,
): TableDrafts | null {
  const typeOf = (id: TypeId): EntityType => present(catalog.typeById.get(id), `type ${id}`);
  const brings = changes.some((each) => bringsContent(typeOf(each.type), each));
  if (!brings && !isLarge(changes, limits)) return null;
  const layers = changes.map(({ type: id, after, before, updated }) => {
    const type = typeOf(id);
    const image = images.get(id);
    const blobs = { contents };
    if (image !== undefined) return { type, rows: image, tombstones: null, blobs };
    return {
      type,
      rows: after,
      tombstones: before.length > updated ? idTextsFrom(idTexts(before, "id"), updated) : null,
      blobs,
    };
  });
  return { layers, replaced: changes.map(({ type }) => type).filter((type) => images.has(type)) };
}
