import type { Property, ValueType } from "@omnigraph/language";
import fc from "fast-check";
import { type Bound, isNode } from "./arbitrary-traversal.ts";
import type { ParameterBuilder } from "./parameter-builder.ts";
import { comparable, isNumeric, matchable, systemField } from "./property-choice.ts";
import { chance, jsonItem, jsonValue, oneOf, type Pick } from "./arbitrary-values.ts";

/** The type of ids and ends. */
export const TEXT: ValueType = {
  scalar: "String",
  list: false,
  nullable: false,
  dimension: null,
  enumValues: null,
};

/** The type of numbers of rows and of hops. */
export const COUNT: ValueType = { ...TEXT, scalar: "I32" };

export const COMPARISONS = ["=", "!=", "<", "<=", ">", ">="] as const;

/** Conditions on what is in scope: comparisons, and tests for null. */
export class ComparisonBuilder {
  readonly #pick: Pick;
  readonly #parameters: ParameterBuilder;

  constructor(pick: Pick, parameters: ParameterBuilder) {
    this.#pick = pick;
    this.#parameters = parameters;
  }

  /** A test for null of a property or an id. */
  nullTest(scope: readonly Bound[]): string {
    const pick = this.#pick;
    const { name, type } = oneOf(pick, scope);
    const names = [...matchable(type).map((property) => property.name), "@id"];
    return `$${name}.${oneOf(pick, names)} is ${oneOf(pick, ["", "not "])}null`;
  }

  /** A comparison of the length of a path, or a look for a node on it. */
  #pathFilter(scope: readonly Bound[], paths: readonly string[]): string {
    const pick = this.#pick;
    const length = `length($${oneOf(pick, paths)})`;
    const numbers = scope.flatMap(({ name, type }) =>
      matchable(type)
        .filter((property) => isNumeric(property.type) && !property.type.list)
        .map((property) => `$${name}.${property.name}`),
    );
    const { text, id } = systemField(pick, oneOf(pick, scope.filter(isNode)));
    const other = oneOf(pick, [
      this.#parameters.write(COUNT, pick(fc.nat, 3)),
      `length($${oneOf(pick, paths)})`,
      ...numbers.slice(0, 2),
    ]);
    return oneOf(pick, [
      `${length} ${oneOf(pick, COMPARISONS)} ${other}`,
      `${other} ${oneOf(pick, COMPARISONS)} ${length}`,
      `${length} in [1, 3]`,
      `nodes($${oneOf(pick, paths)}) contains ${this.#parameters.write(TEXT, id)}`,
      `nodes($${oneOf(pick, paths)}) contains ${text}`,
    ]);
  }

  /** A comparison of a property, an id, an end or a path. */
  comparison(scope: readonly Bound[]): string {
    const pick = this.#pick;
    const paths = pathsOf(scope);
    if (paths.length > 0 && chance(pick, 3)) return this.#pathFilter(scope, paths);
    const candidates = scope.filter(({ type }) => matchable(type).length > 0);
    if (candidates.length === 0 || chance(pick, 5)) return this.#systemFilter(scope);
    const bound = oneOf(pick, candidates);
    const property = oneOf(pick, matchable(bound.type));
    const left = `$${bound.name}.${property.name}`;
    const { type } = property;
    if (type.list) return `${left} contains ${this.#parameters.write(type, jsonItem(pick, type))}`;
    if (chance(pick, 8)) return `${this.#listFor(property)} contains ${left}`;
    if (chance(pick, 8)) return `${left} in ${this.#listFor(property)}`;
    const right = this.#comparand(scope, property);
    if (type.scalar === "String" && chance(pick, 3))
      return `${left} ${oneOf(pick, ["contains", "starts_with", "ends_with"])} ${right}`;
    if (type.scalar === "DateTime" && chance(pick, 3)) return `${left} ${oneOf(pick, COMPARISONS)} now()`;
    const operator = oneOf(pick, COMPARISONS);
    if (!chance(pick, 4)) return `${left} ${operator} ${right}`;
    const mirrored = `${right} ${operator} ${left}`;
    // A sign would go on with the clause before.
    return right.startsWith("-") ? `(${mirrored})` : mirrored;
  }

  #comparand(scope: readonly Bound[], { type }: Property): string {
    const pick = this.#pick;
    if (chance(pick, 4)) {
      const others = scope.flatMap(({ name, type: owner }) =>
        matchable(owner)
          .filter((other) => !other.type.list && comparable(type, other.type))
          .map((other) => `$${name}.${other.name}`),
      );
      if (others.length > 0) return oneOf(pick, others);
    }
    const compared = this.#comparedType(type);
    return this.#parameters.write(compared, jsonValue(pick, compared));
  }

  /** The type, or of a number now and then another width. */
  #comparedType(type: ValueType): ValueType {
    const pick = this.#pick;
    if (!isNumeric(type) || !chance(pick, 3)) return type;
    return { ...type, scalar: oneOf(pick, ["I32", "I64", "U32", "U64", "F32", "F64", "F64"] as const) };
  }

  /** A list that may hold the property's value. */
  #listFor({ type }: Property): string {
    const items = { ...this.#comparedType({ ...type, enumValues: null }), list: true, nullable: false };
    return this.#parameters.declare(items, jsonValue(this.#pick, items));
  }

  /** A comparison of an id or of an end with a text, a property or another of them. */
  #systemFilter(scope: readonly Bound[]): string {
    const pick = this.#pick;
    const { text, id } = systemField(pick, oneOf(pick, scope));
    const right = chance(pick, 3)
      ? systemField(pick, oneOf(pick, scope)).text
      : this.#parameters.write(TEXT, id);
    const operator = oneOf(pick, ["=", "=", "=", ...COMPARISONS, "contains", "starts_with"]);
    return `${text} ${operator} ${right}`;
  }
}

/** The paths in scope. */
export function pathsOf(scope: readonly Bound[]): readonly string[] {
  return scope.flatMap(({ paths }) => paths);
}
