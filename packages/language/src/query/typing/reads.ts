import { typeExpr } from "./expressions.ts";
import type { ReadQuery, ReturnColumn } from "../ir/typed-query.ts";
import { type TypedColumn, typeOrder } from "./order.ts";
import { typeBlock } from "./patterns.ts";
import { printExpr } from "../format/print.ts";
import type { QueryContext, Scope } from "./scope.ts";
import type { ColumnNode, ExprNode, ReadNode } from "../syntax/tree.ts";
import type { IntegerNode } from "../../text/literal-tree.ts";
import { isAggregate } from "../../types/aggregates.ts";

/** The parts of a typed read that come from its body. */
export type ReadParts = Pick<ReadQuery, "clauses" | "columns" | "grouped" | "order" | "limit" | "variables">;

/** Types the body of a read; null after errors, which are in the context. */
export function typeRead(context: QueryContext, node: ReadNode): ReadParts | null {
  const { clauses, scope } = typeBlock(context, node.clauses, null);
  const columns = node.columns.map((column) => typeColumn(context, column, scope));
  const grouped = columns.some(({ node: { expr } }) => expr.kind === "call" && isAggregate(expr.function));
  if (grouped) checkGroupKeys(context, columns);
  checkColumnNames(context, columns);
  const order = typeOrder(context, node, columns, grouped, scope);
  const limit = node.limit === null ? null : typeLimit(context, node.limit);
  const variables = context.variables();
  if (context.findings.length > 0 || variables === null) return null;
  return { variables, clauses, columns: columns.flatMap(returned), grouped, order, limit };
}

function typeColumn(context: QueryContext, node: ColumnNode, scope: Scope): TypedColumn {
  const name = node.alias?.text ?? columnName(node.expr);
  return { node, name, expr: typeExpr({ context, scope, place: "return" }, node.expr) };
}

/** The name of a column without an alias: its text without `$`, as in `x.prop`, `x`, `count(x)`. */
function columnName(node: ExprNode): string {
  const text = printExpr(node);
  return node.kind === "string" ? text : text.replaceAll("$", "");
}

function returned({ node, name, expr }: TypedColumn): ReturnColumn[] {
  if (expr === null) return [];
  const shortName = node.alias === null && node.expr.kind === "property" ? node.expr.property.text : name;
  return [{ name, shortName, expr }];
}

function checkGroupKeys(context: QueryContext, columns: readonly TypedColumn[]): void {
  for (const { node, expr } of columns) {
    if (expr === null || expr.kind === "aggregate" || expr.kind === "field" || expr.kind === "entity")
      continue;
    context.error("T9", node.expr.span, "beside an aggregate only plain group keys can be returned");
  }
}

function checkColumnNames(context: QueryContext, columns: readonly TypedColumn[]): void {
  const seen = new Set<string>();
  for (const { node, name } of columns) {
    if (seen.has(name)) {
      context.error(
        "Q-DUPLICATE-COLUMN",
        (node.alias ?? node.expr).span,
        `two columns are called \`${name}\``,
      );
    }
    seen.add(name);
  }
}

function typeLimit(context: QueryContext, node: IntegerNode): number {
  const limit = Number(node.value);
  if (!Number.isSafeInteger(limit)) {
    context.error("Q-LIMIT", node.span, `the limit ${node.value} is too large`);
  }
  return limit;
}
