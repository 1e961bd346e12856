import type { EntityType } from "@omnigraph/language";
import type { GraphLog, Snapshot } from "@omnigraph/log";
import type { DatasetSummary, DatasetTable, SnapshotAnswer } from "@omnigraph/wire";
import { summaryOf } from "../history/summary.ts";
import type { SnapshotOptions } from "../api/graph.ts";
import { columnName } from "../maintenance/layer-indexes.ts";
import type { GraphContext } from "../open/context.ts";

/** Counts and tables of every type, edges first, by name: from a commit's header and layout alone. */
export async function snapshotAnswer(
  context: GraphContext,
  { branch: name = "main", tables = false, signal }: SnapshotOptions,
): Promise<SnapshotAnswer> {
  const { log, catalogs } = context;
  const commit = await log.head(name, signal);
  const [snapshot, catalog] = await Promise.all([
    log.snapshot(commit, signal),
    catalogs.read(commit.header.schema, signal),
  ]);
  const types = [...catalog.edges.values(), ...catalog.nodes.values()];
  const datasets: DatasetSummary[] = [];
  for (const type of types) {
    const named = tables ? await tablesOf(type, snapshot, log, signal) : {};
    datasets.push({ ...datasetOf(type, snapshot), ...named });
  }
  return { branch: name, commit: summaryOf(commit), datasets: datasets.toSorted(byKindAndName) };
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

async function tablesOf(
  type: EntityType,
  snapshot: Snapshot,
  log: GraphLog,
  signal?: AbortSignal,
): Promise<Required<Pick<DatasetSummary, "tables" | "commitsBesides">>> {
  const tables: DatasetTable[] = [];
  let commitsBesides = 0;
  for (const piece of snapshot.pieces(type.id)) {
    if (piece.kind === "range") {
      commitsBesides += (await log.readChanges(piece.range, type.id, signal)).length;
      continue;
    }
    const { staging, version, rows, tombstones, columns, indexes = [] } = piece.entry;
    const named = Object.entries(columns).map(([key, column]) => [columnName(type, key), column] as const);
    tables.push({
      path: `tables/${staging}/${type.id}.lance`,
      version,
      rows,
      tombstones,
      columns: Object.fromEntries(named),
      indexes: indexes.map((key) => columns[key] ?? key),
    });
  }
  return { tables, commitsBesides };
}

function byKindAndName(a: DatasetSummary, b: DatasetSummary): number {
  if (a.kind !== b.kind) return a.kind === "edge" ? -1 : 1;
  return a.typeName < b.typeName ? -1 : 1;
}
