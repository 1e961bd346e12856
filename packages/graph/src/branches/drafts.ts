import type { Delta } from "@omnigraph/engine";
import type { Catalog, TypeId } from "@omnigraph/language";
import type { Changes, CommitRecord, Draft } from "@omnigraph/log";
import {
  type ChangeSet,
  EMPTY_BATCH,
  columnKeys,
  type LayerStore,
  type RowBatch,
  type TypeChanges,
} from "@omnigraph/storage";

/** A delta of a write that may be a merge. */
export interface GraphDelta extends Delta {
  readonly merge?: NonNullable<Draft["merge"]>;
  /** A fast forward: the state of the other side as it is. */
  readonly forward?: boolean;
}

/** How the live rows of each type change. */
function countsOf(changes: ChangeSet): ReadonlyMap<TypeId, number> {
  return new Map(changes.map(({ type, after, before }) => [type, after.length - before.length]));
}

/** What a delta publishes: its rows, or the layers that were staged for it. */
export function draftOf(
  delta: GraphDelta,
  kind: Draft["kind"],
  changes: Changes,
  theirs: (commit: CommitRecord) => Promise<ChangeSet | null>,
): Draft {
  const { merge } = delta;
  return {
    kind,
    changes: delta.forward === true ? { kind: "forward" } : changes,
    counts: countsOf(delta.changes),
    schema: null,
    ...(merge === undefined ? {} : { merge }),
    conflictsWith: (commit) => {
      const other = commit.changes;
      // Another merge may have brought what this one brings; a fast forward is one from its very head.
      if (merge !== undefined && (delta.forward === true || commit.header.parents.length > 1)) return true;
      if (other.kind === "rows" && other.replaced.length === 0) return delta.meets(other.rows);
      return theirs(commit).then((rows) => rows === null || delta.meets(rows));
    },
    onConflict: delta.onMeeting,
  };
}

/**
 * What a commit that adopted layers did, as rows, when all of them are new. Null where its layers alone cannot tell what was there before
 * (types replaced, rows deleted or replaced): then it counts as a conflict with everything.
 */
export async function adoptedRows(
  commit: CommitRecord,
  parent: CommitRecord,
  catalog: Catalog,
  layers: LayerStore,
): Promise<ChangeSet | null> {
  const { changes } = commit;
  if (changes.kind !== "layers" || changes.replaced.length > 0) return null;
  const grown = (type: TypeId): number =>
    (commit.header.counts.get(type) ?? 0) - (parent.header.counts.get(type) ?? 0);
  if (changes.layers.some(({ type, rows, tombstones }) => tombstones > 0 || grown(type) !== rows))
    return null;
  return Promise.all(
    changes.layers.map(async (entry): Promise<TypeChanges> => {
      const type = catalog.typeById.get(entry.type);
      if (type === undefined)
        return { type: entry.type, after: EMPTY_BATCH, before: EMPTY_BATCH, updated: 0 };
      const reader = layers.open(entry);
      const columns = await Promise.all(
        columnKeys(type).map(async (key) => [key, await reader.column(key)] as const),
      );
      const after: RowBatch = {
        length: entry.rows,
        columns: new Map(
          columns.flatMap(([key, column]) => (column === null ? [] : [[key, column] as const])),
        ),
      };
      return { type: entry.type, after, before: EMPTY_BATCH, updated: 0 };
    }),
  );
}
