import { isError } from "@omnigraph/base";
import {
  compileQuery,
  type EdgeType,
  type EntityType,
  type MutationQuery,
  type ReadQuery,
} from "@omnigraph/language";
import type { EntityImage } from "omnigraph";
import type { ChangeCount, EntityRef } from "omnigraph";
import { imageText } from "../support/models/feed-model.ts";
import { type Change, inOrder } from "../support/models/history-calls.ts";
import { catalogOf } from "../support/graphs/write-graph.ts";
import { naiveLoad } from "./naive-load.ts";
import { type NaiveEntity, NaiveRefusal } from "./naive-entity.ts";
import { NaiveGraph } from "./naive-mutation.ts";
import { HISTORY_SCHEMA } from "./random-history.ts";
import type { Write } from "./random-writes.ts";

export interface Entity extends EntityRef {
  readonly image: EntityImage;
  /** Equal for equal images. */
  readonly text: string;
}

/** A whole graph: its entities by `keyOf`. Never changed once made. */
export type State = ReadonlyMap<string, Entity>;

export const HISTORY_CATALOG = catalogOf(HISTORY_SCHEMA);

export function keyOf({ kind, type, id }: EntityRef): string {
  return `${kind} ${type} ${id}`;
}

export function entityOf({ kind, type, id }: EntityRef, image: EntityImage): Entity {
  return { kind, type, id, image, text: imageText(image.properties, image.endpoints) };
}

/** By value; an entity that is not there equals one that is not there. */
export function same(a: Entity | undefined, b: Entity | undefined): boolean {
  return a?.text === b?.text;
}

export function stateOf(entities: Iterable<Entity>): State {
  return new Map(Array.from(entities, (entity) => [keyOf(entity), entity]));
}

/** The nodes that an edge ends at. */
export function endsOf({ type, image: { endpoints } }: Entity): readonly EntityRef[] {
  const edge = HISTORY_CATALOG.edges.get(type);
  if (edge === undefined || endpoints === null) return [];
  return [
    { kind: "node", type: edge.from.name, id: endpoints.from },
    { kind: "node", type: edge.to.name, id: endpoints.to },
  ];
}

/** The edges of a type that leave a node. */
export function edgesFrom(state: State, type: EdgeType, id: string): readonly Entity[] {
  return [...state.values()].filter(
    (entity) => entity.type === type.name && entity.image.endpoints?.from === id,
  );
}

/** Sorted lines, one for each entity: the form in which a graph's export is compared. */
export function linesOf(state: State): readonly string[] {
  return Array.from(state, ([key, { text }]) => `${key} ${text}`).toSorted();
}

/** What turns the first state into the second, in the order of changes. */
export function changesBetween(from: State, to: State): readonly Change[] {
  const keys = new Set([...from.keys(), ...to.keys()]);
  return [...keys]
    .flatMap((key): readonly Change[] => {
      const [before, after] = [from.get(key), to.get(key)];
      const entity = after ?? before;
      if (entity === undefined || same(before, after)) return [];
      const { kind, type, id } = entity;
      const op = before === undefined ? "insert" : after === undefined ? "delete" : "update";
      return [{ kind, type, id, op, before: before?.image ?? null, after: after?.image ?? null }];
    })
    .toSorted(inOrder);
}

/** Changes counted by type, in their order. */
export function countsOf(changes: readonly Change[]): readonly ChangeCount[] {
  const types = new Map(changes.map(({ kind, type }) => [`${kind} ${type}`, { kind, type }]));
  return Array.from(types.values(), ({ kind, type }) => {
    const count = (op: Change["op"]): number =>
      changes.filter((change) => change.kind === kind && change.type === type && change.op === op).length;
    return { kind, type, inserted: count("insert"), updated: count("update"), deleted: count("delete") };
  });
}

/** What a write makes of a state; null when it touches nothing and so makes no commit. Throws a `NaiveRefusal`. */
export function edited(state: State, write: Write): State | null {
  const graph = graphOf(state);
  if (write.kind === "load") {
    naiveLoad(graph, write.text, write.mode);
    return readOut(graph);
  }
  const query = compiled(write.source);
  if (query.kind !== "mutation") throw new TypeError("a mutation is needed");
  const [nodes, edges] = graph.mutate(query, write.parameters ?? {});
  return nodes + edges === 0 ? null : readOut(graph);
}

/** Throws a `NaiveRefusal` where a state breaks a constraint that every state keeps. */
export function checkState(state: State): void {
  const graph = graphOf(state);
  graph.check(graph, new Set());
}

function compiled(text: string): MutationQuery | ReadQuery {
  try {
    return compileQuery({ file: "q.gq", text }, HISTORY_CATALOG).query;
  } catch (error) {
    if (isError(error, "query_invalid")) throw new NaiveRefusal("query_invalid");
    throw error;
  }
}

function graphOf(state: State): NaiveGraph {
  const graph = new NaiveGraph(HISTORY_CATALOG);
  for (const { kind, type: name, id, image } of state.values()) {
    const type = HISTORY_CATALOG[kind === "node" ? "nodes" : "edges"].get(name);
    if (type === undefined) throw new TypeError(`no type ${name}`);
    const values = new Map(Object.entries(image.properties));
    const { from, to } = image.endpoints ?? { from: "", to: "" };
    graph.table(type).set(id, { id, from, to, values });
  }
  return graph;
}

function readOut(graph: NaiveGraph): State {
  return stateOf(
    [...HISTORY_CATALOG.typeById.values()].flatMap((type) =>
      Array.from(graph.table(type).values(), (row) => entityIn(type, row)),
    ),
  );
}

function entityIn({ kind, name, properties }: EntityType, { id, from, to, values }: NaiveEntity): Entity {
  const valueOf = (property: string): string | number | null => {
    const value = values.get(property) ?? null;
    if (value === null || typeof value === "string" || typeof value === "number") return value;
    throw new TypeError(`the schema of histories has no value of ${typeof value}`);
  };
  return entityOf(
    { kind, type: name, id },
    {
      properties: Object.fromEntries(properties.map((property) => [property.name, valueOf(property.name)])),
      endpoints: kind === "node" ? null : { from, to },
    },
  );
}
