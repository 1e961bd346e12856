import { type JsonValue, OmnigraphError, type Value } from "@omnigraph/base";
import { type Catalog, type EntityType, FINER_THAN_MILLIS, type Property } from "@omnigraph/language";
import type { ColumnKey } from "@omnigraph/storage";
import { storedValue, valueProblem } from "../write/constraints/values.ts";
import { fromJson, timesCut } from "../write/load/json-value.ts";
import { entityName } from "../write/problem.ts";
import type { Entity, Side } from "./conflict.ts";
import { nameOf } from "./merge-state.ts";
import { keysNamed } from "./properties.ts";
import type { Strategy, ExplicitDecision } from "./decide-by-side.ts";

/** A decision on one entity, as given by the caller. */
export interface EntityDecision {
  readonly kind: "node" | "edge";
  /** Name of the type. */
  readonly type: string;
  readonly id: string;
  readonly take?: Side;
  readonly strategy?: Side;
  readonly properties?: Readonly<Record<string, Side | { readonly value: unknown }>>;
}

/** The decision on a cell; `problem` says why its value is invalid. */
type CellChoice =
  | { readonly kind: "side"; readonly side: Side }
  | { readonly kind: "value"; readonly value: Value; readonly problem: string | null };

/** A decision on one entity, checked against the schema. */
export interface BoundDecision {
  readonly entity: Entity;
  readonly take: Side | null;
  /** The side for only what is in conflict. */
  readonly strategy: Side | null;
  /** By property name; empty where a side is chosen for the whole entity. */
  readonly cells: ReadonlyMap<string, { readonly keys: readonly ColumnKey[]; readonly choice: CellChoice }>;
}

/** A decision that has decided nothing, and its problem if that stays so. */
export interface UnusedDecision {
  readonly entity: Entity;
  readonly message: string;
}

const NO_PROPERTY =
  'has no property that both sides changed, each in another way; decide it by "take", or leave its decision out';
const NO_CONFLICT = "is in no conflict; leave its decision out, or correct its name";

/** The resolutions of a merge: decisions on single entities, and a strategy for the rest. */
export class Resolutions {
  readonly strategy: Strategy | null;
  readonly #byEntity: ReadonlyMap<string, BoundDecision>;
  readonly #used = new Set<BoundDecision>();

  /** Throws `resolutions_invalid` where a decision is empty, or names something that the schema lacks. */
  constructor(catalog: Catalog, strategy: Strategy | null, entities: readonly EntityDecision[]) {
    this.strategy = strategy;
    const byEntity = new Map<string, BoundDecision>();
    for (const decision of entities) {
      const bound = boundDecision(catalog, decision);
      const name = nameOf(bound.entity);
      if (byEntity.has(name)) throw invalid(bound.entity, "is decided twice; keep one of the decisions");
      byEntity.set(name, bound);
    }
    this.#byEntity = byEntity;
  }

  /** The decision on an entity, or null. One that chooses a side counts as used. */
  choiceOn(entity: Entity): ReturnType<ExplicitDecision> {
    const found = this.#byEntity.get(nameOf(entity));
    if (found === undefined) return null;
    const { take, strategy } = found;
    if (take === null && strategy === null) return { kind: "properties" };
    this.#used.add(found);
    return strategy === null ? take : { kind: "conflicts", side: strategy };
  }

  /** The decision on the properties of an entity that are in conflict, or null; it counts as used. */
  cellsOn(entity: Entity): BoundDecision | null {
    const found = this.#byEntity.get(nameOf(entity));
    if (found === undefined || found.cells.size === 0) return null;
    this.#used.add(found);
    return found;
  }

  /** The decisions that were not used so far: mistakes, or decisions on conflicts that arise only once others are decided. */
  unused(): readonly UnusedDecision[] {
    return [...this.#byEntity.values()]
      .filter((decision) => !this.#used.has(decision))
      .map(({ entity, cells }) => ({
        entity,
        message: `${entityName(entity.type, entity.id)} ${cells.size > 0 ? NO_PROPERTY : NO_CONFLICT}`,
      }));
  }

  /** Throws `resolutions_invalid` for an unused decision. Called when no conflict is left, so it is most likely a mistake. */
  checkUsed(): void {
    const [first] = this.unused();
    if (first !== undefined) throw unusable(first);
  }
}

export function invalid(entity: Entity, problem: string): OmnigraphError {
  return unusable({ entity, message: `${entityName(entity.type, entity.id)} ${problem}` });
}

function unusable({ entity: { type, id }, message }: UnusedDecision): OmnigraphError {
  return new OmnigraphError("resolutions_invalid", `the resolutions cannot be used: ${message}`, {
    details: { entity_kind: type.kind, type_name: type.name, entity_id: id },
  });
}

function boundDecision(catalog: Catalog, decision: EntityDecision): BoundDecision {
  const { kind, type: name, id, take = null, strategy = null, properties = {} } = decision;
  const type = kind === "node" ? catalog.nodes.get(name) : catalog.edgeByLowerName.get(name.toLowerCase());
  if (type === undefined) {
    const known = [...(kind === "node" ? catalog.nodes : catalog.edges).keys()].join(", ");
    throw new OmnigraphError(
      "resolutions_invalid",
      `the resolutions cannot be used: the schema has no ${kind} type ${name}; it has ${known}`,
      { details: { entity_kind: kind, type_name: name, entity_id: id } },
    );
  }
  const entity: Entity = { type, id };
  const names = Object.keys(properties);
  if ([take !== null, strategy !== null, names.length > 0].filter(Boolean).length !== 1)
    throw invalid(entity, "needs a side to take, a strategy for its conflicts, or decisions on properties");
  if (type.kind === "edge" && properties["from"] !== undefined && properties["to"] !== undefined) {
    if (properties["from"] !== properties["to"])
      throw invalid(entity, "takes both its ends from one side: give from and to the same");
  }
  const cells = names.map(
    (property) => [property, boundCell(entity, property, properties[property]!)] as const,
  );
  return { entity, take, strategy, cells: new Map(cells) };
}

function boundCell(
  entity: Entity,
  name: string,
  wanted: Side | { readonly value: unknown },
): { readonly keys: readonly ColumnKey[]; readonly choice: CellChoice } {
  const { type } = entity;
  const keys = keysNamed(type, name);
  if (keys.length === 0) throw invalid(entity, `has no property ${name}`);
  if (wanted === "ours" || wanted === "theirs") return { keys, choice: { kind: "side", side: wanted } };
  const property = type.properties.find((one) => one.name === name);
  if (property === undefined) throw invalid(entity, `takes ours or theirs for ${name}, not a value`);
  if (type.key?.some((part) => part.id === property.id) === true)
    throw invalid(entity, `keeps ${name}: it is part of the key`);
  return { keys, choice: { kind: "value", ...judged(type, property, wanted.value) } };
}

function judged(
  type: EntityType,
  property: Property,
  json: unknown,
): { readonly value: Value; readonly problem: string | null } {
  // Cast: for anything that is no JSON `fromJson` answers undefined, or a value that the check refuses.
  const value = fromJson(json as JsonValue, property.type);
  if (value === undefined) return { value: null, problem: `${property.name} takes no object` };
  const cut = timesCut(json as JsonValue, property.type) > 0;
  const problem = cut ? `${property.name} ${FINER_THAN_MILLIS}` : valueProblem(type, property, value);
  return { value: problem === null ? storedValue(property, value) : null, problem };
}
