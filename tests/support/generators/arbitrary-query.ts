import { present, type JsonValue } from "@omnigraph/base";
import { AGGREGATES, type Catalog, type NodeType, type ValueType } from "@omnigraph/language";
import fc from "fast-check";
import { type Bound, isNode, TraversalBuilder } from "./arbitrary-traversal.ts";
import { COMPARISONS, ComparisonBuilder, COUNT, pathsOf } from "./comparison-builder.ts";
import { type Column, ComputedBuilder } from "./computed-builder.ts";
import { ParameterBuilder } from "./parameter-builder.ts";
import { isNumeric, matchable, scalarsIn, systemField } from "./property-choice.ts";
import { chance, jsonItem, oneOf, type Pick, picks } from "./arbitrary-values.ts";

/** A query that compiles against the catalog that it was generated for, and parameters that fit it. */
export interface GeneratedQuery {
  readonly text: string;
  readonly parameters: Readonly<Record<string, JsonValue>>;
}

/** Reads of every construct but ranking and text search. */
export function arbitraryRead(catalog: Catalog): fc.Arbitrary<GeneratedQuery> {
  return picks().map((pick) => new ReadBuilder(pick, catalog).build());
}

class ReadBuilder {
  readonly #pick: Pick;
  readonly #catalog: Catalog;
  readonly #parameters: ParameterBuilder;
  readonly #traversals: TraversalBuilder;
  readonly #computed: ComputedBuilder;
  readonly #comparisons: ComparisonBuilder;
  #names = 0;
  /** How deep in subqueries the builder is. */
  #within = 0;

  constructor(pick: Pick, catalog: Catalog) {
    this.#pick = pick;
    this.#catalog = catalog;
    this.#parameters = new ParameterBuilder(pick);
    this.#traversals = new TraversalBuilder(pick, catalog, (prefix) => this.#fresh(prefix));
    this.#computed = new ComputedBuilder(pick, this.#parameters);
    this.#comparisons = new ComparisonBuilder(pick, this.#parameters);
  }

  build(): GeneratedQuery {
    const pick = this.#pick;
    const scope: Bound[] = [];
    const clauses = [this.#binding(scope)];
    for (let left = pick(fc.nat, 4); left > 0; left--) clauses.push(this.#clause(scope, 0));
    // The order of clauses carries no meaning, so any order must do.
    if (chance(pick, 2)) clauses.reverse();
    if (chance(pick, 4)) clauses.push(...this.#optional(scope));
    const isDistinct = chance(pick, 6);
    const isGrouped = isDistinct || chance(pick, 3);
    const columns = isDistinct
      ? this.#keys(scope, 1)
      : isGrouped
        ? this.#aggregates(scope)
        : this.#columns(scope);
    const order = chance(pick, 3) ? [] : this.#order(columns, scope, isGrouped);
    const shown = columns.map(({ text, alias }) => (alias === null ? text : `${text} as ${alias}`));
    const hasSign = shown.some((text) => text.startsWith("-"));
    const parts = [
      `match { ${clauses.join(" ")} }`,
      `return ${isDistinct ? "distinct " : ""}{ ${shown.join(!hasSign && chance(pick, 8) ? " " : ", ")} }`,
      ...(isGrouped && chance(pick, 3) ? [`having { ${this.#computed.having(columns)} }`] : []),
      ...(order.length === 0 ? [] : [`order { ${order.join(", ")} }`]),
      ...(chance(pick, 3) ? [`limit ${this.#rowCount()}`] : []),
      ...(chance(pick, 5) ? [`offset ${this.#rowCount()}`] : []),
    ];
    return {
      text: `${this.#parameters.signature()} { ${parts.join(" ")} }`,
      parameters: this.#parameters.values,
    };
  }

  #rowCount(): string {
    const count = this.#pick(fc.nat, 5);
    return chance(this.#pick, 3) ? this.#parameters.declare(COUNT, count) : String(count);
  }

  #fresh(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  #binding(scope: Bound[]): string {
    const type = oneOf(this.#pick, [...this.#catalog.nodes.values()]);
    const name = this.#fresh("n");
    scope.push({ name, type, paths: [] });
    return this.#bind(name, type);
  }

  #bind(name: string, type: NodeType): string {
    const entries = chance(this.#pick, 2) ? [] : matchable(type).filter(() => chance(this.#pick, 8));
    const shown = entries.map(({ name: property, type: valueType }) => {
      const value = this.#parameters.write(valueType, jsonItem(this.#pick, valueType));
      return `${property}: ${chance(this.#pick, 6) ? unchanged(value, valueType) : value}`;
    });
    return shown.length === 0 ? `$${name}: ${type.name}` : `$${name}: ${type.name} { ${shown.join(", ")} }`;
  }

  #clause(scope: Bound[], depth: number): string {
    const nodes = scope.filter(isNode);
    switch (this.#pick(fc.nat, 9)) {
      case 0:
        return nodes.length < 3 ? this.#binding(scope) : this.#filter(scope);
      case 1: {
        const again = oneOf(this.#pick, nodes);
        return this.#bind(again.name, again.type);
      }
      case 2:
      case 3:
      case 4:
      case 5:
        return this.#traversals.build(scope) ?? this.#filter(scope);
      case 6:
        return depth < 2 ? this.#negation(scope, depth) : this.#filter(scope);
      default:
        return this.#filter(scope);
    }
  }

  #negation(scope: readonly Bound[], depth: number): string {
    const { clauses } = this.#block(scope, depth);
    return `${oneOf(this.#pick, ["not", "not", "exists", "not exists"])} { ${clauses} }`;
  }

  /** The clauses of a block, and what is in scope there. */
  #block(
    scope: readonly Bound[],
    depth: number,
  ): { readonly clauses: string; readonly inner: readonly Bound[] } {
    const inner = scope.map((bound) => ({ ...bound, paths: [...bound.paths] }));
    const first = chance(this.#pick, 3)
      ? this.#filter(inner)
      : (this.#traversals.build(inner) ?? this.#filter(inner));
    const more = Array.from({ length: this.#pick(fc.nat, 2) }, () => this.#clause(inner, depth + 1));
    return { clauses: [first, ...more].join(" "), inner };
  }

  /** A number of matches or another aggregate over them; null where it would stand too deep. */
  #subquery(scope: readonly Bound[]): string | null {
    if (this.#within >= 2) return null;
    this.#within++;
    const { clauses, inner } = this.#block(scope, 1);
    const aggregate = chance(this.#pick, 2) ? "count" : this.#aggregate(inner);
    this.#within--;
    return `${aggregate} { ${clauses} }`;
  }

  /** A condition on what matches a block. */
  #subqueryCondition(scope: readonly Bound[]): string | null {
    const pick = this.#pick;
    const subquery = this.#subquery(scope);
    if (subquery === null) return null;
    if (subquery.startsWith("collect")) return `length(${subquery}) ${oneOf(pick, COMPARISONS)} 1`;
    if (!/^(count|sum|avg)/u.test(subquery)) return `${subquery} is ${oneOf(pick, ["", "not "])}null`;
    const numbers = scalarsIn(scope, isNumeric);
    const other = oneOf(pick, ["0", "1", "2", ...numbers.slice(0, 2)]);
    const operator = oneOf(pick, COMPARISONS);
    return chance(pick, 3) ? `${other} ${operator} ${subquery}` : `${subquery} ${operator} ${other}`;
  }

  /** One or two optional blocks, now and then with a condition on what they bind. */
  #optional(scope: Bound[]): readonly string[] {
    const clauses = Array.from({ length: 1 + this.#pick(fc.nat, 1) }, () => {
      const first = this.#traversals.build(scope) ?? this.#filter(scope);
      const more = Array.from({ length: this.#pick(fc.nat, 2) }, () => this.#clause(scope, 1));
      return `optional { ${[first, ...more].join(" ")} }`;
    });
    if (chance(this.#pick, 2)) clauses.push(this.#filter(scope));
    if (chance(this.#pick, 3)) clauses.push(this.#negation(scope, 1));
    return clauses;
  }

  /** A condition on variables in scope: a comparison, now and then a test for null, or several that are joined. */
  #filter(scope: readonly Bound[], depth = 0): string {
    const pick = this.#pick;
    if (depth < 3 && chance(pick, 5)) return this.#logic(scope, depth);
    if (chance(pick, 12)) return this.#subqueryCondition(scope) ?? this.#comparisons.comparison(scope);
    if (chance(pick, 8)) return this.#comparisons.nullTest(scope);
    return (chance(pick, 8) ? this.#computed.comparison(scope) : null) ?? this.#comparisons.comparison(scope);
  }

  #logic(scope: readonly Bound[], depth: number): string {
    const pick = this.#pick;
    if (chance(pick, 3)) return `not (${this.#filter(scope, depth + 1)})`;
    const parts = Array.from({ length: 2 + pick(fc.nat, 1) }, () => this.#part(scope, depth + 1));
    return parts.join(oneOf(pick, [" and ", " or "]));
  }

  #part(scope: readonly Bound[], depth: number): string {
    const bools = scope.flatMap(({ name, type }) =>
      matchable(type)
        .filter((property) => property.type.scalar === "Bool" && !property.type.list)
        .map((property) => `$${name}.${property.name}`),
    );
    if (bools.length > 0 && chance(this.#pick, 4)) return oneOf(this.#pick, bools);
    if (this.#within < 2 && chance(this.#pick, 4)) {
      this.#within++;
      const negation = this.#negation(scope, 1);
      this.#within--;
      return negation;
    }
    return `(${this.#filter(scope, depth)})`;
  }

  #columns(scope: readonly Bound[]): readonly Column[] {
    const pick = this.#pick;
    const columns = new Map<string, Column>();
    for (let left = 1 + pick(fc.nat, 3); left > 0; left--) {
      const text = this.#returned(scope);
      const alias = /^\$\w+(\.@?\w+)?$/u.test(text) && !chance(pick, 3) ? null : this.#fresh("c");
      columns.set(alias ?? text, { text, alias });
    }
    return [...columns.values()];
  }

  #returned(scope: readonly Bound[]): string {
    const pick = this.#pick;
    const paths = pathsOf(scope);
    if (paths.length > 0 && chance(pick, 2)) return this.#partOf(paths);
    const subquery = chance(pick, 8) ? this.#subquery(scope) : null;
    if (subquery !== null) return subquery;
    if (chance(pick, 12)) return `${this.#filter(scope)} or false`;
    const computed = chance(pick, 8) ? this.#computed.value(scope) : null;
    if (computed !== null) return computed;
    const bound = oneOf(pick, scope);
    if (chance(pick, 5)) return systemField(pick, bound).text;
    const properties = bound.type.properties.filter(({ type }) => type.scalar !== "Blob");
    if (bound.type.kind === "node" && (properties.length === 0 || chance(pick, 6))) return `$${bound.name}`;
    if (properties.length === 0 || chance(pick, 10))
      return oneOf(pick, ["1", "1.5", '"x"', "true", "[1, 2]"]);
    return `$${bound.name}.${oneOf(pick, properties).name}`;
  }

  #partOf(paths: readonly string[]): string {
    return `${oneOf(this.#pick, ["length", "nodes"])}($${oneOf(this.#pick, paths)})`;
  }

  /** Variables, properties and parts of paths to group by. */
  #keys(scope: readonly Bound[], least: number): readonly Column[] {
    const pick = this.#pick;
    const keys = new Map<string, Column>();
    for (let left = least + pick(fc.nat, 2); left > 0; left--) {
      const computed = chance(pick, 5)
        ? this.#computed.value(scope)
        : chance(pick, 6)
          ? this.#subquery(scope)
          : null;
      if (computed !== null) {
        keys.set(computed, { text: computed, alias: this.#fresh("c") });
        continue;
      }
      const paths = pathsOf(scope);
      const text = paths.length > 0 && chance(pick, 3) ? this.#partOf(paths) : this.#key(oneOf(pick, scope));
      keys.set(text, { text, alias: chance(pick, 3) ? this.#fresh("c") : null });
    }
    return [...keys.values()];
  }

  #key(bound: Bound): string {
    const pick = this.#pick;
    const { name, type } = bound;
    const scalars = matchable(type).filter(({ type: valueType }) => !valueType.list);
    if (type.kind === "node" && (scalars.length === 0 || chance(pick, 4))) return `$${name}`;
    return scalars.length === 0 || chance(pick, 4)
      ? systemField(pick, bound).text
      : `$${name}.${oneOf(pick, scalars).name}`;
  }

  #aggregates(scope: readonly Bound[]): readonly Column[] {
    const pick = this.#pick;
    const keys = this.#keys(scope, 0);
    const results = Array.from({ length: 1 + pick(fc.nat, 2) }, (): Column => {
      const text = this.#aggregate(scope);
      const isNumber = /^(count|sum|avg)/u.test(text);
      return {
        text:
          isNumber && chance(pick, 5)
            ? `${text} ${oneOf(pick, ["+", "*", "/"])} ${oneOf(pick, ["2", `count($${oneOf(pick, scope).name})`])}`
            : text,
        alias: this.#fresh("c"),
      };
    });
    return [...keys, ...results];
  }

  #aggregate(scope: readonly Bound[]): string {
    const pick = this.#pick;
    const paths = pathsOf(scope);
    if (paths.length > 0 && chance(pick, 3)) return this.#ofPath(oneOf(pick, paths));
    const computed = chance(pick, 6) ? this.#computed.aggregate(scope) : null;
    if (computed !== null) return computed;
    const subquery = chance(pick, 8) ? this.#subquery(scope) : null;
    if (subquery?.startsWith("count") === true)
      return `${oneOf(pick, ["count", "avg", "max", "sum"])}(${subquery})`;
    const bound = oneOf(pick, scope);
    const { name, type } = bound;
    const scalars = matchable(type).filter(({ type: valueType }) => !valueType.list);
    if (scalars.length === 0 || chance(pick, 4)) return this.#computed.aggregated("count", `$${name}`);
    if (chance(pick, 5)) return `${oneOf(pick, ["count", "min", "max"])}(${systemField(pick, bound).text})`;
    const property = oneOf(pick, scalars);
    const functions = Object.entries(AGGREGATES).flatMap(([aggregate, { takes }]) =>
      takes === "numbers" && !isNumeric(property.type) ? [] : [aggregate],
    );
    return this.#computed.aggregated(oneOf(pick, functions), `$${name}.${property.name}`);
  }

  #ofPath(path: string): string {
    const functions = Object.keys(AGGREGATES).map((aggregate) => `${aggregate}(length($${path}))`);
    return oneOf(this.#pick, [`count($${path})`, `count(nodes($${path}))`, ...functions]);
  }

  #order(columns: readonly Column[], scope: readonly Bound[], isGrouped: boolean): readonly string[] {
    const pick = this.#pick;
    const keys = columns
      .filter(({ text }) => this.#orderable(text, scope))
      .map(({ text, alias }) =>
        alias !== null && (chance(pick, 2) || !text.startsWith("$") || text.includes(" ")) ? alias : text,
      );
    if (!isGrouped) {
      keys.push(...pathsOf(scope).map((path) => `length($${path})`));
      for (const bound of scope) {
        const { name, type } = bound;
        const scalars = matchable(type).filter(({ type: valueType }) => !valueType.list && chance(pick, 6));
        keys.push(...scalars.map((property) => `$${name}.${property.name}`));
        if (chance(pick, 6)) keys.push(systemField(pick, bound).text);
      }
      const computed = chance(pick, 4) ? this.#computed.value(scope) : null;
      if (computed !== null) keys.push(computed);
      const subquery = chance(pick, 5) ? this.#subquery(scope) : null;
      if (subquery?.startsWith("collect") === false) keys.push(subquery);
    }
    const kept = keys.filter(() => !chance(pick, 3)).slice(0, 3);
    return kept.map((key) => `${key}${oneOf(pick, ["", " asc", " desc"])}`);
  }

  #orderable(text: string, scope: readonly Bound[]): boolean {
    if (/^(\[|nodes\(|collect)/u.test(text)) return false;
    const [, name, property] = /^\$(\w+)\.(\w+)$/u.exec(text) ?? [];
    if (name === undefined) return true;
    const owner = present(
      scope.find((bound) => bound.name === name),
      "variable",
    );
    const type = present(owner.type.propertyByName.get(property ?? ""), "property").type;
    return !type.list && type.dimension === null;
  }
}

/** A value that is computed, and comes to the same. */
function unchanged(value: string, { scalar }: ValueType): string {
  if (scalar === "String") return `coalesce(${value}, "b")`;
  return scalar === "I32" || scalar === "U32" ? `(${value} - 1) + 1` : value;
}
