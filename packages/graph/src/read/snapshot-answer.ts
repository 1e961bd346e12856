import type { EntityType } from "@omnigraph/language";
import type { Snapshot } from "@omnigraph/log";
import type { DatasetSummary, SnapshotAnswer } from "@omnigraph/wire";
import { summaryOf } from "../history/summary.ts";
import type { GraphContext } from "../open/context.ts";

/** Counts and tables of every type, edges first, by name: from a commit's header and layout alone. */
export async function snapshotAnswer(
  { log, catalogs }: GraphContext,
  { branch: name = "main", signal }: { readonly branch?: string; readonly signal?: AbortSignal },
): Promise<SnapshotAnswer> {
  const commit = await log.head(name, signal);
  const [snapshot, catalog] = await Promise.all([
    log.snapshot(commit, signal),
    catalogs.read(commit.header.schema, signal),
  ]);
  const types = [...catalog.edges.values(), ...catalog.nodes.values()];
  const datasets = types.map((type) => datasetOf(type, snapshot)).toSorted(byKindAndName);
  return { branch: name, commit: summaryOf(commit), datasets };
}

function datasetOf(type: EntityType, snapshot: Snapshot): DatasetSummary {
  const base = snapshot.pieces(type.id).find((piece) => piece.kind === "layer");
  return {
    kind: type.kind,
    typeName: type.name,
    path: base === undefined ? "" : `tables/${base.entry.staging}/${type.id}.lance`,
    version: base === undefined ? 0 : base.entry.version,
    count: snapshot.count(type.id),
  };
}

function byKindAndName(a: DatasetSummary, b: DatasetSummary): number {
  if (a.kind !== b.kind) return a.kind === "edge" ? -1 : 1;
  return a.typeName < b.typeName ? -1 : 1;
}
