import { takenOverLines, type TypedRows, type View, type WithContent } from "@omnigraph/engine";
import type { EntityType } from "@omnigraph/language";
import type { CommitRecord } from "@omnigraph/log";
import {
  asIdTexts,
  columnKeys,
  idColumn,
  IdTable,
  type LayerDrift,
  type LayerEntry,
  type LayerStore,
} from "@omnigraph/storage";
import type { DriftRows, RepairedTable } from "@omnigraph/wire";
import type { GraphContext } from "../../open/context.ts";

/** Ids of each kind that are told. */
const TOLD = 20;

/** A table of the head of a branch, and what others have done to it. */
export interface DriftedTable {
  readonly type: EntityType;
  readonly entry: LayerEntry;
  readonly drift: LayerDrift;
}

/** Every table of the snapshot at the head of a branch, in the order of the schema; at a later head where cleanup has taken tables of the former meanwhile. */
export async function driftedTables(
  context: GraphContext,
  headNow: () => Promise<CommitRecord>,
  signal: AbortSignal,
): Promise<readonly DriftedTable[]> {
  for (let head = await headNow(); ;) {
    const tables = await tablesAt(context, head, signal);
    const gone = tables.find(({ drift }) => drift.kind === "missing" || drift.kind === "unknown");
    const now = gone === undefined ? head : await headNow();
    if (now.header.id === head.header.id) return tables;
    head = now;
  }
}

async function tablesAt(
  { log, tables: store, catalogs }: GraphContext,
  head: CommitRecord,
  signal: AbortSignal,
): Promise<readonly DriftedTable[]> {
  const [snapshot, catalog] = await Promise.all([
    log.snapshot(head, signal),
    catalogs.read(head.header.schema, signal),
  ]);
  const tables: DriftedTable[] = [];
  for (const type of catalog.typeById.values()) {
    for (const piece of snapshot.pieces(type.id)) {
      if (piece.kind !== "layer") continue;
      tables.push({ type, entry: piece.entry, drift: await store.drift(piece.entry, signal) });
    }
  }
  return tables;
}

/** What is to be done about a table: with `confirm` and `force` as given. */
export function actionFor({ drift }: DriftedTable, force: boolean): RepairedTable["action"] {
  switch (drift.kind) {
    case "no_drift":
    case "maintenance":
    case "unknown":
      return "no_op";
    case "missing":
      return "rewrite";
    case "rows_changed":
      return force ? "adopt" : "forget";
  }
}

/** The lines of a load that has what others added and changed in tables, on top of what the view of the head has. */
export async function foreignLines(
  tables: readonly DriftedTable[],
  view: View,
  withContent: WithContent,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const lines: Uint8Array[] = [];
  for (const { type, drift } of tables) {
    const { rows, rowKeys } = drift;
    if (rows === null) continue;
    const foreign = { rows, rowKeys, added: new Set(drift.added) };
    lines.push(await takenOverLines(view, type, foreign, withContent, signal));
  }
  return Buffer.concat(lines);
}

/** The rows that others removed from tables, as the published versions have them. */
export async function removedRows(
  tables: readonly DriftedTable[],
  store: LayerStore,
  signal: AbortSignal,
): Promise<readonly TypedRows[]> {
  const removed: TypedRows[] = [];
  for (const { type, entry, drift } of tables) {
    if (drift.removed.length === 0) continue;
    const reader = store.open(entry);
    const ids = await reader.column("id", signal);
    if (ids === null) continue;
    const found = IdTable.of(asIdTexts(ids)).findAll(idColumn(drift.removed));
    const keys = columnKeys(type).filter(
      (key) => key === "id" || key === "src" || key === "dst" || key in entry.columns,
    );
    removed.push({
      type: type.id,
      rows: await reader.take(
        [...found].filter((row) => row >= 0),
        keys,
        signal,
      ),
    });
  }
  return removed;
}

/** A table as it is answered. */
export function tableAnswer(
  { type, entry, drift }: DriftedTable,
  action: RepairedTable["action"],
  isDone: boolean,
  error: string | null,
): RepairedTable {
  return {
    kind: type.kind,
    typeName: type.name,
    table: `tables/${entry.staging}/${entry.type}.lance`,
    publishedVersion: entry.version,
    headVersion: drift.head,
    classification: drift.kind,
    action,
    isDone,
    operations: operationsOf(drift),
    rows: { added: told(drift.added), removed: told(drift.removed), changed: told(drift.changed) },
    advice: ADVICE[drift.kind],
    error: error ?? drift.problem,
  };
}

function told(ids: readonly string[]): DriftRows {
  return { count: ids.length, ids: ids.slice(0, TOLD) };
}

function operationsOf({ kind, added, removed, changed, columns }: LayerDrift): readonly string[] {
  return [
    ...(kind === "maintenance" ? ["rewrite_files"] : []),
    ...(added.length === 0 ? [] : ["add_rows"]),
    ...(removed.length === 0 ? [] : ["remove_rows"]),
    ...(changed.length === 0 ? [] : ["change_rows"]),
    ...(columns.length === 0 ? [] : ["change_columns"]),
  ];
}

const ADVICE: Readonly<Record<LayerDrift["kind"], string>> = {
  no_drift: "nothing to do",
  maintenance: "nothing to do: the graph reads the version that it has published",
  rows_changed:
    "the graph reads the version that it has published, so what others wrote is not in it: confirm writes the table anew without it; with force what they added and changed is taken over first, by a load, and what they removed is deleted, with the edges of nodes, if nobody has changed it since",
  missing:
    "the graph reads the column file beside the table: confirm writes the table anew from that, or restores the table from the copy that from names",
  unknown:
    "it could not be told what others did: look at the table, and restore it from a backup if it is damaged",
};
