import { openView, type View } from "@omnigraph/engine";
import type { CommitRecord } from "@omnigraph/log";
import type { GraphContext } from "../open/context.ts";
import { LogSnapshotSource } from "./snapshot-source.ts";

/** The graph at a commit, with nothing resident yet. */
export async function openViewAt(
  commit: CommitRecord,
  { log, tables, catalogs, memory }: GraphContext,
  signal?: AbortSignal,
): Promise<View> {
  const [snapshot, catalog] = await Promise.all([
    log.snapshot(commit, signal),
    catalogs.read(commit.header.schema, signal),
  ]);
  return openView(catalog, new LogSnapshotSource(snapshot, log, tables), memory);
}
