import type { EntityType } from "@omnigraph/language";
import type { RowBatch } from "@omnigraph/storage";
import { flatten, idOf } from "./apply.ts";
import type { TypeBase } from "./base.ts";
import { Overlay, Segment } from "./overlay.ts";
import { mapped, type Pending } from "./pending.ts";
import { restatedBatch, restatedChanges } from "./restated.ts";

/** The state of a type in a view: its base (null until the pieces are opened), the overlay, and pending changes that need ids to be loaded. */
export interface TypeState {
  readonly base: TypeBase | null;
  readonly overlay: Overlay | null;
  readonly pending: Pending | null;
}

/** The state of a type as it is in another schema. */
export function stateUnder(
  old: EntityType,
  type: EntityType,
  { base, overlay, pending }: TypeState,
  bases: Map<TypeBase, TypeBase>,
): TypeState {
  const restated = pending === null ? null : mapped(pending, (changes) => restatedChanges(type, changes));
  if (base === null) return { base, overlay, pending: restated };
  const known = bases.get(base) ?? base.under(type);
  bases.set(base, known);
  const isWidened = type.properties.some(
    ({ id, type: { scalar } }) => scalar !== (old.propertyById.get(id)?.type.scalar ?? scalar),
  );
  const over = overlay === null || !isWidened ? overlay : restatedOverlay(type, overlay, base);
  return { base: known, overlay: over, pending: restated };
}

/** The same overlay with images of the type as it is in another schema. */
function restatedOverlay(type: EntityType, overlay: Overlay, base: TypeBase): Overlay {
  const known = new Map<RowBatch, RowBatch>();
  const restated = (batch: RowBatch | null): RowBatch | null => {
    if (batch === null) return null;
    const now = known.get(batch) ?? restatedBatch(type, batch);
    known.set(batch, now);
    return now;
  };
  const { segment } = flatten(overlay, base);
  const next = new Segment(base.capacity);
  for (const version of segment.versions) {
    const { ordinal, image, row, former, formerRow } = version;
    next.append(idOf(version), ordinal, restated(image), row, restated(former), formerRow);
  }
  next.capacity = segment.capacity;
  return new Overlay(next, null);
}
