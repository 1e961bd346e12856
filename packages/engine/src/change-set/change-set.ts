import type { EntityType, TypeId } from "@omnigraph/language";
import {
  columnIn,
  columnKeys,
  equalAt,
  idTextIn,
  type RowBatch,
  take,
  type TypeChanges,
} from "@omnigraph/storage";
import { entityCount } from "./counts.ts";
import { type RowRef, pickRows } from "./picks.ts";

/** One entity before and after a change; null where it is not there. */
export interface EntityImages {
  readonly before: RowRef | null;
  readonly after: RowRef | null;
}

/** The changes of one type from its entities, in the order given: updates, then inserts; deletions. An entity that is null on both sides is left out. */
export function assemble(type: EntityType, entities: Iterable<EntityImages>): TypeChanges {
  const updatedBefore: RowRef[] = [];
  const updatedAfter: RowRef[] = [];
  const inserted: RowRef[] = [];
  const deleted: RowRef[] = [];
  for (const { before, after } of entities) {
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

/** The entities of changes: those deleted, then those updated and inserted. */
function* entitiesOf({ after, before, updated }: TypeChanges): Iterable<readonly [string, EntityImages]> {
  for (let row = updated; row < before.length; row++)
    yield [idTextIn(before, "id", row), { before: { batch: before, row }, after: null }];
  for (let row = 0; row < after.length; row++) {
    const old = row < updated ? { batch: before, row } : null;
    yield [idTextIn(after, "id", row), { before: old, after: { batch: after, row } }];
  }
}

/**
 * Consecutive changes of one type as one: the first old row and the last new row of each entity. An entity that was inserted and deleted again is no
 * change; an update back to the old values stays.
 */
export function compose(type: EntityType, steps: readonly TypeChanges[]): TypeChanges {
  const images = new Map<string, EntityImages>();
  for (const step of steps) {
    for (const [id, { before, after }] of entitiesOf(step)) {
      const former = images.get(id);
      images.set(id, { before: former === undefined ? before : former.before, after });
    }
  }
  return assemble(type, images.values());
}

/** As `compose`, without updates whose rows are equal; null when nothing is left. */
export function net(type: EntityType, steps: readonly TypeChanges[]): TypeChanges | null {
  const [only] = steps;
  return effective(type, only !== undefined && steps.length === 1 ? only : compose(type, steps));
}

/** The changes without updates whose rows are equal; null when nothing is left. */
export function effective(type: EntityType, changes: TypeChanges): TypeChanges | null {
  const { after, before, updated } = changes;
  if (after.length + before.length === 0) return null;
  const changed = updated === 0 ? [] : differingRows(type, after, before, updated);
  if (changed.length === updated) return changes;
  const rest = (length: number): readonly number[] =>
    Array.from({ length: length - updated }, (_, i) => updated + i);
  if (changed.length === 0 && entityCount(changes) === updated) return null;
  return {
    type: changes.type,
    after: take(after, [...changed, ...rest(after.length)]),
    before: take(before, [...changed, ...rest(before.length)]),
    updated: changed.length,
  };
}

/** Of the first `length` rows those that differ between two batches in any column. */
function differingRows(type: EntityType, a: RowBatch, b: RowBatch, length: number): readonly number[] {
  const differs = new Uint8Array(length);
  for (const key of columnKeys(type)) {
    const left = columnIn(a, key);
    const right = columnIn(b, key);
    if (left === right) continue;
    for (let row = 0; row < length; row++) if (!equalAt(left, row, right, row)) differs[row] = 1;
  }
  const rows: number[] = [];
  for (let row = differs.indexOf(1); row >= 0; row = differs.indexOf(1, row + 1)) rows.push(row);
  return rows;
}

/** The changes that undo these: inserted entities are deleted, and new rows are swapped with old ones. */
export function inverse({ type, after, before, updated }: TypeChanges): TypeChanges {
  return { type, after: before, before: after, updated };
}

/** Changes by their type, those of one type in the order given. */
export function groupByType(changes: Iterable<TypeChanges>): ReadonlyMap<TypeId, readonly TypeChanges[]> {
  const groups = new Map<TypeId, TypeChanges[]>();
  for (const change of changes) {
    const group = groups.get(change.type);
    if (group === undefined) groups.set(change.type, [change]);
    else group.push(change);
  }
  return groups;
}
