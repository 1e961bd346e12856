import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { OmnigraphError } from "./errors/error.ts";

/** Where something stands in a file, one-based. */
export interface YamlPlace {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** Makes the error for something that is wrong in a file. `problem` begins with the place. */
export type YamlRefusal = (problem: string, place: YamlPlace) => OmnigraphError;

/** What the values of one file share. */
interface YamlFile {
  readonly path: string;
  readonly lines: LineCounter;
  readonly refusal: YamlRefusal;
}

/** Reads the text of a YAML file. Its values are asked for what they should be, and refuse what they are not by their place. */
export function parseYaml(path: string, text: string, refusal: YamlRefusal): YamlValue {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const file: YamlFile = { path, lines, refusal };
  const whole = new YamlValue(file, document.contents, 0, "the file");
  const [error] = document.errors;
  if (error !== undefined) throw new YamlValue(file, null, error.pos[0], "the file").refused(error.message);
  return whole;
}

/** A value in a YAML file. The place of a member is that of its name. */
export class YamlValue {
  readonly #file: YamlFile;
  readonly #node: unknown;
  readonly #offset: number;
  /** What it is, for messages: `rules[0].allow`. */
  readonly name: string;

  /** @internal */
  constructor(file: YamlFile, node: unknown, offset: number, name: string) {
    this.#file = file;
    this.#node = node;
    this.#offset = offset;
    this.name = name;
  }

  /** The members by name, in their order; none where nothing is there. Refuses a name that is not in `known`, if that is given. */
  members(known?: readonly string[]): ReadonlyMap<string, YamlValue> {
    const members = new Map<string, YamlValue>();
    if (this.#isNothing) return members;
    if (!isMap(this.#node)) throw this.refused(`${this.name} must hold names and values`);
    for (const { key, value } of this.#node.items) {
      const offset = startOf(key, this.#offset);
      const name = new YamlValue(this.#file, key, offset, `a name in ${this.name}`).text();
      const inner = this.#inner(value, offset, this.#isWhole ? name : `${this.name}.${name}`);
      if (known !== undefined && !known.includes(name))
        throw inner.refused(`${inner.name} is not known; known here: ${known.join(", ")}`);
      members.set(name, inner);
    }
    return members;
  }

  /** A member that must be there. */
  required(name: string): YamlValue {
    const found = this.members().get(name);
    if (found !== undefined) return found;
    throw this.refused(`${this.name} must have ${name}`);
  }

  /** Refuses a file whose member `version` is not this one. */
  checkVersion(version: number): void {
    const found = this.required("version");
    if (found.number() !== version)
      throw found.refused(`version must be ${version}: this release knows no other`);
  }

  /** The items of a list. */
  items(): readonly YamlValue[] {
    if (!isSeq(this.#node)) throw this.refused(`${this.name} must be a list`);
    return this.#node.items.map((item, i) =>
      this.#inner(item, startOf(item, this.#offset), `${this.name}[${i}]`),
    );
  }

  /** A text that is not empty. */
  text(): string {
    const value: unknown = isScalar(this.#node) ? this.#node.value : null;
    if (typeof value === "string" && value !== "") return value;
    throw this.refused(`${this.name} must be a text`);
  }

  /** The texts of a list. */
  texts(): readonly string[] {
    return this.items().map((item) => item.text());
  }

  /** One of some words. */
  oneOf<Word extends string>(words: readonly Word[]): Word {
    const value: unknown = isScalar(this.#node) ? this.#node.value : null;
    const word = words.find((each) => each === value);
    if (word !== undefined) return word;
    throw this.refused(`${this.name} must be one of ${words.join(", ")}`);
  }

  /** A text, a number, or true or false. */
  scalar(): string | number | boolean {
    const value: unknown = isScalar(this.#node) ? this.#node.value : null;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
    throw this.refused(`${this.name} must be a text, a number, or true or false`);
  }

  number(): number {
    const value: unknown = isScalar(this.#node) ? this.#node.value : null;
    if (typeof value === "number") return value;
    throw this.refused(`${this.name} must be a number`);
  }

  /** An error that says what is wrong here. */
  refused(problem: string): OmnigraphError {
    const { path, lines, refusal } = this.#file;
    const { line, col: column } = lines.linePos(this.#offset);
    return refusal(`${path}:${line}:${column}: ${problem}`, { path, line, column });
  }

  /** Its place for messages: `config.yaml:3:5`. */
  get place(): string {
    const { line, col } = this.#file.lines.linePos(this.#offset);
    return `${this.#file.path}:${line}:${col}`;
  }

  get #isNothing(): boolean {
    return (
      this.#node === null || this.#node === undefined || (isScalar(this.#node) && this.#node.value === null)
    );
  }

  get #isWhole(): boolean {
    return this.name === "the file";
  }

  #inner(node: unknown, offset: number, name: string): YamlValue {
    const inner = new YamlValue(this.#file, node, offset, name);
    // Followed, they could make a small file endless.
    if (isAlias(node))
      throw inner.refused(`${name} is an alias, which is not understood here; write its value`);
    return inner;
  }
}

function startOf(node: unknown, otherwise: number): number {
  return isNode(node) ? (node.range?.[0] ?? otherwise) : otherwise;
}
