import { assert } from "@omnigraph/base";
import type { AggregateFunction, Expr, ReadQuery, VariableIndex } from "@omnigraph/language";
import { type ConstantExpr, type EntityExpr, isConstant, readsOf } from "./expressions.ts";

/** An expression that is evaluated for a row: one that reads an entity, or a constant. */
export type RowExpr = EntityExpr | ConstantExpr;

interface RowKey {
  readonly expr: RowExpr;
  readonly descending: boolean;
}

/** An aggregate over the rows of a group. `count` without an argument counts the rows. */
export interface AggregateSpec {
  readonly function: AggregateFunction;
  readonly argument: EntityExpr | null;
  /** The aggregate; its type bounds a sum. */
  readonly expr: Extract<Expr, { kind: "aggregate" }>;
}

/** A column of groups: a group key or an aggregate, by position. */
export type GroupColumn = { readonly kind: "key" | "aggregate"; readonly index: number };

/** What the query does with matching rows: answers their columns, or groups them. */
export type Outputs =
  | {
      readonly kind: "rows";
      readonly columns: readonly RowExpr[];
      readonly order: readonly RowKey[];
      /** Variables whose ids break ties, in the order of binding. Empty without an order. */
      readonly ties: readonly VariableIndex[];
    }
  | {
      readonly kind: "groups";
      readonly keys: readonly RowExpr[];
      readonly aggregates: readonly AggregateSpec[];
      readonly columns: readonly GroupColumn[];
      readonly order: readonly (GroupColumn & { readonly descending: boolean })[];
    };

function rowExpr(expr: Expr): RowExpr {
  assert(expr.kind !== "aggregate", "an aggregate stands in a grouped query");
  return expr;
}

function aggregateSpec(expr: AggregateSpec["expr"]): AggregateSpec {
  const argument = rowExpr(expr.argument);
  assert(!isConstant(argument), "aggregates take a variable, a property or a path");
  const everyRow = expr.function === "count" && !argument.type.nullable;
  return { function: expr.function, argument: everyRow ? null : argument, expr };
}

/**
 * The variables whose ids break ties between rows: the named ones, up to the last that is returned. Rows that differ only in later ones look the same
 * in the answer. The paths that are returned come behind all ids.
 */
function tiesOf({ variables, columns, order }: ReadQuery): readonly VariableIndex[] {
  if (order.length === 0) return [];
  const read = new Set(columns.flatMap(({ expr }) => readsOf(expr)));
  const paths = variables.filter(({ index, type }) => type.kind === "path" && read.has(index));
  const last = paths.length > 0 ? variables.length : Math.max(-1, ...read);
  const named = variables.filter(
    ({ index, name, depth, type }) => type.kind !== "path" && index <= last && name !== null && depth === 0,
  );
  return [...named, ...paths].map(({ index }) => index);
}

/** The outputs of a query. */
export function outputsOf(query: ReadQuery): Outputs {
  if (!query.grouped) {
    return {
      kind: "rows",
      columns: query.columns.map(({ expr }) => rowExpr(expr)),
      order: query.order.map(({ expr, descending }) => ({ expr: rowExpr(expr), descending })),
      ties: tiesOf(query),
    };
  }
  const keys: RowExpr[] = [];
  const aggregates: AggregateSpec[] = [];
  const place = (expr: Expr): GroupColumn => {
    if (expr.kind === "aggregate")
      return { kind: "aggregate", index: aggregates.push(aggregateSpec(expr)) - 1 };
    return { kind: "key", index: keys.push(rowExpr(expr)) - 1 };
  };
  const columns = query.columns.map(({ expr }) => place(expr));
  const order = query.order.map(({ expr, column, descending }) => {
    const named = column === null ? undefined : columns[column];
    if (named !== undefined) return { ...named, descending };
    assert(expr.kind === "aggregate", "groups are ordered by group keys and aggregates");
    return { ...place(expr), descending };
  });
  return { kind: "groups", keys, aggregates, columns, order };
}

export type GroupOutputs = Extract<Outputs, { kind: "groups" }>;

/** The variables that must be enumerated for the outputs. */
export function outputReads(outputs: Outputs): Set<VariableIndex> {
  switch (outputs.kind) {
    case "rows":
      return new Set([
        ...outputs.columns.flatMap(readsOf),
        ...outputs.order.flatMap(({ expr }) => readsOf(expr)),
        ...outputs.ties,
      ]);
    case "groups":
      return new Set([
        ...outputs.keys.flatMap(readsOf),
        ...outputs.aggregates.flatMap(({ argument }) => (argument === null ? [] : readsOf(argument))),
      ]);
  }
}
