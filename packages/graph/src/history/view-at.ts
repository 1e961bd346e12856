import { openView, type View } from "@omnigraph/engine";
import type { Catalog, EntityType } from "@omnigraph/language";
import type { CommitRecord } from "@omnigraph/log";
import type { GraphContext } from "../open/context.ts";
import { LogSnapshotSource } from "./snapshot-source.ts";

/** The graph at a commit, with nothing resident yet, under the schema of that commit or another one. */
export async function openViewAt(
  commit: CommitRecord,
  { log, tables, catalogs, memory }: GraphContext,
  signal?: AbortSignal,
  catalog?: Catalog,
): Promise<View> {
  const [snapshot, known] = await Promise.all([
    log.snapshot(commit, signal),
    catalog ?? catalogs.read(commit.header.schema, signal),
  ]);
  return openView(known, new LogSnapshotSource(snapshot, log, tables), memory);
}

/**
 * A view of a commit under another schema of the graph. What is resident stays so; but where something comes back that was dropped, the rows are read anew, as a view does
 * not keep what its schema does not have.
 */
export async function viewUnder(
  { commit, view }: { readonly commit: CommitRecord; readonly view: View },
  catalog: Catalog,
  context: GraphContext,
  signal?: AbortSignal,
): Promise<View> {
  return regained(view.catalog, catalog.typeById.values())
    ? openViewAt(commit, context, signal, catalog)
    : view.under(catalog);
}

/** Whether there is something in types of a later schema that an earlier one had dropped. */
export function regained({ retired }: Catalog, types: Iterable<EntityType>): boolean {
  if (retired.length === 0) return false;
  const gone = new Set(retired);
  return [...types].some(
    ({ id, properties }) => gone.has(id) || properties.some((property) => gone.has(property.id)),
  );
}
