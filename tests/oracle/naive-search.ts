import type { Value, Values } from "@omnigraph/base";
import type {
  FuzzySearch,
  Property,
  Ranking,
  RankFusion,
  ReadQuery,
  RowCount,
  SearchExpr,
  SearchInput,
  TextRanking,
  VectorRanking,
} from "@omnigraph/language";
import type { NaiveEntity, NaiveGraphData } from "./naive-query.ts";
import { areNear, naiveTerms } from "./naive-words.ts";

type Row = readonly (NaiveEntity | null | undefined)[];

/** Searches by looking at every text and every vector, each time anew. */
export class NaiveSearch {
  readonly #data: NaiveGraphData;
  readonly #parameters: Values;
  /** By fusion the ranks of its rankings: entities in their order. */
  readonly #fused = new Map<string, readonly (readonly NaiveEntity[])[]>();

  constructor(data: NaiveGraphData, parameters: Values) {
    this.#data = data;
    this.#parameters = parameters;
  }

  /** The rows that an order by rankings keeps; afterwards fusions have values. */
  ranked<Kept extends Row>({ order, columns, limit }: ReadQuery, rows: readonly Kept[]): Kept[] {
    const ordered = order.flatMap(({ expr }) => (expr.kind === "search" ? [expr] : []));
    const rankings = ordered.filter(
      (search): search is Ranking => search.function === "bm25" || search.function === "nearest",
    );
    const kept = rows.filter((row) => rankings.every((ranking) => this.#has(ranking, at(row, ranking))));
    for (const { expr } of [...order, ...columns])
      if (expr.kind === "search" && expr.function === "rrf") this.#fuse(expr, kept, this.#count(limit));
    const fusions = ordered.filter((search): search is RankFusion => search.function === "rrf");
    return kept.filter((row) => fusions.every((fusion) => Number(this.value(fusion, at(row, fusion))) > 0));
  }

  value(search: SearchExpr, entity: NaiveEntity | null): Value {
    if (entity === null) return null;
    switch (search.function) {
      case "search":
      case "match_text":
        return this.#found(search, entity, 0);
      case "fuzzy":
        return this.#found(search, entity, this.#edits(search));
      case "bm25":
        return this.#score(search, entity);
      case "nearest":
        return this.#distance(search, entity);
      case "rrf": {
        const constant = Number(this.#input(search.constant) ?? 60);
        return this.#ranks(search, entity).reduce((sum, rank) => sum + 1 / (constant + rank), 0);
      }
    }
  }

  /** What orders equal values before ids do. */
  tie(search: SearchExpr, a: NaiveEntity | null, b: NaiveEntity | null): number {
    if (search.function !== "rrf" || a === null || b === null) return 0;
    const [first, second] = [this.#ranks(search, a)[0] ?? 0, this.#ranks(search, b)[0] ?? 0];
    return first === second ? 0 : first - second;
  }

  #has(ranking: Ranking, entity: NaiveEntity | null): boolean {
    const value = this.value(ranking, entity);
    return ranking.function === "bm25" ? Number(value) > 0 : value !== null;
  }

  #fuse(fusion: RankFusion, rows: readonly Row[], most: number): void {
    const entities = [...new Set(rows.flatMap((row) => at(row, fusion) ?? []))];
    const fused = fusion.rankings.map((ranking) => {
      const sign = ranking.function === "bm25" ? -1 : 1;
      return entities
        .filter((entity) => this.#has(ranking, entity))
        .toSorted((a, b) => {
          const [first, second] = [this.value(ranking, a), this.value(ranking, b)].map(Number);
          const isEqual = first === second;
          return isEqual ? Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)) : sign * (first! - second!);
        })
        .slice(0, most);
    });
    this.#fused.set(keyOf(fusion), fused);
  }

  /** From 1, infinite where the ranking does not have the entity. */
  #ranks(fusion: RankFusion, entity: NaiveEntity): readonly number[] {
    const fused = this.#fused.get(keyOf(fusion)) ?? [];
    return fused.map((ranked) => (ranked.includes(entity) ? ranked.indexOf(entity) + 1 : Infinity));
  }

  #found({ property, query }: Exclude<SearchExpr, RankFusion>, entity: NaiveEntity, edits: number): Value {
    const text = entity.values.get(property.id) ?? null;
    const wanted = this.#input(query);
    if (typeof text !== "string" || typeof wanted !== "string") return null;
    return naiveTerms(text).some((term) =>
      naiveTerms(wanted).some((other) => areNear(Array.from(term), Array.from(other), edits)),
    );
  }

  #edits({ edits }: FuzzySearch): number {
    return Number(this.#input(edits) ?? 2);
  }

  #score({ property, query }: TextRanking, entity: NaiveEntity): number {
    const wanted = this.#input(query);
    const own = termsOf(entity, property);
    const texts = [...(this.#data.get(entity.type.name) ?? [])]
      .map((other) => termsOf(other, property))
      .filter((terms) => terms.length > 0);
    const mean = texts.reduce((sum, terms) => sum + terms.length, 0) / texts.length;
    const asked = typeof wanted === "string" ? naiveTerms(wanted) : [];
    let score = 0;
    for (const term of [...new Set(asked)].toSorted()) {
      const times = asked.filter((other) => other === term).length;
      const having = texts.filter((terms) => terms.includes(term)).length;
      const count = own.filter((other) => other === term).length;
      const idf = Math.log(1 + (texts.length - having + 0.5) / (having + 0.5));
      if (count > 0)
        score += (times * idf * 2.2 * count) / (count + 1.2 * (0.25 + (0.75 * own.length) / mean));
    }
    return Math.fround(score);
  }

  #distance({ property, query }: VectorRanking, entity: NaiveEntity): number | null {
    const own = entity.values.get(property.id) ?? null;
    const wanted = this.#input(query);
    if (!(own instanceof Float32Array) || !(wanted instanceof Float32Array)) return null;
    return Math.fround(wanted.reduce((sum, x, k) => sum + ((own[k] ?? 0) - x) ** 2, 0));
  }

  #input(input: SearchInput | null): Value {
    if (input === null) return null;
    return input.kind === "literal" ? input.value : (this.#parameters[input.name] ?? null);
  }

  #count(count: RowCount | null): number {
    const given = count === null || typeof count === "number" ? count : this.#parameters[count.name];
    return given === null || given === undefined ? Infinity : Number(given);
  }
}

function at(row: Row, { variable }: SearchExpr): NaiveEntity | null {
  const entity = row[variable];
  if (entity === undefined) throw new TypeError(`variable ${variable} is not bound`);
  return entity;
}

function termsOf(entity: NaiveEntity, { id }: Property): readonly string[] {
  const text = entity.values.get(id);
  return typeof text === "string" ? naiveTerms(text) : [];
}

function keyOf(fusion: RankFusion): string {
  return JSON.stringify([fusion.rankings, fusion.constant], (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
}
