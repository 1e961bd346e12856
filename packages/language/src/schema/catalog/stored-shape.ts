import { type JsonObject, type JsonValue, OmnigraphError } from "@omnigraph/base";

/** Validates a JSON value: a mismatch is refused as `object_corrupt`, with its path. */
export class Shape {
  readonly value: JsonValue | undefined;
  readonly #path: string;

  constructor(value: JsonValue | undefined, path: string) {
    this.value = value;
    this.#path = path;
  }

  /** A member; absent ones have an undefined value. */
  member(name: string): Shape {
    const { value } = this;
    if (!isObject(value)) return this.fail("is no object");
    return new Shape(Object.hasOwn(value, name) ? value[name] : undefined, `${this.#path}.${name}`);
  }

  members(): readonly (readonly [string, Shape])[] {
    const { value } = this;
    if (!isObject(value)) return this.fail("is no object");
    return Object.keys(value).map((name) => [name, this.member(name)]);
  }

  items(): readonly Shape[] {
    const { value } = this;
    if (!isList(value)) return this.fail("is no list");
    return value.map((item, index) => new Shape(item, `${this.#path}[${index}]`));
  }

  text(): string {
    return typeof this.value === "string" ? this.value : this.fail("is no text");
  }

  truth(): boolean {
    return typeof this.value === "boolean" ? this.value : this.fail("is neither true nor false");
  }

  /** A whole number from 0. */
  count(): number {
    const { value } = this;
    return typeof value === "number" && Number.isInteger(value) && value >= 0
      ? value
      : this.fail("is no count");
  }

  number(): number | bigint {
    const { value } = this;
    return typeof value === "number" || typeof value === "bigint" ? value : this.fail("is no number");
  }

  /** The result of `read` for the value; null for null. */
  optional<T>(read: (shape: Shape) => T): T | null {
    return this.value === null ? null : read(this);
  }

  /** Looks the value up in a table. */
  lookUp<T>(table: ReadonlyMap<string, T>): T {
    return table.get(this.text()) ?? this.fail("names nothing that is there");
  }

  fail(problem: string): never {
    throw new OmnigraphError("object_corrupt", `the stored schema is damaged: ${this.#path} ${problem}`, {
      details: { path: this.#path },
    });
  }
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
