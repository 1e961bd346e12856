import { OmnigraphError } from "./errors/error.ts";
import { quoted } from "./quoted.ts";
import { shortestFloat32 } from "./float32.ts";
import { LIMITS } from "./limits.ts";
import { defineMember } from "./members.ts";

/** A JSON value, exact: an integer that no double holds is a bigint. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [member: string]: JsonValue;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/uy;
// oxlint-disable-next-line no-control-regex -- they are what JSON forbids in a string
const PLAIN = /[^"\\\u0000-\u001f]*/uy;
const BLANK = /[ \t\r\n]*/uy;
const HEX = /^[0-9a-fA-F]{4}$/;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** A number that `writeJson` writes as its own text. */
export class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Reads one JSON text. Integers beyond 2^53 come as bigint with all their digits; duplicate members, numbers too
 * large for a double, NaN and nesting deeper than `LIMITS.nestingDepth` are refused.
 * Errors: `json_invalid`, with `details.line` and `details.column` (one-based, in code points).
 */
export function parseJson(text: string): JsonValue {
  return new Reader(text).read();
}

/**
 * Writes a value as JSON: bigint with its digits, numbers in their shortest text (-0 as `-0.0`, which reads back
 * as such), vectors as arrays of the shortest float32 texts. Members that are undefined are left out, `toJSON` is
 * honoured. With `indent`, one member or item a line.
 * Errors: `internal` for what JSON cannot say (NaN, functions).
 */
export function writeJson(value: unknown, indent = 0): string {
  return writeValue(value, " ".repeat(indent), "\n");
}

function writeValue(value: unknown, step: string, lineBreak: string): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "boolean":
    case "bigint":
      return String(value);
    case "number":
      return writeNumber(value);
    case "object":
      if (value === null) return "null";
      if (value instanceof Float32Array)
        return writeItems(Array.from(value, shortestFloat32), step, lineBreak);
      if (Array.isArray(value)) return writeItems(value, step, lineBreak);
      if (value instanceof NumberText) return value.text;
      if ("toJSON" in value && typeof value.toJSON === "function") {
        return writeValue(value.toJSON(), step, lineBreak);
      }
      return writeMembers(value, step, lineBreak);
    case "undefined":
    case "function":
    case "symbol":
      throw new OmnigraphError("internal", `invariant broken: a ${typeof value} cannot be written as JSON`);
  }
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) {
    throw new OmnigraphError("internal", `invariant broken: ${value} cannot be written as JSON`);
  }
  return Object.is(value, -0) ? "-0.0" : String(value);
}

function writeItems(items: readonly unknown[], step: string, lineBreak: string): string {
  const inner = lineBreak + step;
  return enclose(
    "[",
    items.map((item) => writeValue(item ?? null, step, inner)),
    "]",
    step,
    lineBreak,
  );
}

function writeMembers(object: object, step: string, lineBreak: string): string {
  const inner = lineBreak + step;
  const colon = step === "" ? ":" : ": ";
  const members: string[] = [];
  for (const [name, value] of Object.entries(object)) {
    if (value !== undefined) members.push(JSON.stringify(name) + colon + writeValue(value, step, inner));
  }
  return enclose("{", members, "}", step, lineBreak);
}

function enclose(
  open: string,
  parts: readonly string[],
  close: string,
  step: string,
  lineBreak: string,
): string {
  if (parts.length === 0) return open + close;
  if (step === "") return open + parts.join(",") + close;
  return open + lineBreak + step + parts.join(`,${lineBreak}${step}`) + lineBreak + close;
}

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): JsonValue {
    this.#blank();
    const value = this.#value();
    this.#blank();
    if (this.#at < this.#text.length) this.#fail(`${this.#found()} stands after the end of the value`);
    return value;
  }

  #value(): JsonValue {
    switch (this.#text[this.#at]) {
      case "{":
        return this.#nested(() => this.#object());
      case "[":
        return this.#nested(() => this.#array());
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      case undefined:
      default:
        return this.#number();
    }
  }

  #nested(read: () => JsonValue): JsonValue {
    if (++this.#depth > LIMITS.nestingDepth.value) {
      this.#fail(`nested deeper than ${LIMITS.nestingDepth.value} levels`);
    }
    this.#at++;
    this.#blank();
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): JsonObject {
    const object: Record<string, JsonValue> = {};
    if (this.#skip("}")) return object;
    do {
      this.#blank();
      const start = this.#at;
      if (this.#text[start] !== '"') this.#fail(`${this.#found()} stands where a member's name is expected`);
      const name = this.#string();
      if (Object.hasOwn(object, name)) this.#fail(`the member ${quoted(name)} is given twice`, start);
      this.#blank();
      if (!this.#skip(":")) this.#fail(`${this.#found()} stands where ":" is expected`);
      this.#blank();
      // Assigning __proto__ would set the prototype instead.
      if (name === "__proto__") {
        defineMember(object, name, this.#value());
      } else object[name] = this.#value();
      this.#blank();
    } while (this.#skip(","));
    if (!this.#skip("}")) this.#fail(`${this.#found()} stands where "," or "}" is expected`);
    return object;
  }

  #array(): readonly JsonValue[] {
    const items: JsonValue[] = [];
    if (this.#skip("]")) return items;
    do {
      this.#blank();
      items.push(this.#value());
      this.#blank();
    } while (this.#skip(","));
    if (!this.#skip("]")) this.#fail(`${this.#found()} stands where "," or "]" is expected`);
    return items;
  }

  #string(): string {
    const start = this.#at++;
    let value = "";
    for (;;) {
      PLAIN.lastIndex = this.#at;
      value += PLAIN.exec(this.#text)?.[0] ?? "";
      this.#at = PLAIN.lastIndex;
      const next = this.#text[this.#at];
      if (next === '"') break;
      if (next === undefined) this.#fail("the string that begins here has no end", start);
      if (next !== "\\") this.#fail("a control character stands in a string; write it as an escape");
      value += this.#escape();
    }
    this.#at++;
    return value;
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? "";
    const plain = ESCAPES[letter];
    if (plain !== undefined) {
      this.#at += 2;
      return plain;
    }
    const hex = this.#text.slice(this.#at + 2, this.#at + 6);
    if (letter !== "u" || !HEX.test(hex)) this.#fail("no escape that JSON knows");
    this.#at += 6;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  #number(): number | bigint {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) this.#fail(`${this.#found()} stands where a value is expected`);
    const [digits, fraction, exponent] = match;
    const number = Number(digits);
    if (!Number.isFinite(number)) this.#fail(`${digits} is larger than any number`);
    this.#at = NUMBER.lastIndex;
    const whole = fraction === undefined && exponent === undefined;
    return whole && !Number.isSafeInteger(number) ? BigInt(digits) : number;
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at))
      this.#fail(`${this.#found()} stands where a value is expected`);
    this.#at += word.length;
    return value;
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #blank(): void {
    BLANK.lastIndex = this.#at;
    BLANK.exec(this.#text);
    this.#at = BLANK.lastIndex;
  }

  #found(): string {
    const word = /[A-Za-z0-9_]{1,40}|[^]?/uy;
    word.lastIndex = this.#at;
    const found = word.exec(this.#text)?.[0] ?? "";
    return found === "" ? "the end" : JSON.stringify(found);
  }

  #fail(problem: string, at: number = this.#at): never {
    const before = this.#text.slice(0, at);
    const lineStart = before.lastIndexOf("\n") + 1;
    const line = before.split("\n").length;
    const column = Array.from(before.slice(lineStart)).length + 1;
    throw new OmnigraphError("json_invalid", `JSON, line ${line}, column ${column}: ${problem}`, {
      details: { line, column },
    });
  }
}
