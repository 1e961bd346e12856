import type { EntityType } from "@omnigraph/language";
import type { TypeChanges } from "@omnigraph/storage";
import { compose } from "../change-set/change-set.ts";
import { entityCount } from "../change-set/counts.ts";

/** Commits that are not in the overlay yet, newest first. */
export interface Pending {
  readonly changes: TypeChanges;
  readonly earlier: Pending | null;
  /** Number of single commits since the newest group; 0 for a group. */
  readonly single: number;
}

/** The changes of the commits in order. */
export function inOrder(pending: Pending | null): TypeChanges[] {
  const changes: TypeChanges[] = [];
  for (let entry = pending; entry !== null; entry = entry.earlier) changes.push(entry.changes);
  return changes.toReversed();
}

export function withChanges(earlier: Pending | null, changes: TypeChanges): Pending {
  return { changes, earlier, single: (earlier?.single ?? 0) + 1 };
}

/** The same commits, each of whose changes is another one. */
export function mapped(pending: Pending, change: (changes: TypeChanges) => TypeChanges): Pending {
  const earlier = pending.earlier === null ? null : mapped(pending.earlier, change);
  return { ...pending, changes: change(pending.changes), earlier };
}

/**
 * Composes the newest single commits to a group, and with the previous group unless that is much larger. So memory is that of the changed rows, and
 * every row is copied a logarithmic number of times.
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
