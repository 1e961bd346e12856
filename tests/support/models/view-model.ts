import type { Value } from "@omnigraph/base";
import type { Piece } from "@omnigraph/engine";
import type { Catalog, EntityType, PropertyId, ValueType } from "@omnigraph/language";
import {
  type ChangeSet,
  type ColumnKey,
  type Column,
  columnKeys,
  columnOf,
  columnSpecs,
  type RowBatch,
  type TypeChanges,
} from "@omnigraph/storage";
import { MemoryLayer } from "../stores/memory-layer.ts";

/** A row of the model: values by column key, `src` and `dst` among them for edges. */
export type ModelRow = ReadonlyMap<ColumnKey, Value>;
/** Rows of one type by id. */
export type ModelRows = ReadonlyMap<string, ModelRow>;
/** A graph as plain maps, by type name. Immutable. */
export type Model = ReadonlyMap<string, ModelRows>;

export function typesOf(catalog: Catalog): readonly EntityType[] {
  return [...catalog.nodes.values(), ...catalog.edges.values()];
}

export function emptyModel(catalog: Catalog): Model {
  return new Map(typesOf(catalog).map((type) => [type.name, new Map()]));
}

/** Rows of a batch; a column in which every row holds the property's default may be left out. */
export function batchOf(type: EntityType, rows: readonly ModelRow[], leaveOutDefaults: boolean): RowBatch {
  const specs = columnSpecs(type);
  const columns = new Map<ColumnKey, Column>();
  for (const key of columnKeys(type)) {
    const { type: columnType, fill } = specs(key);
    const values = rows.map((row) => row.get(key) ?? null);
    const isSystem = key === "id" || key === "src" || key === "dst";
    if (leaveOutDefaults && !isSystem && values.every((value) => value === fill)) continue;
    columns.set(key, columnOf(columnType, values));
  }
  return { length: rows.length, columns };
}

function sameRow(a: ModelRow, b: ModelRow): boolean {
  return [...a].every(([key, value]) => b.get(key) === value) && a.size === b.size;
}

/** What leads from one model to another, as a commit states it. */
export function changesBetween(
  catalog: Catalog,
  from: Model,
  to: Model,
  leaveOutDefaults: boolean,
): ChangeSet {
  const changes: TypeChanges[] = [];
  for (const type of typesOf(catalog)) {
    const old = from.get(type.name) ?? new Map<string, ModelRow>();
    const now = to.get(type.name) ?? new Map<string, ModelRow>();
    const updated: [ModelRow, ModelRow][] = [];
    const inserted: ModelRow[] = [];
    for (const [id, row] of now) {
      const before = old.get(id);
      if (before === undefined) inserted.push(row);
      else if (!sameRow(before, row)) updated.push([before, row]);
    }
    const deleted = [...old].filter(([id]) => !now.has(id)).map(([, row]) => row);
    if (updated.length + inserted.length + deleted.length === 0) continue;
    changes.push({
      type: type.id,
      after: batchOf(type, [...updated.map(([, row]) => row), ...inserted], leaveOutDefaults),
      before: batchOf(type, [...updated.map(([row]) => row), ...deleted], leaveOutDefaults),
      updated: updated.length,
    });
  }
  return changes;
}

/** A layer of what leads from one model to another. */
export function layerBetween(type: EntityType, from: Model, to: Model, leaveOutDefaults: boolean): Piece {
  const old = from.get(type.name) ?? new Map<string, ModelRow>();
  const now = to.get(type.name) ?? new Map<string, ModelRow>();
  const rows = [...now].filter(([id, row]) => old.get(id) !== row).map(([, row]) => row);
  const gone = [...old.keys()].filter((id) => !now.has(id));
  return { kind: "layer", reader: new MemoryLayer(type, batchOf(type, rows, leaveOutDefaults), gone) };
}

/** One change of a random commit; numbers pick among what is there. */
export interface Edit {
  readonly kind: "insert" | "update" | "delete";
  readonly type: number;
  readonly pick: number;
  readonly other: number;
  readonly value: number;
}

/** The model after edits: deleted nodes take their edges along, edges connect nodes that are there. */
export function edited(catalog: Catalog, model: Model, edits: readonly Edit[]): Model {
  const next = new Map([...model].map(([name, rows]) => [name, new Map(rows)]));
  const types = typesOf(catalog);
  for (const edit of edits) {
    const type = types[edit.type % types.length];
    if (type !== undefined) applyEdit(catalog, next, type, edit);
  }
  return next;
}

function applyEdit(
  catalog: Catalog,
  model: Map<string, Map<string, ModelRow>>,
  type: EntityType,
  edit: Edit,
): void {
  const rows = model.get(type.name) ?? new Map<string, ModelRow>();
  const known = [...rows.keys()];
  const target = known[edit.pick % Math.max(known.length, 1)];
  if (edit.kind === "delete") {
    if (target === undefined) return;
    rows.delete(target);
    if (type.kind === "node") dropEdgesAt(catalog, model, type.name, target);
    return;
  }
  const id = edit.kind === "update" ? target : `${type.name}-${edit.pick % 24}`;
  if (id === undefined || (edit.kind === "insert" && rows.has(id))) return;
  const ends = type.kind === "edge" ? endsFor(model, type, edit) : new Map<ColumnKey, Value>();
  if (ends === null) return;
  const values = type.properties.map((property, k): [PropertyId, Value] => [
    property.id,
    valueOf(property.type, edit.value + k),
  ]);
  rows.set(id, new Map<ColumnKey, Value>([["id", id], ...ends, ...values]));
}

function endsFor(
  model: Map<string, Map<string, ModelRow>>,
  type: Extract<EntityType, { kind: "edge" }>,
  edit: Edit,
): Map<ColumnKey, Value> | null {
  const sources = [...(model.get(type.from.name)?.keys() ?? [])];
  const targets = [...(model.get(type.to.name)?.keys() ?? [])];
  const src = sources[edit.other % Math.max(sources.length, 1)];
  const dst = targets[edit.value % Math.max(targets.length, 1)];
  return src === undefined || dst === undefined
    ? null
    : new Map([
        ["src", src],
        ["dst", dst],
      ]);
}

function dropEdgesAt(
  catalog: Catalog,
  model: Map<string, Map<string, ModelRow>>,
  node: string,
  id: string,
): void {
  for (const edge of catalog.edges.values()) {
    const rows = model.get(edge.name) ?? new Map<string, ModelRow>();
    for (const [edgeId, row] of rows) {
      const atSource = edge.from.name === node && row.get("src") === id;
      if (atSource || (edge.to.name === node && row.get("dst") === id)) rows.delete(edgeId);
    }
  }
}

function valueOf(type: ValueType, seed: number): Value {
  if (type.nullable && seed % 3 === 0) return null;
  if (type.dimension !== null) return Float32Array.from({ length: type.dimension }, (_, k) => seed + k / 4);
  const item = itemOf(type.scalar, seed);
  return type.list ? Array.from({ length: seed % 4 }, () => item) : item;
}

function itemOf(scalar: string, seed: number): Value {
  switch (scalar) {
    case "String":
      return (
        ["", "Oslo", "Zürich", "東京", "a much longer text that does not fit anywhere near a cache line"][
          seed % 5
        ] ?? ""
      );
    case "Bool":
      return seed % 2 === 0;
    case "I64":
      return seed % 4 === 1 ? 9_007_199_254_740_993n + BigInt(seed) : seed;
    case "F64":
      return seed / 8;
    default:
      return seed - 4;
  }
}
