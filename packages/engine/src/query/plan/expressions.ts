import {
  type Comparison,
  type ComputedExpr,
  type Expr,
  type FuzzySearch,
  isConstant,
  type OutcomeExpr,
  type RankFusion,
  type TextRanking,
  type VariableIndex,
  type WordSearch,
} from "@omnigraph/language";

/** An expression with the same value for all rows. */
export type ConstantExpr = Extract<Expr, { kind: "literal" | "parameter" | "now" | "fixed" }>;

/** An expression that reads one variable: an entity, a path, or the value of a subquery. */
export type EntityExpr = Extract<Expr, { kind: "entity" | "field" | "search" | "path" | "subquery" }>;

/** An expression that is computed for each row. */
export type RowwiseExpr = ComputedExpr | OutcomeExpr;

/** Whether an expression is just read of a variable. */
export function isRead(expr: Expr): expr is EntityExpr {
  const { kind } = expr;
  return kind === "entity" || kind === "field" || kind === "search" || kind === "path" || kind === "subquery";
}

/** Whether an expression is computed for each row, and not just read. */
export function isRowwise(expr: Expr): expr is RowwiseExpr {
  return expr.kind === "computed" || expr.kind === "outcome";
}

/** The id of an entity, or of an end of an edge, that must be a constant. */
export interface IdEquality {
  readonly variable: VariableIndex;
  readonly field: "id" | "src" | "dst";
  readonly constant: ConstantExpr;
}

/** What a comparison says of an id; null where it says something else. Such a one is tested by ordinals, so it reads key tables and no ids. */
export function idEquality({ left, operator, right }: Comparison): IdEquality | null {
  if (operator !== "=") return null;
  const [field, constant] = isConstant(left) ? [right, left] : [left, right];
  if (field.kind !== "field" || !isConstant(constant)) return null;
  if (field.field.kind === "property" || field.field.kind === "type") return null;
  return { variable: field.variable, field: field.field.kind, constant };
}

/** What a comparison asks of a search function; null where it asks something else. Both are tested without reading what is searched. */
export type Hit =
  /** That it finds the row. */
  | { readonly kind: "found"; readonly search: WordSearch | FuzzySearch }
  /** That it gives the row a score. */
  | { readonly kind: "scored"; readonly search: TextRanking | RankFusion };

export function hitOf({ left, operator, right, negated }: Comparison): Hit | null {
  if (left.kind !== "search" || right.kind !== "literal" || negated) return null;
  switch (left.function) {
    case "search":
    case "match_text":
    case "fuzzy":
      return operator === "=" && right.value === true ? { kind: "found", search: left } : null;
    case "bm25":
    case "rrf":
      return operator === ">" && right.value === 0 ? { kind: "scored", search: left } : null;
    case "nearest":
      return null;
  }
}
