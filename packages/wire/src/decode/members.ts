import { type JsonObject, type JsonValue, OmnigraphError, ownMember } from "@omnigraph/base";
import type { AnswerValue } from "@omnigraph/language";
import type { ValuesByName } from "../values.ts";

/**
 * An object that a server answered: its members are asked for what they should be, and those that nobody asks for may be there, since a server may be newer
 * than its client. Errors of all: `server_failed`, naming the place.
 */
export class Members {
  readonly #object: JsonObject;
  readonly #place: string;

  private constructor(object: JsonObject, place: string) {
    this.#object = object;
    this.#place = place;
  }

  static of(value: JsonValue | undefined, place = "the answer"): Members {
    if (isObject(value)) return new Members(value, place);
    throw refused(place, "an object");
  }

  has(name: string): boolean {
    return (this.#value(name) ?? null) !== null;
  }

  text(name: string): string {
    const value = this.#value(name);
    if (typeof value === "string") return value;
    throw this.#refused(name, "a text");
  }

  /** Null where it is null or left out; so is every other that ends in `OrNull`. */
  textOrNull(name: string): string | null {
    return this.has(name) ? this.text(name) : null;
  }

  count(name: string): number {
    const value = this.#value(name);
    if (typeof value === "number" && Number.isSafeInteger(value)) return value;
    throw this.#refused(name, "a whole number");
  }

  countOrNull(name: string): number | null {
    return this.has(name) ? this.count(name) : null;
  }

  flag(name: string): boolean {
    const value = this.#value(name);
    if (typeof value === "boolean") return value;
    throw this.#refused(name, "true or false");
  }

  flagOrNull(name: string): boolean | null {
    return this.has(name) ? this.flag(name) : null;
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word {
    const value = this.#value(name);
    const word = words.find((each) => each === value);
    if (word !== undefined) return word;
    throw this.#refused(name, `one of ${words.join(", ")}`);
  }

  /** A text that is the name of a member of a table. */
  keyOf<Word extends string>(name: string, table: Readonly<Record<Word, unknown>>): Word {
    const text = this.text(name);
    if (isKey(text, table)) return text;
    throw this.#refused(name, `one of ${Object.keys(table).join(", ")}`);
  }

  /** The first member that has the name of one of a table. */
  firstOf<Word extends string>(table: Readonly<Record<Word, unknown>>): Word {
    for (const name of Object.keys(this.#object)) if (isKey(name, table)) return name;
    throw refused(this.#place, `an object with one of ${Object.keys(table).join(", ")}`);
  }

  numberOrNull(name: string): number | bigint | null {
    const value = this.#value(name) ?? null;
    if (value === null || typeof value === "number" || typeof value === "bigint") return value;
    throw this.#refused(name, "a number");
  }

  object(name: string): Members {
    return Members.of(this.#value(name), this.#at(name));
  }

  objectOrNull(name: string): Members | null {
    return this.has(name) ? this.object(name) : null;
  }

  /** Objects; none where it is left out. */
  objects(name: string): readonly Members[] {
    return this.items(name).map((item, at) => Members.of(item, `${this.#at(name)}[${at}]`));
  }

  /** Texts; none where it is left out. */
  texts(name: string): readonly string[] {
    return this.items(name).map((item) => {
      if (typeof item === "string") return item;
      throw this.#refused(name, "a list of texts");
    });
  }

  /** As it is; none where it is left out. */
  items(name: string): readonly JsonValue[] {
    const value = this.#value(name) ?? [];
    if (isList(value)) return value;
    throw this.#refused(name, "a list");
  }

  /** Values of properties or columns, by name. */
  values(name: string): ValuesByName {
    const value = this.#value(name);
    if (isObject(value) && areValues(value)) return value;
    throw this.#refused(name, "an object of values");
  }

  valueOrUndefined(name: string): AnswerValue | undefined {
    const value = this.#value(name);
    if (value === undefined || isValue(value)) return value;
    throw this.#refused(name, "a value");
  }

  /** Rows: a list of objects of values. */
  rows(name: string): readonly ValuesByName[] {
    return this.items(name).map((item) => {
      if (isObject(item) && areValues(item)) return item;
      throw this.#refused(name, "a list of objects of values");
    });
  }

  /** Every member as it is, but those of some names. */
  others(...names: readonly string[]): JsonObject {
    return Object.fromEntries(Object.entries(this.#object).filter(([name]) => !names.includes(name)));
  }

  #value(name: string): JsonValue | undefined {
    return ownMember(this.#object, name);
  }

  #at(name: string): string {
    return `${this.#place}.${name}`;
  }

  #refused(name: string, wanted: string): OmnigraphError {
    return refused(this.#at(name), wanted);
  }
}

function refused(place: string, wanted: string): OmnigraphError {
  return new OmnigraphError("server_failed", `${place} of the server must be ${wanted}, and is not`);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isKey<Word extends string>(name: string, table: Readonly<Record<Word, unknown>>): name is Word {
  return Object.hasOwn(table, name);
}

function areValues(object: JsonObject): object is Readonly<Record<string, AnswerValue>> {
  return Object.values(object).every(isValue);
}

function isValue(value: JsonValue): value is AnswerValue {
  return isList(value) ? value.every(isValue) : !isObject(value);
}
