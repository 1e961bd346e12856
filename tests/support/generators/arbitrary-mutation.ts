import type { JsonValue } from "@omnigraph/base";
import type { Catalog, EdgeType, EntityType, NodeType, Property } from "@omnigraph/language";
import fc from "fast-check";
import type { GeneratedQuery } from "./arbitrary-query.ts";
import { matchable } from "./property-choice.ts";
import { ParameterBuilder } from "./parameter-builder.ts";
import {
  chance,
  jsonItem,
  jsonValue,
  literalOf,
  nodeId,
  oneOf,
  type Pick,
  picks,
} from "./arbitrary-values.ts";

/** Mutations of one to three statements of every kind; running one may still meet a constraint. */
export function arbitraryMutation(catalog: Catalog): fc.Arbitrary<GeneratedQuery> {
  return picks().map((pick) => {
    const parameters = new ParameterBuilder(pick);
    const builder = new StatementBuilder(pick, catalog, parameters);
    const statements = Array.from({ length: 1 + pick(fc.nat, 2) }, () => builder.statement());
    return { text: `${parameters.signature()} { ${statements.join(" ")} }`, parameters: parameters.values };
  });
}

class StatementBuilder {
  readonly #pick: Pick;
  readonly #nodes: readonly NodeType[];
  readonly #edges: readonly EdgeType[];
  readonly #parameters: ParameterBuilder;

  constructor(pick: Pick, catalog: Catalog, parameters: ParameterBuilder) {
    this.#pick = pick;
    this.#nodes = [...catalog.nodes.values()];
    // A statement about an edge type that shares its name with a node type may mean the node.
    this.#edges = [...catalog.edges.values()].filter(({ name }) => !catalog.nodes.has(name));
    this.#parameters = parameters;
  }

  statement(): string {
    const pick = this.#pick;
    const types = [...this.#nodes, ...this.#edges];
    const updatable = types.filter((type) => settable(type).length > 0);
    const keyed = types.filter(({ key }) => key !== null);
    const kinds = [
      () => this.#insertNode(oneOf(pick, this.#nodes)),
      ...(this.#edges.length === 0 ? [] : [() => this.#insertEdge()]),
      ...(updatable.length === 0 ? [] : [() => this.#update(oneOf(pick, updatable))]),
      () => this.#delete(oneOf(pick, types)),
      ...(keyed.length === 0 ? [] : [() => this.#upsert(oneOf(pick, keyed))]),
    ];
    return oneOf(pick, kinds)();
  }

  #upsert(type: EntityType): string {
    const ends = type.kind === "edge" ? [`from: ${this.#end(type.from)}`, `to: ${this.#end(type.to)}`] : [];
    const entries = this.#given(type).map((property) =>
      type.key?.includes(property) === true ? this.#entry(property) : this.#counted(property),
    );
    return `upsert ${type.name} { ${[...ends, ...entries].join(", ")} }`;
  }

  /** A number goes on from what is there, now and then. */
  #counted(property: Property): string {
    const { name, type } = property;
    const isCount = type.scalar === "I32" && !type.list;
    return isCount && chance(this.#pick, 2)
      ? `${name}: coalesce(${name}, 0) + ${this.#pick(fc.nat, 2)}`
      : this.#entry(property);
  }

  #insertNode(type: NodeType): string {
    const entries = this.#entries(type);
    // An insert assigns something: a type without a key may be given its id.
    const identified = type.key === null && (entries.length === 0 || chance(this.#pick, 2));
    const id = identified ? [`id: ${JSON.stringify(nodeId(this.#pick, type))}`] : [];
    return `insert ${type.name} { ${[...id, ...entries].join(", ")} }`;
  }

  #insertEdge(): string {
    const type = oneOf(this.#pick, this.#edges);
    const ends = [`from: ${this.#end(type.from)}`, `to: ${this.#end(type.to)}`];
    return `insert ${type.name} { ${[...ends, ...this.#entries(type)].join(", ")} }`;
  }

  #end(type: NodeType): string {
    return JSON.stringify(nodeId(this.#pick, type));
  }

  #entries(type: EntityType): readonly string[] {
    return this.#given(type).map((property) => this.#entry(property));
  }

  /** What an insert assigns: all that it must, and most of the rest. */
  #given(type: EntityType): readonly Property[] {
    return type.properties.filter((property) => {
      const keyed = type.kind === "node" && type.key?.includes(property) === true;
      const required = !property.type.nullable && property.default === undefined;
      return keyed || required || !chance(this.#pick, 3);
    });
  }

  #entry({ name, type }: Property): string {
    const pick = this.#pick;
    if (type.scalar === "DateTime" && !type.list && chance(pick, 4)) return `${name}: now()`;
    if (type.nullable && chance(pick, 6)) return `${name}: null`;
    const value = jsonValue(pick, type);
    const literal = type.scalar !== "Blob" && chance(pick, 2) ? entryLiteral(value, type) : null;
    return `${name}: ${literal ?? this.#parameters.declare({ ...type, enumValues: null }, value)}`;
  }

  #update(type: EntityType): string {
    const free = settable(type);
    const chosen = free.filter(() => chance(this.#pick, 3));
    const entries = (chosen.length > 0 ? chosen : free.slice(0, 1)).map((property) => this.#entry(property));
    return `update ${type.name} set { ${entries.join(", ")} } ${this.#where(type)}`;
  }

  #delete(type: EntityType): string {
    return `delete ${type.name} ${this.#where(type)}`;
  }

  #where(type: EntityType): string {
    const conditions = Array.from({ length: 1 + this.#pick(fc.nat, 1) }, () => this.#condition(type, 0));
    return `where ${conditions.join(" and ")}`;
  }

  #condition(type: EntityType, depth: number): string {
    const pick = this.#pick;
    if (depth < 2 && chance(pick, 5)) {
      const parts = [this.#condition(type, depth + 1), this.#condition(type, depth + 1)];
      return `${oneOf(pick, ["", "not "])}(${parts.join(oneOf(pick, [" or ", " and "]))})`;
    }
    if (depth < 2 && chance(pick, 8)) return `not (${this.#condition(type, depth + 1)})`;
    if (chance(pick, 8)) return this.#nullTest(type);
    return this.#comparison(type);
  }

  #nullTest(type: EntityType): string {
    const names = [...matchable(type).map(({ name }) => name), "@id"];
    return `${oneOf(this.#pick, names)} is ${oneOf(this.#pick, ["", "not "])}null`;
  }

  #comparison(type: EntityType): string {
    const pick = this.#pick;
    const properties = matchable(type);
    if (properties.length === 0 || chance(pick, 3)) return this.#systemCondition(type);
    const { name, type: valueType } = oneOf(pick, properties);
    if (!valueType.list && chance(pick, 6)) {
      const items = { ...valueType, enumValues: null, list: true, nullable: false };
      return `${name} in ${this.#parameters.declare(items, jsonValue(pick, items))}`;
    }
    const operator = valueType.list ? "contains" : oneOf(pick, OPERATORS);
    return `${name} ${operator} ${this.#parameters.write(valueType, jsonItem(pick, valueType))}`;
  }

  #systemCondition(type: EntityType): string {
    const pick = this.#pick;
    const operator = oneOf(pick, OPERATORS);
    if (type.kind === "node") return `@id ${operator} ${this.#end(type)}`;
    if (chance(pick, 4)) return `@id ${operator} "e1"`;
    const [names, end] = chance(pick, 2)
      ? ([["from", "@src"], type.from] as const)
      : ([["to", "@dst"], type.to] as const);
    return `${oneOf(pick, names)} ${operator} ${this.#end(end)}`;
  }
}

const OPERATORS = ["=", "=", "=", "!=", "<", ">="] as const;

/** The properties that an update may set. */
function settable(type: EntityType): readonly Property[] {
  return type.properties.filter((property) => type.kind === "edge" || type.key?.includes(property) !== true);
}

function entryLiteral(value: JsonValue, { scalar, dimension }: Property["type"]): string | null {
  if (!isList(value)) return literalOf(value, scalar);
  const items = value.map((item) => literalOf(item, dimension === null ? scalar : "F64"));
  return items.includes(null) ? null : `[${items.join(", ")}]`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
