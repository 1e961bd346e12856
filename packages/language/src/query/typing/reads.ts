import { aggregatesIn, isOfGroups } from "../ir/expressions.ts";
import { exprKey } from "../ir/expr-key.ts";
import type { Expr, ReadQuery, ReturnColumn, RowCount } from "../ir/typed-query.ts";
import { typeHaving } from "./having.ts";
import { type TypedColumn, typeOrder } from "./order.ts";
import { typeBlock } from "./patterns.ts";
import { typeResult } from "./results.ts";
import { printResult } from "../format/print.ts";
import type { QueryContext, Scope } from "./scope.ts";
import type { Site } from "./site.ts";
import type { ColumnNode, ReadNode, ResultNode, RowCountNode } from "../syntax/tree.ts";
import { exprType, isInteger, isScalar, showType } from "../../types/expr-types.ts";
import type { ValueType } from "../../types/value-types.ts";

/** The parts of a typed read that come from its body. */
export type ReadParts = Pick<
  ReadQuery,
  "clauses" | "columns" | "grouped" | "having" | "order" | "limit" | "offset" | "variables"
>;

/** Types the body of a read; null after errors, which are in the context. */
export function typeRead(context: QueryContext, node: ReadNode): ReadParts | null {
  const { clauses, scope, subqueries } = typeBlock(context, node.clauses, null);
  const site = { context, scope, place: "return", subqueries } as const;
  const columns = node.columns.map((column) => typeColumn(site, column));
  const aggregates = columns.some(({ expr }) => expr !== null && aggregatesIn(expr).length > 0);
  const grouped = aggregates || node.distinct;
  if (grouped) checkGroupKeys(context, columns, aggregates ? "beside an aggregate" : "with `distinct`");
  checkColumnNames(context, columns);
  const having = typeHaving(site, node, columns, grouped);
  const order = typeOrder({ ...site, place: "order" }, node, columns, grouped);
  const limit = node.limit === null ? null : typeRowCount(context, node.limit, scope);
  const offset = node.offset === null ? null : typeRowCount(context, node.offset, scope);
  const variables = context.variables();
  if (context.findings.length > 0 || variables === null) return null;
  return { variables, clauses, columns: columns.flatMap(returned), grouped, having, order, limit, offset };
}

function typeColumn(site: Site, node: ColumnNode): TypedColumn {
  const name = node.alias?.text ?? columnName(node.expr);
  return { node, name, expr: typeResult(site, node.expr) };
}

/** The name of a column without an alias: its text without `$`, as in `x.prop`, `x`, `count(x)`. */
function columnName(node: ResultNode): string {
  const text = printResult(node);
  return node.kind === "string" ? text : text.replaceAll("$", "");
}

function returned({ node, name, expr }: TypedColumn): ReturnColumn[] {
  if (expr === null) return [];
  const shortName = node.alias === null && node.expr.kind === "property" ? node.expr.property.text : name;
  return [{ name, shortName, expr }];
}

function checkGroupKeys(context: QueryContext, columns: readonly TypedColumn[], where: string): void {
  const typed = columns.flatMap(({ expr }) => (expr === null ? [] : [expr]));
  const keys = new Set(typed.filter((expr) => aggregatesIn(expr).length === 0).map(exprKey));
  for (const { node, expr } of columns) {
    if (expr === null) continue;
    if (aggregatesIn(expr).length === 0 && !isGroupKey(expr)) {
      const what = "only variables, properties and what is computed of them can be returned";
      context.error("T9", node.expr.span, `${where} ${what}`);
    } else if (!isOfGroups(expr, keys)) {
      const message = "a value beside an aggregate is another one for each row of a group";
      context.error("T9", node.expr.span, message, "Return it as a column of its own, which groups by it.");
    }
  }
}

function isGroupKey({ kind }: Expr): boolean {
  return ["field", "entity", "path", "subquery", "computed", "outcome"].includes(kind);
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

const ROW_COUNT: ValueType = {
  scalar: "I64",
  list: false,
  nullable: false,
  dimension: null,
  enumValues: null,
};

function typeRowCount(context: QueryContext, node: RowCountNode, scope: Scope): RowCount | null {
  if (node.kind === "variable") {
    const parameter = context.useParameter(node, scope, ROW_COUNT);
    if (parameter === null) return null;
    const type = exprType(parameter.type);
    if (isInteger(type.scalar) && isScalar(type)) return { kind: "parameter", name: parameter.name, type };
    context.error("Q-LIMIT", node.span, `\`$${node.text}\` is ${showType(type)}, and counts no rows`);
    return null;
  }
  const count = Number(node.value);
  if (!Number.isSafeInteger(count)) context.error("Q-LIMIT", node.span, `${node.value} is too large`);
  return count;
}
