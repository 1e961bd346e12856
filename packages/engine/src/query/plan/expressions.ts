import {
  type Comparison,
  type Expr,
  type FuzzySearch,
  partsOf,
  type Predicate,
  type RankFusion,
  type TextRanking,
  type VariableIndex,
  type WordSearch,
} from "@omnigraph/language";

/** An expression with the same value for all rows. */
export type ConstantExpr = Extract<Expr, { kind: "literal" | "parameter" | "now" }>;

/** An expression that reads one entity, or a path. */
export type EntityExpr = Extract<Expr, { kind: "entity" | "field" | "search" | "path" }>;

/** Whether an expression has the same value for all rows. */
export function isConstant(expr: Expr): expr is ConstantExpr {
  return expr.kind === "literal" || expr.kind === "parameter" || expr.kind === "now";
}

/** The variables that an expression reads. */
export function readsOf(expr: Expr): readonly VariableIndex[] {
  switch (expr.kind) {
    case "entity":
    case "field":
    case "search":
    case "path":
      return [expr.variable];
    case "aggregate":
      return readsOf(expr.argument);
    case "literal":
    case "parameter":
    case "now":
      return [];
  }
}

/** The values that a condition compares. */
export function operandsOf(predicate: Predicate): readonly Expr[] {
  return partsOf(predicate).flatMap((part) =>
    part.kind === "filter" ? [part.left, part.right] : [part.operand],
  );
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
  if (field.kind !== "field" || field.field.kind === "property" || !isConstant(constant)) return null;
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
