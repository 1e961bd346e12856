import { present } from "@omnigraph/base";
import type { Catalog, EntityType } from "@omnigraph/language";
import { imageText } from "../support/models/feed-model.ts";

export type Cell = string | number | null;

/** A property as the naive model has it. Its identity stays when it is renamed. */
export interface NaiveProperty {
  readonly id: string;
  readonly name: string;
  /** As it is written, without the `?`. */
  readonly type: string;
  readonly optional: boolean;
  /** Null without one. */
  readonly default: Cell;
  readonly unique: boolean;
  /** `0..2`; null without one. */
  readonly range: string | null;
  readonly isKey: boolean;
  /** What rows have that come from a side without the property: what it was added with. */
  readonly fill: Cell;
}

export interface NaiveType {
  readonly id: string;
  readonly name: string;
  /** The identities of the types that an edge type joins; null for nodes. */
  readonly ends: readonly [string, string] | null;
  readonly properties: readonly NaiveProperty[];
}

export interface NaiveRow {
  readonly ends: readonly [string, string] | null;
  /** By the identities of the properties that its type has, all of them. */
  readonly values: ReadonlyMap<string, Cell>;
}

/** The rows of a type by their ids. */
export type NaiveRows = ReadonlyMap<string, NaiveRow>;

/** A whole graph with its schema: everything is copied whenever anything changes. */
export interface NaiveState {
  readonly types: readonly NaiveType[];
  /** Identities that were dropped. */
  readonly retired: ReadonlySet<string>;
  /** By the identities of types. */
  readonly rows: ReadonlyMap<string, NaiveRows>;
}

export function rowsOf({ rows }: NaiveState, type: string): NaiveRows {
  return rows.get(type) ?? new Map();
}

export function typeIn({ types }: Pick<NaiveState, "types">, id: string): NaiveType | undefined {
  return types.find((type) => type.id === id);
}

export function propertyIn(type: NaiveType | undefined, id: string): NaiveProperty | undefined {
  return type?.properties.find((property) => property.id === id);
}

/** The identities that are in use or were. */
export function knownIds({ types, retired }: NaiveState): ReadonlySet<string> {
  return new Set([
    ...retired,
    ...types.flatMap(({ id, properties }) => [id, ...properties.map((p) => p.id)]),
  ]);
}

/** The schema as text. `renamed` has what types and properties were called, by their identities. */
export function sourceOf(
  types: readonly NaiveType[],
  renamed: ReadonlyMap<string, string> = new Map(),
): string {
  const past = (id: string): string => {
    const name = renamed.get(id);
    return name === undefined ? "" : ` @rename_from("${name}")`;
  };
  const nameOf = (id: string): string => present(typeIn({ types }, id), `type ${id}`).name;
  const lines = types.map(({ id, name, ends, properties }) => {
    const head = ends === null ? `node ${name}` : `edge ${name}: ${nameOf(ends[0])} -> ${nameOf(ends[1])}`;
    const members = properties.map((property) => `  ${propertyText(property)}${past(property.id)}\n`);
    const ranges = properties
      .filter(({ range }) => range !== null)
      .map((property) => `  @range(${property.name}, ${property.range})\n`);
    return `${head}${past(id)} {\n${[...members, ...ranges].join("")}}\n`;
  });
  return lines.join("");
}

function propertyText({ name, type, optional, isKey, unique, ...property }: NaiveProperty): string {
  const value = property.default === null ? "" : ` @default(${JSON.stringify(property.default)})`;
  return `${name}: ${type}${optional ? "?" : ""}${isKey ? " @key" : ""}${unique ? " @unique" : ""}${value}`;
}

/** Whether every row keeps what its type declares. */
export function isSound(state: NaiveState): boolean {
  return state.types.every((type) => {
    const rows = rowsOf(state, type.id);
    const fits = type.properties.every((property) => {
      const cells = Array.from(rows.values(), ({ values }) => values.get(property.id) ?? null);
      const some = cells.filter((cell) => cell !== null);
      if (!property.optional && some.length < cells.length) return false;
      if (property.unique && new Set(some).size < some.length) return false;
      return some.every((cell) => isWithin(cell, property.range));
    });
    return fits && [...rows.values()].every(({ ends }) => isJoined(state, type, ends));
  });
}

function isJoined(state: NaiveState, type: NaiveType, ends: NaiveRow["ends"]): boolean {
  if (type.ends === null || ends === null) return true;
  return rowsOf(state, type.ends[0]).has(ends[0]) && rowsOf(state, type.ends[1]).has(ends[1]);
}

export function isWithin(cell: Cell, range: string | null): boolean {
  if (range === null || cell === null) return true;
  const [least = "", most = ""] = range.split("..");
  return (least === "" || Number(cell) >= Number(least)) && (most === "" || Number(cell) <= Number(most));
}

/** Sorted lines, one for each row: as `exportedEntities` has a graph. */
export function rowLines(state: NaiveState): readonly string[] {
  return state.types
    .flatMap((type) =>
      Array.from(rowsOf(state, type.id), ([id, { ends, values }]) => {
        const named = type.properties.map(({ id: property, name }) => [name, values.get(property) ?? null]);
        const endpoints = ends === null ? null : { from: ends[0], to: ends[1] };
        const kind = ends === null ? "node" : "edge";
        return `${kind} ${type.name} ${id} ${imageText(Object.fromEntries(named), endpoints)}`;
      }),
    )
    .toSorted();
}

/** Sorted lines, one for each type and property. */
export function schemaLines({ types }: NaiveState): readonly string[] {
  const nameOf = (id: string): string => present(typeIn({ types }, id), `type ${id}`).name;
  return types
    .flatMap(({ name, ends, properties }) => [
      ends === null ? name : `${name}: ${nameOf(ends[0])} -> ${nameOf(ends[1])}`,
      ...properties.map((property) => `${name} ${propertyText(property)} ${property.range}`),
    ])
    .toSorted();
}

/** The same lines of a catalog of the product. */
export function catalogLines({ nodes, edges }: Catalog): readonly string[] {
  return [...nodes.values(), ...edges.values()]
    .flatMap((type) => [
      type.kind === "node" ? type.name : `${type.name}: ${type.from.name} -> ${type.to.name}`,
      ...type.properties.map((property) => `${type.name} ${declaredIn(type, property.name)}`),
    ])
    .toSorted();
}

function declaredIn(type: EntityType, name: string): string {
  const { id, type: value, ...property } = present(type.propertyByName.get(name), name);
  const range = type.kind === "node" ? type.ranges.find((one) => one.property === id) : undefined;
  const declared = {
    id,
    name,
    type: value.enumValues === null ? value.scalar : `enum(${value.enumValues.toSorted().join(", ")})`,
    optional: value.nullable,
    default: (property.default ?? null) as Cell,
    unique: type.uniques.some(({ members }) => members.length === 1 && members[0] === id),
    isKey: type.kind === "node" && type.key?.[0]?.id === id,
    range: null,
    fill: null,
  };
  const bounds = range === undefined ? null : `${range.min ?? ""}..${range.max ?? ""}`;
  return `${propertyText(declared)} ${bounds}`;
}

/** Whether a state has every type and property that another one has. */
export function hasAll(state: NaiveState, { types }: NaiveState): boolean {
  return types.every(({ id, properties }) =>
    properties.every((property) => propertyIn(typeIn(state, id), property.id) !== undefined),
  );
}
