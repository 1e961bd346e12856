import { isOrdered, showType } from "../../types/expr-types.ts";
import { isOfGroups } from "../ir/expressions.ts";
import { typeResult } from "./results.ts";
import type { Expr, OrderKey } from "../ir/typed-query.ts";
import { QUERY_CODES } from "./codes.ts";
import { exprKey } from "../ir/expr-key.ts";
import { bestIsGreatest } from "../ir/search.ts";
import { orderRemedy } from "./remedies.ts";
import type { QueryContext } from "./scope.ts";
import type { Site } from "./site.ts";
import type { AliasNode, ColumnNode, OrderNode, ReadNode } from "../syntax/tree.ts";
import type { SearchFunction } from "../../types/functions.ts";

/** A returned column; its parts with errors are null. */
export interface TypedColumn {
  readonly node: ColumnNode;
  readonly name: string;
  readonly expr: Expr | null;
}

/** Types the order of a read over its columns. Keys with errors are reported and left out. */
export function typeOrder(
  site: Site,
  read: ReadNode,
  columns: readonly TypedColumn[],
  grouped: boolean,
): readonly OrderKey[] {
  const { context } = site;
  const names = indexColumns(columns);
  const keys: OrderKey[] = [];
  for (const node of read.order) {
    const key = typeKey(site, node, columns, names);
    if (key === null) continue;
    checkKey(context, node, key, grouped ? names : null, read.limit !== null);
    keys.push(key);
  }
  const near = read.order.some(({ expr }) => expr.kind === "call" && expr.function === "nearest");
  for (const { expr } of read.order) {
    if (!near || expr.kind !== "alias") continue;
    context.error("T18", expr.span, `the alias \`${expr.text}\` is an order key together with \`nearest\``);
  }
  return keys;
}

interface ColumnIndex {
  readonly byAlias: ReadonlyMap<string, number>;
  readonly byExpr: ReadonlyMap<string, number>;
  /** What the aliases stand for. */
  readonly named: ReadonlyMap<string, Expr>;
}

function indexColumns(columns: readonly TypedColumn[]): ColumnIndex {
  const byAlias = new Map<string, number>();
  const byExpr = new Map<string, number>();
  const named = new Map<string, Expr>();
  for (const [index, { node, expr }] of columns.entries()) {
    if (node.alias !== null && !byAlias.has(node.alias.text)) {
      byAlias.set(node.alias.text, index);
      if (expr !== null) named.set(node.alias.text, expr);
    }
    const key = expr === null ? null : exprKey(expr);
    if (key !== null && !byExpr.has(key)) byExpr.set(key, index);
  }
  return { byAlias, byExpr, named };
}

function typeKey(
  site: Site,
  node: OrderNode,
  columns: readonly TypedColumn[],
  names: ColumnIndex,
): OrderKey | null {
  if (node.expr.kind === "alias") {
    const column = findAlias(site, node.expr, names);
    const expr = column === null ? null : (columns[column]?.expr ?? null);
    return expr === null ? null : { expr, column, descending: isDescending(node, expr) };
  }
  const expr = typeResult({ ...site, columns: names.named }, node.expr);
  if (expr === null) return null;
  const column = names.byExpr.get(exprKey(expr)) ?? null;
  return { expr, column, descending: isDescending(node, expr) };
}

/** An order by a ranking begins with the best. */
function isDescending({ direction }: OrderNode, expr: Expr): boolean {
  const best = expr.kind === "search" ? bestIsGreatest(expr) : null;
  return best ?? direction === "desc";
}

function findAlias({ context, scope }: Site, node: AliasNode, { byAlias }: ColumnIndex): number | null {
  const column = byAlias.get(node.text);
  if (column !== undefined) return column;
  const remedy = context.isFull
    ? QUERY_CODES["Q-ORDER-UNKNOWN"].remedy
    : orderRemedy(node.text, byAlias.keys(), scope);
  context.error("Q-ORDER-UNKNOWN", node.span, `no returned column has the alias \`${node.text}\``, remedy);
  return null;
}

function checkKey(
  context: QueryContext,
  node: OrderNode,
  { expr, column }: OrderKey,
  groups: ColumnIndex | null,
  limited: boolean,
): void {
  const { span } = node.expr;
  if (expr.kind !== "entity" && !isOrdered(expr.type)) {
    context.error("T7", span, `values of type ${showType(expr.type)} have no order`);
  } else if (expr.kind === "aggregate" && column === null) {
    context.error(
      "T9",
      span,
      "an aggregate that is not returned cannot be an order key",
      "Return it as well.",
    );
  } else if (groups !== null && !isOfGroups(expr, new Set(groups.byExpr.keys()))) {
    const remedy = "Order by a returned column.";
    context.error("T9", span, "after grouping only what is returned has an order", remedy);
  } else if (!limited && isSearch(expr, "nearest")) {
    context.error("T17", span, "an order by `nearest` needs a limit");
  } else if (!limited && isSearch(expr, "rrf")) {
    context.error("T21", span, "an order by `rrf` needs a limit", "Add a limit.");
  }
}

function isSearch(expr: Expr, name: SearchFunction): boolean {
  return expr.kind === "search" && expr.function === name;
}
