import type { EntityType } from "@omnigraph/language";
import type { TypeChanges } from "@omnigraph/storage";
import { idIn } from "./apply.ts";
import { type Pick, pickRows } from "./pick-rows.ts";

/** What several commits made of one entity: its image before and after them. */
interface Net {
  readonly before: Pick | null;
  after: Pick | null;
}

/** Commits of one type, in order, as one that leads to the same. Entities that came and went are no change. */
export function composeChanges(type: EntityType, commits: readonly TypeChanges[]): TypeChanges {
  const nets = new Map<string, Net>();
  for (const { after, before, updated } of commits) {
    for (let i = 0; i < before.length; i++) {
      const image = i < updated ? { batch: after, row: i } : null;
      note(nets, idIn(before, "id", i), { batch: before, row: i }, image);
    }
    for (let i = updated; i < after.length; i++) {
      note(nets, idIn(after, "id", i), null, { batch: after, row: i });
    }
  }
  return batches(type, nets.values());
}

function note(nets: Map<string, Net>, id: string, before: Pick | null, after: Pick | null): void {
  const known = nets.get(id);
  if (known === undefined) nets.set(id, { before, after });
  else known.after = after;
}

function batches(type: EntityType, nets: Iterable<Net>): TypeChanges {
  const updatedBefore: Pick[] = [];
  const updatedAfter: Pick[] = [];
  const inserted: Pick[] = [];
  const deleted: Pick[] = [];
  for (const { before, after } of nets) {
    if (before !== null && after !== null) {
      updatedBefore.push(before);
      updatedAfter.push(after);
    } else if (after !== null) inserted.push(after);
    else if (before !== null) deleted.push(before);
  }
  return {
    type: type.id,
    after: pickRows(type, [...updatedAfter, ...inserted]),
    before: pickRows(type, [...updatedBefore, ...deleted]),
    updated: updatedAfter.length,
  };
}
