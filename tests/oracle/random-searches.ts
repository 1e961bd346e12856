import type { JsonValue } from "@omnigraph/base";
import type { ValueType } from "@omnigraph/language";
import fc from "fast-check";
import { chance, oneOf, type Pick, picks } from "../support/generators/arbitrary-values.ts";
import { ParameterBuilder } from "../support/generators/parameter-builder.ts";
import { NAIVE_WORDS } from "./naive-words.ts";
import type { QueryCase } from "./query-case.ts";
import type { DrawnEntity } from "./random-graph.ts";

/** Texts and vectors, required and optional, of nodes and of edges. */
export const SEARCHED_SCHEMA = `
node Doc { slug: String @key title: String body: String? kind: enum(a, b)? vec: Vector(3)? }
node Tag { name: String @key note: String? place: Vector(2) }
edge About: Doc -> Tag { why: String? }
edge Cites: Doc -> Doc
`;

const TEXT: ValueType = {
  scalar: "String",
  list: false,
  nullable: false,
  dimension: null,
  enumValues: null,
};
const COUNT: ValueType = { ...TEXT, scalar: "I32" };
const WORDS = [...NAIVE_WORDS.keys()];
const COMMON = 8;
/** Few, so that distances are equal often; the last ones are too far for 32 bits. */
const COMPONENTS = [-1, 0, 0.5, 1, 3e38, -3e38];

/** A graph of texts, and its past: some entities are updated since, some deleted, some came back. */
export function arbitrarySearchedEntities(): fc.Arbitrary<readonly DrawnEntity[]> {
  return picks().map((pick) => {
    const docs = idsOf(pick, "d", 7).map((id): DrawnEntity => ({
      type: "Doc",
      id,
      data: {
        slug: id,
        title: text(pick),
        body: chance(pick, 5) ? null : text(pick),
        kind: oneOf(pick, ["a", "b", null]),
        vec: chance(pick, 4) ? null : vector(pick, 3),
      },
    }));
    const tags = idsOf(pick, "t", 3).map((id): DrawnEntity => ({
      type: "Tag",
      id,
      data: { name: id, note: chance(pick, 4) ? null : text(pick), place: vector(pick, 2) },
    }));
    const edges = Array.from({ length: pick(fc.nat, 9) }, (_, at): DrawnEntity => {
      const isAbout = chance(pick, 2);
      const ends = [`d${pick(fc.nat, 6)}`, isAbout ? `t${pick(fc.nat, 2)}` : `d${pick(fc.nat, 6)}`] as const;
      const data = isAbout ? { why: chance(pick, 3) ? null : text(pick) } : {};
      return { type: isAbout ? "About" : "Cites", id: `e${at}`, ends, data };
    });
    return [...docs, ...tags, ...edges];
  });
}

function idsOf(pick: Pick, prefix: string, most: number): readonly string[] {
  return Array.from({ length: most }, (_, at) => `${prefix}${at}`).filter(() => !chance(pick, 4));
}

function text(pick: Pick): string {
  return words(pick, pick(fc.nat, 8));
}

/** Some words come often, so that texts and searches meet. */
function words(pick: Pick, count: number): string {
  return Array.from({ length: count }, () =>
    oneOf(pick, chance(pick, 3) ? WORDS : WORDS.slice(0, COMMON)),
  ).join(" ");
}

function vector(pick: Pick, dimension: number): JsonValue {
  const most = chance(pick, 6) ? COMPONENTS.length : 4;
  return Array.from({ length: dimension }, () => oneOf(pick, COMPONENTS.slice(0, most)));
}

/** A property that can be searched, or ranked by. */
interface Field {
  readonly path: string;
  readonly variable: string;
}

/** Reads that search and rank, over the schema above. */
export function arbitrarySearch(): fc.Arbitrary<QueryCase["queries"][number]> {
  return picks().map((pick) => new SearchBuilder(pick).build());
}

class SearchBuilder {
  readonly #pick: Pick;
  readonly #parameters: ParameterBuilder;
  #texts: readonly Field[] = [];
  #vectors: readonly (Field & { readonly dimension: number })[] = [];

  constructor(pick: Pick) {
    this.#pick = pick;
    this.#parameters = new ParameterBuilder(pick);
  }

  build(): QueryCase["queries"][number] {
    const pick = this.#pick;
    const clauses = [
      ...this.#pattern(),
      ...[2, 4].flatMap((oneIn) => (chance(pick, oneIn) ? [this.#condition()] : [])),
    ];
    const isCounted = chance(pick, 6);
    const columns = isCounted ? ["$d.kind", "count($d) as n"] : this.#columns();
    const order = isCounted ? [] : this.#order(columns);
    const isLimited =
      order.length > 0 || columns.some((column) => column.startsWith("rrf")) || chance(pick, 3);
    const parts = [
      `match { ${clauses.join(" ")} }`,
      `return { ${columns.join(", ")} }`,
      ...(order.length === 0 ? [] : [`order { ${order.join(", ")} }`]),
      ...(isLimited ? [`limit ${1 + pick(fc.nat, 6)}`] : []),
      ...(isLimited && chance(pick, 5) ? [`offset ${pick(fc.nat, 3)}`] : []),
    ];
    return {
      text: `${this.#parameters.signature()} { ${parts.join(" ")} }`,
      parameters: this.#parameters.values,
    };
  }

  #pattern(): readonly string[] {
    const doc = (variable: string): readonly Field[] =>
      ["title", "body"].map((name) => ({ variable, path: `$${variable}.${name}` }));
    const vec = (variable: string) => ({ variable, path: `$${variable}.vec`, dimension: 3 });
    const tag = [{ variable: "t", path: "$t.note" }];
    switch (this.#pick(fc.nat, 5)) {
      case 0:
        this.#texts = [...doc("d"), ...tag, { variable: "w", path: "$w.why" }];
        this.#vectors = [vec("d"), { variable: "t", path: "$t.place", dimension: 2 }];
        return ["$d: Doc", "$d $w:about $t"];
      case 1:
        this.#texts = [...doc("d"), ...doc("c")];
        this.#vectors = [vec("d"), vec("c")];
        return [this.#chance(2) ? "$d cites $c" : "$d cites{1,2} $c"];
      case 2:
        this.#texts = [...doc("d"), ...tag];
        this.#vectors = [vec("d")];
        return ["$d: Doc", "$d about $t"];
      case 3:
        this.#texts = [...doc("d"), ...tag];
        this.#vectors = [vec("d"), { variable: "t", path: "$t.place", dimension: 2 }];
        return ["$d: Doc", `optional { $d about $t ${this.#chance(2) ? this.#predicate() : ""} }`];
      default:
        this.#texts = doc("d");
        this.#vectors = [vec("d")];
        return ["$d: Doc"];
    }
  }

  #chance(oneIn: number): boolean {
    return chance(this.#pick, oneIn);
  }

  #condition(): string {
    switch (this.#pick(fc.nat, 7)) {
      case 5:
        return `${oneOf(this.#pick, ["not", "exists"])} { $d about $u ${this.#predicate("$u.note")} }`;
      case 0:
        return `not ${this.#predicate()}`;
      case 1:
        return `(${this.#predicate()} or $d.kind = "a")`;
      case 2:
        return `not { ${this.#predicate()} }`;
      case 3:
        return '$d.kind = "b"';
      case 4:
        return `${this.#predicate()} is not null`;
      default:
        return this.#predicate();
    }
  }

  #predicate(path: string = oneOf(this.#pick, this.#texts).path): string {
    const name = oneOf(this.#pick, ["search", "match_text", "fuzzy"]);
    const edits = name === "fuzzy" && this.#chance(2) ? [this.#count(0, 2)] : [];
    return `${name}(${[path, this.#words(), ...edits].join(", ")})`;
  }

  #words(): string {
    return this.#parameters.write(
      TEXT,
      words(this.#pick, chance(this.#pick, 8) ? 0 : 1 + this.#pick(fc.nat, 3)),
    );
  }

  #count(least: number, more: number): string {
    const count = least + this.#pick(fc.nat, more);
    return this.#chance(2) ? String(count) : this.#parameters.declare(COUNT, count);
  }

  #bm25(variable?: string): string {
    const texts = this.#texts.filter((field) => variable === undefined || field.variable === variable);
    return `bm25(${oneOf(this.#pick, texts).path}, ${this.#words()})`;
  }

  #nearest(variable?: string): string | null {
    const vectors = this.#vectors.filter((field) => variable === undefined || field.variable === variable);
    if (vectors.length === 0) return null;
    const { path, dimension } = oneOf(this.#pick, vectors);
    const value = vector(this.#pick, dimension);
    const type = { ...TEXT, scalar: "F32", dimension } as const;
    const query = this.#chance(2)
      ? JSON.stringify(value).replaceAll("e+", "e")
      : this.#parameters.declare(type, value);
    return `nearest(${path}, ${query})`;
  }

  #rrf(): string {
    const { variable } = oneOf(
      this.#pick,
      this.#texts.filter((field) => field.variable !== "w"),
    );
    const ranking = (): string =>
      this.#chance(2) ? this.#bm25(variable) : (this.#nearest(variable) ?? this.#bm25(variable));
    const constant = this.#chance(2) ? [this.#count(1, 60)] : [];
    return `rrf(${[ranking(), ranking(), ...constant].join(", ")})`;
  }

  #columns(): readonly string[] {
    const made = [
      ...(this.#chance(3) ? [`${this.#bm25()} as score`] : []),
      ...(this.#chance(3) ? [`${this.#nearest() ?? this.#bm25()} as far`] : []),
      ...(this.#chance(4) ? [`${this.#predicate()} as has`] : []),
      ...(this.#chance(4) ? [`${this.#rrf()} as fused`] : []),
    ];
    return [...(made.length > 0 && this.#chance(2) ? [] : ["$d.slug"]), ...made];
  }

  #order(columns: readonly string[]): readonly string[] {
    const keys: string[] = [];
    const aliases = columns.flatMap((column) =>
      column.includes(" as ") ? [column.split(" as ")[1] ?? ""] : [],
    );
    if (aliases.length > 0 && this.#chance(3)) keys.push(oneOf(this.#pick, aliases));
    for (let left = this.#chance(5) ? 2 : 1; left > 0; left--) {
      if (keys.length > 0 && this.#chance(2)) continue;
      keys.push(
        oneOf(this.#pick, [() => this.#bm25(), () => this.#rrf(), () => this.#nearest() ?? this.#bm25()])(),
      );
    }
    if (this.#chance(3)) keys.push("$d.kind");
    const isNear = keys.some((key) => key.startsWith("nearest"));
    const kept = isNear ? keys.filter((key) => !aliases.includes(key)) : keys;
    return kept.map((key) => `${key}${oneOf(this.#pick, ["", " asc", " desc"])}`);
  }
}
