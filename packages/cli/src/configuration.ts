import { OmnigraphError } from "@omnigraph/base";
import { type Document, isMap, isNode, isScalar, LineCounter, type Pair, parseDocument } from "yaml";
import { type Shown, shown } from "./output/shown.ts";

/** The known sections and members of a configuration file. This version uses `operator.actor` and `defaults.store`; the others are for servers. */
const KNOWN: ReadonlyMap<string, readonly string[] | null> = new Map([
  ["operator", ["actor"]],
  ["defaults", ["store", "server", "cluster", "graph", "profile"]],
  ["servers", null],
  ["clusters", null],
  ["profiles", null],
  ["aliases", null],
]);

/** The settings of a configuration file. */
export interface Configuration {
  readonly store?: string;
  readonly actor?: string;
}

/** Reads the text of a configuration file, and warns of unknown members. Errors: `config_invalid` with the place. */
export function readConfiguration(
  path: string,
  text: string,
  warn: (warning: Shown) => Promise<void>,
): Promise<Configuration> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  return new Reading(path, document, lineCounter, warn).configuration();
}

/** Reads one configuration file: wrong values are errors with their place, unknown members are warnings. */
class Reading {
  readonly #path: string;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #warn: (warning: Shown) => Promise<void>;

  constructor(
    path: string,
    document: Document.Parsed,
    lines: LineCounter,
    warn: (warning: Shown) => Promise<void>,
  ) {
    this.#path = path;
    this.#document = document;
    this.#lines = lines;
    this.#warn = warn;
  }

  async configuration(): Promise<Configuration> {
    const [error] = this.#document.errors;
    if (error !== undefined) this.#refuse(error.pos[0], error.message);
    const found: { store?: string; actor?: string } = {};
    for (const [section, pair] of this.#pairs(this.#document.contents, "the file")) {
      const known = KNOWN.get(section);
      if (known === undefined) await this.#unknown(pair, section, [...KNOWN.keys()]);
      if (known === undefined || known === null) continue;
      for (const [key, inner] of this.#pairs(pair.value, section)) {
        const name = `${section}.${key}`;
        if (!known.includes(key)) await this.#unknown(inner, name, known);
        if (name === "operator.actor") found.actor = this.#text(inner, name);
        if (name === "defaults.store") found.store = this.#text(inner, name);
      }
    }
    return found;
  }

  /** The members of a map by name; none where it is missing. */
  #pairs(node: unknown, what: string): readonly (readonly [string, Pair])[] {
    if (node === null || node === undefined || (isScalar(node) && node.value === null)) return [];
    if (!isMap(node)) this.#refuse(this.#startOf(node), `${what} must hold names and values`);
    return node.items.map((pair) => {
      const key: unknown = isScalar(pair.key) ? pair.key.value : null;
      return [
        typeof key === "string"
          ? key
          : this.#refuse(this.#startOf(pair.key), `a name in ${what} must be a text`),
        pair,
      ];
    });
  }

  #text(pair: Pair, name: string): string {
    const value: unknown = isScalar(pair.value) ? pair.value.value : null;
    if (typeof value === "string" && value !== "") return value;
    return this.#refuse(this.#startOf(pair.key), `${name} must be a text`);
  }

  #startOf(node: unknown): number {
    return isNode(node) ? (node.range?.[0] ?? 0) : 0;
  }

  #placeOf(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#path}:${line}:${col}`;
  }

  async #unknown(pair: Pair, name: string, known: readonly string[]): Promise<void> {
    const place = this.#placeOf(this.#startOf(pair.key));
    await this.#warn(
      shown`warning: ${place}: ${name} is not known and has no effect; known here: ${known.join(", ")}\n`,
    );
  }

  #refuse(offset: number, problem: string): never {
    throw new OmnigraphError(
      "config_invalid",
      `${this.#placeOf(offset)}: ${problem}; fix the configuration file, or name the graph and the author on the command line`,
      { details: { path: this.#path, line: this.#lines.linePos(offset).line } },
    );
  }
}
