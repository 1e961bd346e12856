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

/** The reader of a query. */
interface Reader {
  readonly valueOf: (expr: Expr, row: (NaiveEntity | undefined)[]) => Value;
  /** Whether an expression reads a variable, also within a subquery. */
  readonly reads: (expr: Expr, variable: number) => boolean;
}

/** Whether what conditions compute leaves its range for any entities that there are, whether other conditions leave them or not; or what is constant does. */
export function mayOverflow(
  { clauses, columns, order, variables }: ReadQuery,
  data: NaiveGraphData,
  { valueOf, reads }: Reader,
): boolean {
  const overflows = (expr: Expr, open: readonly number[], row: (NaiveEntity | undefined)[]): boolean => {
    const [variable, ...others] = open;
    if (variable === undefined) return isOverflow(() => valueOf(expr, row));
    const type = variables[variable]?.type;
    const entities = type?.kind === "node" || type?.kind === "edge" ? (data.get(type.name) ?? []) : [];
    return entities.some((entity) => {
      row[variable] = entity;
      return overflows(expr, others, row);
    });
  };
  const constants = [...columns, ...order].flatMap(({ expr }) => fixedIn(expr));
  return [...conditionsIn(clauses), ...subqueriesIn(clauses), ...constants].some((expr) => {
    const depth = Math.max(0, ...variablesIn(expr).map((index) => variables[index]?.depth ?? 0));
    const read = variables.filter(
      ({ index, type, depth: own }) =>
        own <= depth && (type.kind === "node" || type.kind === "edge") && reads(expr, index),
    );
    return overflows(
      expr,
      read.map(({ index }) => index),
      [],
    );
  });
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
    return "clauses" in clause ? conditionsIn(clause.clauses) : operandsOf(clause);
  });
}

/** The values of the subqueries, in whatever block. */
function subqueriesIn(clauses: readonly Clause[]): readonly Expr[] {
  return clauses.flatMap((clause) => {
    if (!("clauses" in clause)) return [];
    const nested = subqueriesIn(clause.clauses);
    if (clause.kind !== "subquery" || clause.aggregate === null) return nested;
    const { aggregate, variable } = clause;
    return [...nested, { kind: "subquery", variable, type: aggregate.type } as const];
  });
}

function fixedIn(expr: Expr): readonly Expr[] {
  return expr.kind === "fixed" ? [expr] : childrenOf(expr).flatMap(fixedIn);
}
