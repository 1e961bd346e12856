import { present, type Value, type Values } from "@omnigraph/base";
import {
  type Catalog,
  type EdgeType,
  type EntityType,
  type MutationQuery,
  type Property,
  type Statement,
  type ValueExpr,
  type Where,
} from "@omnigraph/language";
import { readsEntity, stored, truthOf, valueIn } from "./naive-conditions.ts";
import { type NaiveEntity, NaiveRefusal } from "./naive-entity.ts";

type Tables = Map<string, Map<string, NaiveEntity>>;

/** A graph as maps of plain objects, changed by copying all of it. Slow and obvious. */
export class NaiveGraph {
  readonly catalog: Catalog;
  tables: Tables;
  private generated = 0;

  constructor(catalog: Catalog) {
    this.catalog = catalog;
    this.tables = new Map(
      [...catalog.typeById.values()].map((type) => [type.name, new Map<string, NaiveEntity>()]),
    );
  }

  /** Runs a mutation; throws a `NaiveRefusal` and changes nothing when a rule is broken. Answers affected nodes and edges. */
  mutate(query: MutationQuery, parameters: Values): readonly [number, number] {
    return this.attempt((draft) => {
      const affected: [number, number] = [0, 0];
      const touched = new Set<string>();
      for (const statement of query.statements) draft.statement(statement, parameters, affected, touched);
      draft.check(this, touched);
      return affected;
    });
  }

  attempt<T>(change: (draft: NaiveGraph) => T): T {
    const draft = new NaiveGraph(this.catalog);
    draft.generated = this.generated;
    draft.tables = new Map([...this.tables].map(([name, rows]) => [name, new Map(rows)]));
    const answer = change(draft);
    this.tables = draft.tables;
    this.generated = draft.generated;
    return answer;
  }

  table(type: EntityType): Map<string, NaiveEntity> {
    return present(this.tables.get(type.name), `table ${type.name}`);
  }

  nextId(): string {
    return `GENERATED-${++this.generated}`;
  }

  private statement(
    statement: Statement,
    parameters: Values,
    affected: [number, number],
    touched: Set<string>,
  ): void {
    const value = (expr: ValueExpr): Value =>
      expr.kind === "literal" ? expr.value : expr.kind === "parameter" ? (parameters[expr.name] ?? null) : 0;
    const count = (type: EntityType): number => (affected[type.kind === "node" ? 0 : 1] += 1);
    const table = this.table(statement.type);
    switch (statement.kind) {
      case "insert_node":
      case "insert_edge": {
        const [from, to] =
          statement.kind === "insert_edge"
            ? [String(value(statement.from)), String(value(statement.to))]
            : ["", ""];
        if (statement.upsert) {
          this.upsert(statement, from, to, value);
          if (from !== "") touched.add(`${statement.type.name} ${from}`);
          count(statement.type);
          return;
        }
        const given = new Map(
          statement.assignments.map(({ property, value: expr }) => [
            property.name,
            valueIn(expr, null, value),
          ]),
        );
        const values = valuesOf(statement.type, given);
        const key = naiveKey(statement.type, values, [from, to]);
        const stated = statement.id === null ? null : String(value(statement.id));
        if (key === null && stated !== null && table.has(stated)) throw new NaiveRefusal("key_conflict");
        const id = key ?? stated ?? this.nextId();
        table.set(id, { id, from, to, values });
        if (from !== "") touched.add(`${statement.type.name} ${from}`);
        count(statement.type);
        return;
      }
      case "update": {
        const assigned = (entity: NaiveEntity | null): readonly (readonly [Property, Value])[] =>
          statement.assignments.flatMap(({ property, value: expr }) => {
            if (entity === null && readsEntity(expr)) return [];
            const given = stored(property, valueIn(expr, entity, value));
            checkValue(statement.type, property, given);
            return [[property, given] as const];
          });
        assigned(null);
        const { key: keyed } = statement.type;
        for (const entity of this.matching(statement.type, statement.where, value)) {
          const changes = assigned(entity);
          for (const [property, given] of changes) {
            if (keyed?.includes(property) === true && entity.values.get(property.name) !== given)
              throw new NaiveRefusal("key_immutable");
          }
          const values = new Map([
            ...entity.values,
            ...changes.map(([property, given]) => [property.name, given] as const),
          ]);
          table.set(entity.id, { ...entity, values });
          count(statement.type);
        }
        return;
      }
      case "delete":
        for (const entity of this.matching(statement.type, statement.where, value)) {
          this.remove(statement.type, entity, affected, touched);
        }
    }
  }

  /** Changes what is assigned of the entity with the same key, or of one that has the defaults of its properties. */
  private upsert(
    { type, assignments }: Extract<Statement, { readonly upsert: boolean }>,
    from: string,
    to: string,
    value: (expr: ValueExpr) => Value,
  ): void {
    const table = this.table(type);
    const fallback = new Map(type.properties.map(({ name, default: given }) => [name, given ?? null]));
    const assigned = (entity: NaiveEntity | null): ReadonlyMap<string, Value> => {
      const values = new Map<string, Value>();
      for (const { property, value: expr } of assignments) {
        if (entity === null && readsEntity(expr)) continue;
        const given = stored(property, valueIn(expr, entity, value));
        checkValue(type, property, given);
        values.set(property.name, given);
      }
      return values;
    };
    const id = present(naiveKey(type, new Map([...fallback, ...assigned(null)]), [from, to]), "key");
    const known = table.get(id) ?? { id, from, to, values: fallback };
    const values = valuesOf(type, new Map([...known.values, ...assigned(known)]));
    table.set(id, { ...known, values });
  }

  private remove(
    type: EntityType,
    entity: NaiveEntity,
    affected: [number, number],
    touched: Set<string>,
  ): void {
    this.table(type).delete(entity.id);
    if (type.kind === "edge") {
      touched.add(`${type.name} ${entity.from}`);
      affected[1]++;
      return;
    }
    affected[0]++;
    for (const edge of this.catalog.edges.values()) {
      for (const row of Array.from(this.table(edge).values())) {
        const atFrom = edge.from === type && row.from === entity.id;
        const atTo = edge.to === type && row.to === entity.id;
        if (atFrom || atTo) this.remove(edge, row, affected, touched);
      }
    }
  }

  private matching(
    type: EntityType,
    where: Where,
    value: (expr: ValueExpr) => Value,
  ): readonly NaiveEntity[] {
    return [...this.table(type).values()].filter((entity) =>
      where.every((condition) => truthOf(condition, entity, value) === true),
    );
  }

  /** What must hold when a write is done, in the order in which refusals are worded. */
  check(before: NaiveGraph, touched: ReadonlySet<string>): void {
    for (const edge of this.catalog.edges.values()) {
      for (const row of this.table(edge).values()) {
        if (!this.table(edge.from).has(row.from) || !this.table(edge.to).has(row.to))
          throw new NaiveRefusal("endpoint_missing");
      }
    }
    for (const type of this.catalog.typeById.values()) this.checkUnique(type);
    for (const edge of this.catalog.edges.values()) this.checkCardinality(edge, before, touched);
  }

  private checkUnique(type: EntityType): void {
    for (const unique of type.uniques) {
      const seen = new Set<string>();
      for (const row of this.table(type).values()) {
        const tuple = unique.members.map((member) =>
          member === "src"
            ? row.from
            : member === "dst"
              ? row.to
              : (row.values.get(type.propertyById.get(member)?.name ?? "") ?? null),
        );
        if (tuple.includes(null)) continue;
        const text = JSON.stringify(tuple.map(String));
        if (seen.has(text)) throw new NaiveRefusal("unique_violation");
        seen.add(text);
      }
    }
  }

  private checkCardinality(edge: EdgeType, before: NaiveGraph, touched: ReadonlySet<string>): void {
    const { min, max } = edge.cardinality;
    for (const id of this.table(edge.from).keys()) {
      const count = [...this.table(edge).values()].filter((row) => row.from === id).length;
      const former = [...before.table(edge).values()].filter((row) => row.from === id).length;
      const changed = touched.has(`${edge.name} ${id}`) && !(former === 0 && count === 0);
      if ((max !== null && count > max) || (changed && count < min))
        throw new NaiveRefusal("cardinality_violation");
    }
  }

  /** The graph as sorted lines, generated ids masked: what two graphs are compared by. */
  lines(): readonly string[] {
    return [...this.catalog.typeById.values()]
      .flatMap((type) => [...this.table(type).values()].map((row) => lineOf(type, row)))
      .toSorted();
  }
}

export function lineOf(type: EntityType, { id, from, to, values }: NaiveEntity): string {
  const masked = /^GENERATED-|^[0-9A-HJKMNP-TV-Z]{26}$/.test(id) ? "<generated>" : id;
  return JSON.stringify([
    type.name,
    masked,
    from,
    to,
    type.properties.map(({ name }) => plain(values.get(name) ?? null)),
  ]);
}

function plain(value: Value): unknown {
  if (typeof value === "bigint") return String(value);
  return Array.isArray(value) ? value.map((item: Value) => plain(item)) : value;
}

/** Values of an insert: defaults for what is left out, every rule of a single value checked. */
export function valuesOf(type: EntityType, given: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  for (const property of type.properties) {
    const value = given.has(property.name) ? (given.get(property.name) ?? null) : (property.default ?? null);
    checkValue(type, property, value);
    values.set(property.name, stored(property, value));
  }
  return values;
}

export function checkValue(type: EntityType, property: Property, value: Value): void {
  if (value === null) {
    if (!property.type.nullable) throw new NaiveRefusal("value_invalid");
    return;
  }
  const { enumValues, list, scalar } = property.type;
  if (list) {
    if (!Array.isArray(value) || value.some((item: Value) => typeof item !== "string"))
      throw new NaiveRefusal("value_invalid");
    return;
  }
  if (enumValues !== null && !enumValues.includes(String(value))) throw new NaiveRefusal("value_invalid");
  if (scalar === "I32" && (typeof value !== "number" || !Number.isInteger(value)))
    throw new NaiveRefusal("value_invalid");
  if (scalar === "String" && typeof value !== "string") throw new NaiveRefusal("value_invalid");
  if (type.kind === "edge") return;
  for (const range of type.ranges) {
    if (range.property !== property.id) continue;
    if (
      (range.min !== null && Number(value) < Number(range.min)) ||
      (range.max !== null && Number(value) > Number(range.max))
    ) {
      throw new NaiveRefusal("value_invalid");
    }
  }
  for (const check of type.checks) {
    if (check.property === property.id && !new RegExp(check.pattern, "u").test(String(value)))
      throw new NaiveRefusal("value_invalid");
  }
}

export function naiveKey(
  type: EntityType,
  values: ReadonlyMap<string, Value>,
  ends: readonly string[],
): string | null {
  if (type.key === null) return null;
  const properties = type.key.map((property) => String(values.get(property.name)));
  const texts = type.kind === "edge" ? [...ends, ...properties] : properties;
  return texts.length === 1 ? (texts[0] ?? null) : JSON.stringify(texts);
}
