import { AGGREGATES, type ValueType } from "@omnigraph/language";
import fc from "fast-check";
import { chance, jsonItem, oneOf, type Pick } from "./arbitrary-values.ts";
import type { ParameterBuilder } from "./parameter-builder.ts";
import { type Bound, isNumeric, matchable, scalarsIn } from "./property-choice.ts";

const NUMBER: ValueType = {
  scalar: "I32",
  list: false,
  nullable: false,
  dimension: null,
  enumValues: null,
};

const TEXT: ValueType = { ...NUMBER, scalar: "String" };

/** Regular expressions that mean the same in RE2 and in JavaScript. */
const PATTERNS = ["", "^a", "b$", "[ab]+", "^.$", "a|é", "\\\\", "^(z z|ab)$"];

/** A returned column. */
export interface Column {
  readonly text: string;
  readonly alias: string | null;
}

/** Values that are computed of the properties in scope. */
export class ComputedBuilder {
  readonly #pick: Pick;
  readonly #parameters: ParameterBuilder;

  constructor(pick: Pick, parameters: ParameterBuilder) {
    this.#pick = pick;
    this.#parameters = parameters;
  }

  /** A number or a text, computed; null where the scope has neither. */
  value(scope: readonly Bound[]): string | null {
    const makers = [
      ...(scalarsIn(scope, isNumeric).length === 0 ? [] : [() => this.number(scope)]),
      ...(scalarsIn(scope, isString).length === 0 ? [] : [() => this.#text(scope)]),
    ];
    return makers.length === 0 ? null : oneOf(this.#pick, makers)();
  }

  /** A condition on groups with these columns. */
  having(columns: readonly Column[]): string {
    const pick = this.#pick;
    // A whole entity is never null, which is no question.
    const asked = columns.filter(({ text }) => !/^\$\w+$/u.test(text));
    if (asked.length === 0) return "not false or false";
    const { text, alias } = oneOf(pick, asked);
    const named = alias !== null && chance(pick, 2) ? alias : text;
    const condition = /^(count|sum|avg)/u.test(text)
      ? `${named} ${oneOf(pick, [">", "<=", "!="])} ${this.#constant()}`
      : `${named} is ${oneOf(pick, ["", "not "])}null`;
    return chance(pick, 3) ? `not (${condition})` : condition;
  }

  /** An aggregate of a value, of each one once now and then. */
  aggregated(name: string, value: string): string {
    const isDistinct = (name === "count" || name === "collect") && chance(this.#pick, 2);
    return `${name}(${isDistinct ? "distinct " : ""}${value})`;
  }

  /** An aggregate of what is computed; null where the scope has nothing to compute with. */
  aggregate(scope: readonly Bound[]): string | null {
    const value = this.value(scope);
    if (value === null) return null;
    const functions = isText(value) ? ["count", "min", "max"] : Object.keys(AGGREGATES);
    return this.aggregated(oneOf(this.#pick, functions), value);
  }

  /** A number that is computed of a number in scope at least. */
  number(scope: readonly Bound[], depth = 0): string {
    const pick = this.#pick;
    const own = oneOf(pick, this.#numbers(scope));
    switch (pick(fc.nat, depth > 1 ? 2 : 5)) {
      case 0:
        return `-${own}`;
      case 1:
        return `coalesce(${own}, ${oneOf(pick, ["0", "2", "0.5"])})`;
      case 2:
        return `${own} ${this.#operator()} ${this.#constant()}`;
      case 3:
        return `${this.#constant()} ${this.#operator()} (${this.number(scope, depth + 1)})`;
      default:
        return `(${own} ${this.#operator()} ${oneOf(pick, this.#numbers(scope))})`;
    }
  }

  /** A condition on what is computed. */
  comparison(scope: readonly Bound[]): string | null {
    const pick = this.#pick;
    const text = oneOf(pick, [...scalarsIn(scope, isString), ""]);
    if (text !== "" && chance(pick, 2)) return `${text} matches ${this.#pattern()}`;
    const left = this.value(scope);
    if (left === null) return null;
    if (chance(pick, 5)) return `(${left} is ${oneOf(pick, ["", "not "])}null)`;
    const right = isText(left) ? this.#parameters.write(TEXT, jsonItem(pick, TEXT)) : this.#comparand(scope);
    const operator = oneOf(pick, ["=", "!=", "<", "<=", ">", ">="]);
    const written = chance(pick, 3) ? `${right} ${operator} ${left}` : `${left} ${operator} ${right}`;
    // A sign would go on with what stands before.
    return written.startsWith("-") ? `(${written})` : written;
  }

  #comparand(scope: readonly Bound[]): string {
    return chance(this.#pick, 3) ? this.number(scope, 2) : this.#constant();
  }

  #text(scope: readonly Bound[]): string {
    const pick = this.#pick;
    const own = oneOf(pick, scalarsIn(scope, isString));
    return oneOf(pick, [
      `lower(${own})`,
      `upper(${own})`,
      `coalesce(${own}, "ab")`,
      `lower(coalesce(${own}, "B"))`,
    ]);
  }

  /** Numbers of 64 bits are few, as most of what is computed of them leaves their range. */
  #numbers(scope: readonly Bound[]): readonly string[] {
    const small = scalarsIn(scope, (type) => isNumeric(type) && !type.scalar.endsWith("64"));
    const lengths = [
      ...scalarsIn(scope, isString),
      ...scope.flatMap(({ name, type }) =>
        matchable(type).flatMap((property) => (property.type.list ? [`$${name}.${property.name}`] : [])),
      ),
    ].map((one) => `length(${one})`);
    const all = scalarsIn(scope, isNumeric);
    return [
      ...small,
      ...small,
      ...(all.length === 0 ? lengths : all),
      ...(chance(this.#pick, 3) ? lengths : []),
    ];
  }

  #operator(): string {
    return oneOf(this.#pick, ["+", "-", "*", "/"]);
  }

  #constant(): string {
    const pick = this.#pick;
    if (chance(pick, 5)) return this.#parameters.declare(NUMBER, pick(fc.nat, 3));
    return oneOf(pick, ["0", "1", "2", "3", "-1", "0.5", "2.0", "(1 + 2)", "-(3)", "9223372036854775807"]);
  }

  #pattern(): string {
    const pattern = oneOf(this.#pick, PATTERNS);
    return chance(this.#pick, 3) ? this.#parameters.declare(TEXT, pattern) : JSON.stringify(pattern);
  }
}

/** Whether a value of these is a text. */
function isText(value: string): boolean {
  return /^(lower|upper|coalesce\(\$\w+\.\w+, ")/u.test(value);
}

function isString({ scalar }: ValueType): boolean {
  return scalar === "String";
}
