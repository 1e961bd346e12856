import { LIMITS, present } from "@omnigraph/base";
import type { Catalog, TypeId } from "@omnigraph/language";
import type { ChangeSet, LayerDraft, RowBatch, TextColumn } from "@omnigraph/storage";
import { batchBytes } from "./bytes.ts";
import { textColumn } from "./constraints/candidate.ts";

/** Above these a delta is staged as tables. */
export interface InlineLimits {
  readonly inlineRows?: number;
  readonly inlineBytes?: number;
}

/** Whether changes are too large for a commit object. */
function isLarge(changes: ChangeSet, limits: InlineLimits): boolean {
  const rows = changes.reduce((sum, { after, before }) => sum + after.length + before.length, 0);
  if (rows > (limits.inlineRows ?? LIMITS.inlineRows.value)) return true;
  const bytes = changes.reduce((sum, { after, before }) => sum + batchBytes(after) + batchBytes(before), 0);
  return bytes > (limits.inlineBytes ?? LIMITS.inlineBytes.value);
}

/**
 * The drafts of large changes, or null for small ones. `images` gives the whole new image of each type that the write replaces.
 */
export function layersOf(
  catalog: Catalog,
  changes: ChangeSet,
  images: ReadonlyMap<TypeId, RowBatch>,
  limits: InlineLimits,
): readonly LayerDraft[] | null {
  if (!isLarge(changes, limits)) return null;
  return changes.map(({ type: id, after, before, updated }) => {
    const type = present(catalog.typeById.get(id), `type ${id}`);
    const image = images.get(id);
    if (image !== undefined) return { type, rows: image, gone: null };
    return {
      type,
      rows: after,
      gone: before.length > updated ? tail(textColumn(before, "id"), updated) : null,
    };
  });
}

/** Ids from a row on. */
function tail(ids: TextColumn, start: number): TextColumn {
  return { ...ids, length: ids.length - start, offsets: ids.offsets.subarray(start) };
}
