import { isError } from "@omnigraph/base";
import type { ColumnKey, RowBatch } from "../rows/batch.ts";
import type { Column } from "../rows/column.ts";
import { textAt } from "../rows/access.ts";
import { IdTable } from "../rows/id-table.ts";
import { asIdTexts } from "../rows/id-texts.ts";
import { equalAt } from "../rows/order.ts";
import { takeColumn } from "../rows/select.ts";
import type { LayerDrift, LayerEntry } from "./layer.ts";

/** A table with all its versions. Errors of all methods: as those of `LayerTable`. */
export interface VersionedTable {
  newest(): Promise<number>;
  names(version: number): Promise<readonly string[]>;
  columns(version: number, keys: readonly ColumnKey[]): Promise<readonly (Column | null)[]>;
}

const NOTHING = {
  added: [],
  removed: [],
  changed: [],
  rows: null,
  rowKeys: [],
  columns: [],
  problem: null,
} as const;

/** Compares the newest version of the table of a layer with the pinned one, column by column. */
export async function driftOf(entry: LayerEntry, table: VersionedTable): Promise<LayerDrift> {
  let head: number | null = null;
  try {
    head = await table.newest();
    await table.names(entry.version);
    if (head === entry.version) return { ...NOTHING, kind: "no_drift", head };
    return await compared(entry, table, head);
  } catch (cause) {
    if (isError(cause, "table_version_missing"))
      return { ...NOTHING, kind: "missing", head, problem: cause.message };
    if (!isError(cause, "object_corrupt") && !isError(cause, "store_transient")) throw cause;
    return { ...NOTHING, kind: "unknown", head, problem: cause.message };
  }
}

/** The rows of two versions with the same id. */
interface Pairs {
  readonly theirs: readonly number[];
  readonly ours: readonly number[];
}

async function compared(entry: LayerEntry, table: VersionedTable, head: number): Promise<LayerDrift> {
  const [[ours = null], [theirs = null]] = await Promise.all([
    table.columns(entry.version, ["id"]),
    table.columns(head, ["id"]),
  ]);
  const columns = differing(await table.names(entry.version), await table.names(head));
  if (ours === null || theirs === null)
    return { ...NOTHING, kind: "unknown", head, columns, problem: "its newest version has no ids" };
  const ids = asIdTexts(theirs);
  const found = IdTable.of(asIdTexts(ours)).findAll(ids);
  const seen = IdTable.of(ids).findAll(asIdTexts(ours));
  const rows = Array.from(found.keys());
  const added = rows.filter((row) => found[row] === -1);
  const common = rows.filter((row) => found[row] !== -1);
  const pairs = { theirs: common, ours: common.map((row) => found[row] ?? 0) };
  const differences = await differencesOf(entry, table, head, pairs);
  const changed = [...differences.keys()];
  const removed = Array.from(seen.keys()).filter((row) => seen[row] === -1);
  const others = [...added, ...changed].toSorted((a, b) => a - b);
  const batch = others.length === 0 ? null : await rowsAt(entry, table, head, others);
  const isSame = others.length + removed.length === 0 && ids.length === ours.length;
  return {
    kind: isSame ? "maintenance" : "rows_changed",
    head,
    added: added.map((row) => textAt(ids, row)),
    removed: removed.map((row) => textAt(asIdTexts(ours), row)),
    changed: changed.map((row) => textAt(ids, row)),
    rows: batch,
    rowKeys: others.map((row) => differences.get(row) ?? keysIn(batch)),
    columns,
    problem: null,
  };
}

function keysIn(batch: RowBatch | null): readonly ColumnKey[] {
  return [...(batch?.columns.keys() ?? [])].filter((key) => key !== "id");
}

/** The rows of the newest version that differ from the pinned one, with the columns in which they do. */
async function differencesOf(
  entry: LayerEntry,
  table: VersionedTable,
  head: number,
  { theirs, ours }: Pairs,
): Promise<ReadonlyMap<number, readonly ColumnKey[]>> {
  const changed = new Map<number, ColumnKey[]>();
  for (const key of valueKeys(entry)) {
    const [[before = null], [after = null]] = await Promise.all([
      table.columns(entry.version, [key]),
      table.columns(head, [key]),
    ]);
    if (before === null) continue;
    for (const [i, row] of theirs.entries())
      if (!isEqual(before, ours[i] ?? 0, after, row)) changed.set(row, [...(changed.get(row) ?? []), key]);
  }
  return changed;
}

/** A column that was dropped is null in every row; one of another type differs in every row. */
function isEqual(before: Column, ours: number, after: Column | null, row: number): boolean {
  if (after === null) return false;
  const isText = (column: Column): boolean => column.kind === "text" || column.kind === "dictionary";
  if (before.kind !== after.kind && !(isText(before) && isText(after))) return false;
  return equalAt(before, ours, after, row);
}

async function rowsAt(
  entry: LayerEntry,
  table: VersionedTable,
  version: number,
  rows: readonly number[],
): Promise<RowBatch> {
  const columns = new Map<ColumnKey, Column>();
  for (const key of ["id" as const, ...valueKeys(entry)]) {
    const [column = null] = await table.columns(version, [key]);
    if (column !== null) columns.set(key, takeColumn(column, rows));
  }
  return { length: rows.length, columns };
}

function valueKeys({ columns }: LayerEntry): readonly ColumnKey[] {
  // Cast: the members of an entry are ids of properties.
  return ["src", "dst", ...(Object.keys(columns) as ColumnKey[])];
}

function differing(ours: readonly string[], theirs: readonly string[]): readonly string[] {
  return [
    ...theirs.filter((name) => !ours.includes(name)),
    ...ours.filter((name) => !theirs.includes(name)),
  ].toSorted();
}
