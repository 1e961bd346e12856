import { unreachable } from "@omnigraph/base";
import { fieldName } from "./fields.ts";
import { formulaText } from "./formula.ts";
import type { SearchExpr, SearchInput } from "./search.ts";
import type { Expr, SimplePredicate } from "./typed-query.ts";

/** A key that is equal for two expressions exactly when they mean the same. */
export function exprKey(expr: Expr): string {
  switch (expr.kind) {
    case "entity":
      return `$${expr.variable}`;
    case "field":
      return `$${expr.variable}.${fieldName(expr.field)}`;
    case "path":
      return `${expr.part}($${expr.variable})`;
    case "subquery":
      return `subquery ${expr.variable}`;
    case "literal":
      return `${expr.type.scalar} ${literalKey(expr.value)}`;
    case "parameter":
      return `parameter ${expr.name}`;
    case "now":
      return "now()";
    case "aggregate":
      return `${expr.function}(${expr.distinct ? "distinct " : ""}${exprKey(expr.argument)})`;
    case "search":
      return `${expr.function}(${searchKey(expr)})`;
    case "computed":
      return `${expr.operation}(${expr.arguments.map(exprKey).join(", ")})`;
    case "outcome":
      return formulaText(expr.predicate, predicateKey);
    case "fixed":
      return exprKey(expr.expr);
    default:
      return unreachable(expr);
  }
}

function searchKey(expr: SearchExpr): string {
  if (expr.function === "rrf") return [...expr.rankings, ...given(expr.constant)].map(exprKey).join(", ");
  const edits = expr.function === "fuzzy" ? given(expr.edits) : [];
  return [`$${expr.variable}.${expr.property.name}`, ...[expr.query, ...edits].map(exprKey)].join(", ");
}

function given(input: SearchInput | null): readonly SearchInput[] {
  return input === null ? [] : [input];
}

function predicateKey(predicate: SimplePredicate): string {
  const negated = predicate.negated ? "not " : "";
  if (predicate.kind === "is_null") return `${negated}null(${exprKey(predicate.operand)})`;
  const { left, operator, right } = predicate;
  return `${negated}${operator}(${exprKey(left)}, ${exprKey(right)})`;
}

function literalKey(value: Extract<Expr, { kind: "literal" }>["value"]): string {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Float32Array) return `[${value.join(",")}]`;
  if (Array.isArray(value)) return `[${value.map((item) => literalKey(item)).join(",")}]`;
  return JSON.stringify(value);
}
