import type { Catalog, TypeId } from "@omnigraph/language";
import type { CommitRecord } from "@omnigraph/log";
import {
  type ChangeSet,
  EMPTY_BATCH,
  columnKeys,
  type LayerStore,
  type RowBatch,
  type TypeChanges,
} from "@omnigraph/storage";
import type { NetChanges } from "../history/net-changes.ts";
import type { GraphContext } from "../open/context.ts";

/**
 * The changes of a commit that does not contain all of its rows: one that adopted tables, or a fast-forward. Null if they cannot be determined, see
 * `adoptedRows`.
 */
export async function rowsOfCommit(
  commit: CommitRecord,
  { log, catalogs, tables }: GraphContext,
  net: NetChanges,
): Promise<ChangeSet | null> {
  const [id] = commit.header.parents;
  if (id === undefined) return null;
  if (commit.changes.kind === "fast_forward") return net.of(commit);
  const [parent, catalog] = await Promise.all([log.commit(id), catalogs.read(commit.header.schema)]);
  return adoptedRows(commit, parent, catalog, tables);
}

/**
 * The rows of a commit that adopted layers, if all rows are new. Null if types were replaced, or rows deleted or updated: the layers do not have the old
 * rows.
 */
async function adoptedRows(
  commit: CommitRecord,
  parent: CommitRecord,
  catalog: Catalog,
  tables: LayerStore,
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
      const reader = tables.open(entry);
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
