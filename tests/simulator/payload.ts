import type { PropertyId, TypeId } from "@omnigraph/language";
import {
  type ChangeSet,
  type Column,
  type ColumnKey,
  columnOf,
  type ColumnType,
  idColumn,
  type LayerEntry,
  numberAt,
  type RowBatch,
  textAt,
  type TypeChanges,
} from "@omnigraph/storage";
import type { GraphState, ModelEdge } from "./graph-model.ts";

// Casts: these ids stand for those of a catalog.
export const NODE = "01JD0000000000000000000001" as TypeId;
export const EDGE = "01JD0000000000000000000002" as TypeId;
const VALUE = "01JD0000000000000000000003" as PropertyId;
const NUMBER: ColumnType = { scalar: "F64", list: false, dimension: null };

type Rows<T> = readonly (readonly [string, T])[];

/** The change set that leads from one graph to another. */
export function changeSet(before: GraphState, after: GraphState): ChangeSet {
  const nodes = typeChanges(NODE, before.nodes, after.nodes, (a, b) => a === b, nodeBatch);
  const edges = typeChanges(EDGE, before.edges, after.edges, sameEdge, edgeBatch);
  return [nodes, edges].filter((changes) => changes.after.length + changes.before.length > 0);
}

/** How the live rows of each type change between two graphs. */
export function countChanges(before: GraphState, after: GraphState): ReadonlyMap<TypeId, number> {
  const counts = new Map<TypeId, number>();
  const nodes = after.nodes.size - before.nodes.size;
  const edges = after.edges.size - before.edges.size;
  if (nodes !== 0) counts.set(NODE, nodes);
  if (edges !== 0) counts.set(EDGE, edges);
  return counts;
}

/**
 * The graph after a change to one type. With `strict`, old images must be what the graph holds: otherwise it throws. Without, as a reader of
 * pieces takes it: old rows may have been dropped with earlier pieces.
 */
export function withChanges(state: GraphState, changes: TypeChanges, strict: boolean): GraphState {
  return changes.type === NODE
    ? { ...state, nodes: replayed(state.nodes, changes, nodeAt, strict ? (a, b) => a === b : null) }
    : { ...state, edges: replayed(state.edges, changes, edgeAt, strict ? sameEdge : null) };
}

/** A staged table of the model, as an object of the store. */
export function layerBytes(entries: Rows<number>): Uint8Array {
  return Buffer.from(JSON.stringify(entries));
}

export function layerKey(entry: LayerEntry): string {
  return `tables/${entry.staging}/${entry.type}.model`;
}

export function layerEntry(staging: string, rows: number): LayerEntry {
  return { staging, type: NODE, version: 1, rows, tombstones: 0, columns: {} };
}

/** The ids of a batch. */
export function idsOf(batch: RowBatch): readonly string[] {
  return Array.from({ length: batch.length }, (_, i) => textOf(batch, "id", i));
}

/** The ends of the edges of a batch. */
export function endsOf(batch: RowBatch): readonly string[] {
  return Array.from({ length: batch.length }, (_, i) => edgeAt(batch, i)).flatMap(({ src, dst }) => [
    src,
    dst,
  ]);
}

function typeChanges<T>(
  type: TypeId,
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  same: (a: T, b: T) => boolean,
  batch: (rows: Rows<T>) => RowBatch,
): TypeChanges {
  const updated: [string, T, T][] = [];
  const inserted: [string, T][] = [];
  for (const [id, value] of after) {
    const old = before.get(id);
    if (old === undefined) inserted.push([id, value]);
    else if (!same(old, value)) updated.push([id, old, value]);
  }
  const deleted = [...before].filter(([id]) => !after.has(id));
  return {
    type,
    updated: updated.length,
    after: batch([...updated.map(([id, , value]) => [id, value] as const), ...inserted]),
    before: batch([...updated.map(([id, old]) => [id, old] as const), ...deleted]),
  };
}

function replayed<T>(
  rows: ReadonlyMap<string, T>,
  { after, before, updated }: TypeChanges,
  at: (batch: RowBatch, row: number) => T,
  same: ((a: T, b: T) => boolean) | null,
): ReadonlyMap<string, T> {
  const result = new Map(rows);
  for (const [row, id] of idsOf(before).entries()) {
    const old = result.get(id);
    if (same !== null && (old === undefined || !same(old, at(before, row))))
      throw new Error(`the old image of ${id} is not what was there`);
    if (row >= updated) result.delete(id);
  }
  for (const [row, id] of idsOf(after).entries()) {
    if (same !== null && row >= updated && result.has(id)) throw new Error(`${id} is inserted but was there`);
    result.set(id, at(after, row));
  }
  return result;
}

function nodeBatch(rows: Rows<number>): RowBatch {
  const values = columnOf(
    NUMBER,
    rows.map(([, value]) => value),
  );
  return batchOf(rows, [[VALUE, values]]);
}

function edgeBatch(rows: Rows<ModelEdge>): RowBatch {
  const sources = idColumn(rows.map(([, { src }]) => src));
  const targets = idColumn(rows.map(([, { dst }]) => dst));
  return batchOf(rows, [
    ["src", sources],
    ["dst", targets],
  ]);
}

function batchOf(rows: Rows<unknown>, columns: readonly (readonly [ColumnKey, Column])[]): RowBatch {
  return { length: rows.length, columns: new Map([["id", idColumn(rows.map(([id]) => id))], ...columns]) };
}

function nodeAt(batch: RowBatch, row: number): number {
  const values = batch.columns.get(VALUE);
  if (values === undefined) throw new Error("a node without a value");
  return numberAt(values, row);
}

function edgeAt(batch: RowBatch, row: number): ModelEdge {
  return { src: textOf(batch, "src", row), dst: textOf(batch, "dst", row) };
}

function sameEdge(a: ModelEdge, b: ModelEdge): boolean {
  return a.src === b.src && a.dst === b.dst;
}

function textOf(batch: RowBatch, key: "id" | "src" | "dst", row: number): string {
  const column = batch.columns.get(key);
  if (column?.kind !== "text" && column?.kind !== "dictionary") throw new Error(`a batch without ${key}`);
  return textAt(column, row);
}
