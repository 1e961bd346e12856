import type { JsonValue, Value } from "@omnigraph/base";
import {
  type Catalog,
  type EdgeType,
  type EntityType,
  type NodeType,
  parseDate,
  parseDateTime,
  type ScalarName,
  type ValueType,
} from "@omnigraph/language";
import type { ColumnKey } from "@omnigraph/storage";
import fc from "fast-check";
import { SCALARS } from "../../packages/language/src/types/value-types.ts";
import {
  chance,
  jsonItem,
  jsonValue,
  nodeId,
  oneOf,
  type Pick,
  picks,
} from "../support/generators/arbitrary-values.ts";
import type { Model, ModelRow } from "../support/models/view-model.ts";

/** An entity as JSON: repro files keep these. */
export interface DrawnEntity {
  readonly type: string;
  readonly id: string;
  readonly ends?: readonly [string, string];
  readonly data: Readonly<Record<string, JsonValue>>;
}

const PLAIN = SCALARS.filter((scalar) => scalar !== "Blob");

/** Schemas with one to three node types (keyed by one or two properties, or not at all) and edges among them. */
export function arbitrarySchema(): fc.Arbitrary<string> {
  return picks().map((pick) => {
    const nodes = ["Ape", "Bee", "Cat"].slice(0, 1 + pick(fc.nat, 2));
    const edges = ["Likes", "Meets", "Owns", "Sees"].slice(0, 1 + pick(fc.nat, 3));
    return [
      ...nodes.map((name) => nodeText(pick, name)),
      // The first edge always runs within one type: only such have bounded and undirected traversals.
      ...edges.map((name, at) => {
        const from = oneOf(pick, nodes);
        const to = at === 0 || chance(pick, 2) ? from : oneOf(pick, nodes);
        const key = chance(pick, 4) ? "@key(@src, @dst)" : "";
        return `edge ${name}: ${from} -> ${to} { ${propertiesText(pick, "w", 2).join(" ")} ${key} }`;
      }),
    ].join("\n");
  });
}

function nodeText(pick: Pick, name: string): string {
  const keys = pick(fc.nat, 2);
  const key = ["a", "b"].slice(0, keys).map((letter) => `${letter}: ${oneOf(pick, PLAIN)}`);
  const constraint = keys === 0 ? [] : [`@key(${["a", "b"].slice(0, keys).join(", ")})`];
  return `node ${name} { ${[...key, ...propertiesText(pick, "p", 3), ...constraint].join(" ")} }`;
}

function propertiesText(pick: Pick, prefix: string, most: number): string[] {
  return Array.from({ length: pick(fc.nat, most) }, (_, at) => {
    const scalar = oneOf(pick, PLAIN);
    const kind = pick(fc.nat, 5);
    const type = kind === 0 ? `[${scalar}]` : kind === 1 ? "enum(red, green, x-1)" : scalar;
    return `${prefix}${at}: ${type}${chance(pick, 3) ? "" : "?"}`;
  });
}

/** A few entities of every type; edges with parallel ones and self loops among them. */
export function arbitraryEntities(catalog: Catalog): fc.Arbitrary<readonly DrawnEntity[]> {
  return picks().map((pick) => {
    const entities = new Map<string, DrawnEntity>();
    for (const type of catalog.nodes.values()) {
      for (let left = pick(fc.nat, 5); left > 0; left--) {
        const node = drawNode(pick, type);
        entities.set(`${type.name} ${node.id}`, node);
      }
    }
    const nodes = [...entities.values()];
    for (const type of catalog.edges.values()) {
      for (let left = pick(fc.nat, 8); left > 0; left--) {
        const edge = drawEdge(pick, type, nodes, left);
        if (edge !== null) entities.set(`${type.name} ${edge.id}`, edge);
      }
    }
    return [...entities.values()];
  });
}

function drawNode(pick: Pick, type: NodeType): DrawnEntity {
  const id = nodeId(pick, type);
  const keys = type.key ?? [];
  const texts: readonly unknown[] = keys.length > 1 ? JSON.parse(id) : [id];
  const data = dataOf(pick, type);
  // The id is the canonical text of the key, so the key is read back from it.
  for (const [at, { name, type: valueType }] of keys.entries()) {
    data[name] = keyJson(String(texts[at]), valueType.scalar);
  }
  return { type: type.name, id, data };
}

function keyJson(text: string, scalar: ScalarName): JsonValue {
  switch (scalar) {
    case "String":
    case "Blob":
      return text;
    case "Bool":
      return text === "true";
    case "F32":
    case "F64":
      return Number(text);
    case "Date":
      return new Date(Number(text) * 86_400_000).toISOString().slice(0, 10);
    case "DateTime":
      return new Date(Number(text)).toISOString();
    case "I32":
    case "I64":
    case "U32":
    case "U64":
      return exact(BigInt(text));
  }
}

function drawEdge(
  pick: Pick,
  type: EdgeType,
  nodes: readonly DrawnEntity[],
  number: number,
): DrawnEntity | null {
  const from = nodes.filter((node) => node.type === type.from.name);
  const to = nodes.filter((node) => node.type === type.to.name);
  if (from.length === 0 || to.length === 0) return null;
  const source = oneOf(pick, from).id;
  // Self loops often: distances and negations treat them apart.
  const target = type.from === type.to && chance(pick, 3) ? source : oneOf(pick, to).id;
  return {
    type: type.name,
    id: type.key === null ? `e${number}` : JSON.stringify([source, target]),
    ends: [source, target],
    data: dataOf(pick, type),
  };
}

function dataOf(pick: Pick, type: EntityType): Record<string, JsonValue> {
  return Object.fromEntries(
    type.properties.map(({ name, type: valueType }) => [
      name,
      valueType.nullable && chance(pick, 3)
        ? null
        : valueType.list
          ? jsonValue(pick, valueType)
          : jsonItem(pick, valueType),
    ]),
  );
}

function exact(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** A JSON value as a property of the type holds it. */
export function heldValue(json: JsonValue, type: ValueType): Value {
  if (json === null) return null;
  if (typeof json === "bigint") return exact(json);
  if (typeof json === "boolean") return json;
  if (typeof json === "number") return type.scalar === "F32" ? Math.fround(json) : json;
  if (typeof json === "string") {
    if (type.scalar === "Date") return parseDate(json);
    return type.scalar === "DateTime" ? parseDateTime(json) : json;
  }
  if (!Array.isArray(json)) throw new TypeError("no property holds an object");
  const items = json.map((item: JsonValue) => heldValue(item, type));
  return type.dimension === null ? items : Float32Array.from(items, Number);
}

/** The entities as a model of rows; edges whose ends are missing are left out. */
export function modelOf(catalog: Catalog, entities: readonly DrawnEntity[]): Model {
  const model = new Map<string, Map<string, ModelRow>>();
  for (const type of [...catalog.nodes.values(), ...catalog.edges.values()]) model.set(type.name, new Map());
  for (const { type: name, id, ends, data } of entities) {
    const type = catalog.nodes.get(name) ?? catalog.edges.get(name);
    if (type === undefined) throw new TypeError(`no type ${name}`);
    if (type.kind === "edge") {
      const [src, dst] = ends ?? ["", ""];
      if (!model.get(type.from.name)?.has(src) || !model.get(type.to.name)?.has(dst)) continue;
    }
    const row = new Map<ColumnKey, Value>([["id", id]]);
    if (ends !== undefined) row.set("src", ends[0]).set("dst", ends[1]);
    for (const property of type.properties)
      row.set(property.id, heldValue(data[property.name] ?? null, property.type));
    model.get(name)?.set(id, row);
  }
  return model;
}
