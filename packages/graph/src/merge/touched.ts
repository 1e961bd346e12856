import { present } from "@omnigraph/base";
import type { Sides } from "@omnigraph/engine";
import type { Catalog, EntityType, TouchedTypes, TypeId } from "@omnigraph/language";
import type { ChangeSet } from "@omnigraph/storage";

/** A merge reads what either side changed since the base. It changes the types that theirs changed; decisions may add others (see `touchedByChanges`). */
export function touchedBySides(catalog: Catalog, { ours, theirs, ambiguous }: Sides): TouchedTypes {
  const reads = [...typesIn(catalog, ours), ...[...ambiguous.keys()].map((id) => typeOf(catalog, id))];
  return { reads, changes: typesIn(catalog, theirs) };
}

export function touchedByChanges(catalog: Catalog, changes: ChangeSet): TouchedTypes {
  return { reads: [], changes: typesIn(catalog, changes) };
}

function typesIn(catalog: Catalog, changes: ChangeSet): readonly EntityType[] {
  return changes.map(({ type }) => typeOf(catalog, type));
}

function typeOf(catalog: Catalog, id: TypeId): EntityType {
  return present(catalog.typeById.get(id), `type ${id}`);
}
