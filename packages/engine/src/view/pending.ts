import type { EntityType } from "@omnigraph/language";
import type { TypeChanges } from "@omnigraph/storage";
import { compose } from "../change-set/change-set.ts";
import { entityCount } from "../change-set/counts.ts";

/** Commits that are not laid over the base yet, newest first. */
export interface Pending {
  readonly changes: TypeChanges;
  readonly earlier: Pending | null;
  /** Commits since the newest that were put together; 0 for such. */
  readonly single: number;
}

/** The commits in order. */
export function inOrder(pending: Pending | null): TypeChanges[] {
  const changes: TypeChanges[] = [];
  for (let entry = pending; entry !== null; entry = entry.earlier) changes.push(entry.changes);
  return changes.toReversed();
}

export function withChanges(earlier: Pending | null, changes: TypeChanges): Pending {
  return { changes, earlier, single: (earlier?.single ?? 0) + 1 };
}

/**
 * The newest single commits put together, and with the group before as long as that is not much larger: memory is that of the rows
 * changed, and every row is copied a logarithmic number of times.
 */
export function grouped(type: EntityType, pending: Pending): Pending {
  const run: TypeChanges[] = [];
  let rest: Pending | null = pending;
  for (; rest !== null && rest.single > 0; rest = rest.earlier) run.push(rest.changes);
  let group = compose(type, run.toReversed());
  for (; rest !== null && entityCount(rest.changes) <= 2 * entityCount(group); rest = rest.earlier) {
    group = compose(type, [rest.changes, group]);
  }
  return { changes: group, earlier: rest, single: 0 };
}
