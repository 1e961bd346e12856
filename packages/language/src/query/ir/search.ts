import type { Property } from "../../schema/catalog/catalog.ts";
import type { ExprType } from "../../types/expr-types.ts";
import type { LiteralExpr } from "../../types/literals.ts";

/** What is searched for: it is the same for all rows. */
export type SearchInput =
  | LiteralExpr
  | { readonly kind: "parameter"; readonly name: string; readonly type: ExprType };

interface Searched {
  readonly kind: "search";
  /** Position of the variable whose entities are searched or ranked. */
  readonly variable: number;
  readonly property: Property;
  readonly query: SearchInput;
  readonly type: ExprType;
}

/** Whether a text has one of the words; true, false, or null where there is no text. */
export interface WordSearch extends Searched {
  readonly function: "search" | "match_text";
}

/** Whether a text has a word that is one of the words but for so many edits; null edits are the default. */
export interface FuzzySearch extends Searched {
  readonly function: "fuzzy";
  readonly edits: SearchInput | null;
}

/** How well a text fits some words: 0 where it has none of them. */
export interface TextRanking extends Searched {
  readonly function: "bm25";
}

/** How far a vector is from another; null where there is none. A query of text must be embedded first. */
export interface VectorRanking extends Searched {
  readonly function: "nearest";
}

export type Ranking = TextRanking | VectorRanking;

/** Two rankings of one variable, fused by the ranks of its entities; null is the default constant. */
export interface RankFusion extends Omit<Searched, "property" | "query"> {
  readonly function: "rrf";
  readonly rankings: readonly [Ranking, Ranking];
  readonly constant: SearchInput | null;
}

/** A call of a search function. It reads one variable. */
export type SearchExpr = WordSearch | FuzzySearch | Ranking | RankFusion;

/** Whether the best comes last of an ascending order; null where values have no best. Orders by a ranking begin with the best. */
export function bestIsGreatest({ function: name }: SearchExpr): boolean | null {
  switch (name) {
    case "bm25":
    case "rrf":
      return true;
    case "nearest":
      return false;
    case "search":
    case "match_text":
    case "fuzzy":
      return null;
  }
}
