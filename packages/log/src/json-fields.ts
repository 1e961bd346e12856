/** Reports that a document breaks its format; the caller knows the place and the reason code. */
export type Fail = (problem: string) => never;

/** Members of a JSON object, read with their types checked. `where` names the object inside its document, for messages. */
export class Fields {
  readonly #members: Readonly<Record<string, unknown>>;
  readonly #where: string;
  readonly #fail: Fail;

  constructor(value: unknown, where: string, fail: Fail) {
    if (!isRecord(value)) fail(`${where} is no object`);
    this.#members = value;
    this.#where = where;
    this.#fail = fail;
  }

  text(name: string): string {
    const value = this.#members[name];
    return typeof value === "string" ? value : this.#wrong(name, "text");
  }

  textOrNull(name: string): string | null {
    return this.#members[name] === null ? null : this.text(name);
  }

  /** A text of the given form; `form` says what it should be. */
  shaped(name: string, pattern: RegExp, form: string): string {
    const value = this.text(name);
    return pattern.test(value) ? value : this.#wrong(name, form);
  }

  shapedOrNull(name: string, pattern: RegExp, form: string): string | null {
    return this.#members[name] === null ? null : this.shaped(name, pattern, form);
  }

  /** A whole number from 0 to 2^53 - 1. */
  count(name: string): number {
    const value = this.#members[name];
    return isCount(value) ? value : this.#wrong(name, "a whole number");
  }

  /** As `count`; a member that is left out reads as 0. */
  countOrZero(name: string): number {
    return this.#members[name] === undefined ? 0 : this.count(name);
  }

  countOrNull(name: string): number | null {
    return this.#members[name] === null ? null : this.count(name);
  }

  list(name: string): readonly unknown[] {
    const value = this.#members[name];
    return Array.isArray(value) ? value : this.#wrong(name, "a list");
  }

  texts(name: string): readonly string[] {
    const texts: string[] = [];
    for (const item of this.list(name))
      texts.push(typeof item === "string" ? item : this.#wrong(name, "a list of texts"));
    return texts;
  }

  fields(name: string): Fields {
    return new Fields(this.#members[name], `${this.#where}.${name}`, this.#fail);
  }

  /** The member as it is: undefined when it is left out. */
  raw(name: string): unknown {
    return this.#members[name];
  }

  /** Every member with a whole number as its value. */
  counts(): ReadonlyMap<string, number> {
    return new Map(
      Object.entries(this.#members).map(([name, value]) => [
        name,
        isCount(value) ? value : this.#wrong(name, "a whole number"),
      ]),
    );
  }

  /** Every member with a whole number, of either sign, as its value. */
  differences(): ReadonlyMap<string, number> {
    return new Map(
      Object.entries(this.#members).map(([name, value]) => [
        name,
        typeof value === "number" && Number.isSafeInteger(value)
          ? value
          : this.#wrong(name, "a whole number"),
      ]),
    );
  }

  /** Every member with a text as its value. */
  textMembers(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.keys(this.#members).map((name) => [name, this.text(name)]));
  }

  names(): readonly string[] {
    return Object.keys(this.#members);
  }

  #wrong(name: string, expected: string): never {
    return this.#fail(`${this.#where}.${name} is not ${expected}`);
  }
}

/** Parses JSON text of UTF-8 bytes; null where it is none. */
export function parseJsonBytes(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes));
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof TypeError) return null;
    throw cause;
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** As JSON has them: encoders check what they are given before it is text, and a `Date`, say, would become one. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
