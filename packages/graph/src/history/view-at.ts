import { openView, type View } from "@omnigraph/engine";
import type { CommitRecord } from "@omnigraph/log";
import type { GraphContext } from "../open/context.ts";
import { LogSnapshotSource } from "./snapshot-source.ts";

/** The graph at a commit, with nothing resident yet, under the schema of that commit or another one. */
export async function openViewAt(
  commit: CommitRecord,
  { log, tables, catalogs, memory }: GraphContext,
  signal?: AbortSignal,
  schema = commit.header.schema,
): Promise<View> {
  const [snapshot, catalog] = await Promise.all([
    log.snapshot(commit, signal),
    catalogs.read(schema, signal),
  ]);
  return openView(catalog, new LogSnapshotSource(snapshot, log, tables), memory);
}
