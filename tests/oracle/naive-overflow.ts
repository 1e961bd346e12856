import type { Value } from "@omnigraph/base";
import {
  type Clause,
  type Expr,
  type ReadQuery,
  childrenOf,
  operandsOf,
  variablesIn,
} from "@omnigraph/language";
import type { NaiveEntity, NaiveGraphData } from "./naive-query.ts";
import { NaiveOverflow } from "./naive-values.ts";

type ValueOf = (expr: Expr, row: (NaiveEntity | undefined)[]) => Value;

/** Whether what conditions compute leaves its range for any entities that there are, whether other conditions leave them or not; or what is constant does. */
export function mayOverflow(
  { clauses, columns, order, variables }: ReadQuery,
  data: NaiveGraphData,
  valueOf: ValueOf,
): boolean {
  const overflows = (expr: Expr, open: readonly number[], row: (NaiveEntity | undefined)[]): boolean => {
    const [variable, ...others] = open;
    if (variable === undefined) return isOverflow(() => valueOf(expr, row));
    const type = variables[variable]?.type;
    const entities = type === undefined || type.kind === "path" ? [] : (data.get(type.name) ?? []);
    return entities.some((entity) => {
      row[variable] = entity;
      return overflows(expr, others, row);
    });
  };
  const constants = [...columns, ...order].flatMap(({ expr }) => fixedIn(expr));
  return [...conditionsIn(clauses), ...constants].some((expr) =>
    overflows(expr, [...new Set(variablesIn(expr))], []),
  );
}

/** Whether what is computed leaves its range. */
export function isOverflow(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    if (error instanceof NaiveOverflow) return true;
    throw error;
  }
}

/** The values that conditions are about. */
function conditionsIn(clauses: readonly Clause[]): readonly Expr[] {
  return clauses.flatMap((clause) => {
    if (clause.kind === "bind" || clause.kind === "traverse") return [];
    const isBlock = clause.kind === "not" || clause.kind === "optional";
    return isBlock ? conditionsIn(clause.clauses) : operandsOf(clause);
  });
}

function fixedIn(expr: Expr): readonly Expr[] {
  return expr.kind === "fixed" ? [expr] : childrenOf(expr).flatMap(fixedIn);
}
