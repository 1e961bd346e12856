import { assert } from "@omnigraph/base";
import {
  type AggregateFunction,
  aggregatesIn,
  type Expr,
  exprKey,
  type ExprType,
  operandsOf,
  type Predicate,
  type ReadQuery,
  type Subquery,
  type VariableIndex,
  variablesIn,
} from "@omnigraph/language";
import { type ConstantExpr, type EntityExpr, isRead, isRowwise, type RowwiseExpr } from "./expressions.ts";

/** An expression that is evaluated for a row: one that reads an entity, one that is computed, or a constant. */
export type RowExpr = EntityExpr | RowwiseExpr | ConstantExpr;

/** What groups can be formed by, and aggregated: it is not the same for all rows. */
export type VaryingExpr = EntityExpr | RowwiseExpr;

interface RowKey {
  readonly expr: RowExpr;
  readonly descending: boolean;
}

/** An aggregate over the rows of a group. `count` without an argument counts the rows. */
export interface AggregateSpec {
  readonly function: AggregateFunction;
  /** Each value of a group once. */
  readonly distinct: boolean;
  readonly argument: VaryingExpr | null;
  /** Of the result; it bounds a sum. */
  readonly type: ExprType;
}

/** What of a group a value is: a group key or an aggregate, by position. */
export interface GroupPart {
  readonly kind: "key" | "aggregate";
  readonly index: number;
}

/** A column of groups: a part of them, or what is computed of parts. */
export type GroupColumn = GroupPart | { readonly kind: "computed"; readonly expr: RowwiseExpr };

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
      readonly keys: readonly VaryingExpr[];
      /** Keys and aggregates by their `exprKey`. */
      readonly parts: ReadonlyMap<string, GroupPart>;
      readonly aggregates: readonly AggregateSpec[];
      readonly columns: readonly GroupColumn[];
      /** What a group must satisfy to be in the answer. */
      readonly having: Predicate | null;
      readonly order: readonly (GroupColumn & { readonly descending: boolean })[];
    };

function rowExpr(expr: Expr): RowExpr {
  assert(expr.kind !== "aggregate", "an aggregate stands in a grouped query");
  return expr;
}

function varying(expr: Expr): VaryingExpr {
  assert(isRead(expr) || isRowwise(expr), "groups and aggregates are of what differs from row to row");
  return expr;
}

/** What is to be aggregated, of the rows of a query or of a subquery. */
export function aggregateSpec({
  function: name,
  distinct,
  argument: of,
  type,
}: NonNullable<Subquery["aggregate"]>): AggregateSpec {
  const argument = of === null ? null : varying(of);
  const everyRow =
    argument !== null && name === "count" && !distinct && isRead(argument) && !argument.type.nullable;
  return { function: name, distinct, argument: everyRow ? null : argument, type };
}

/**
 * The variables whose ids break ties between rows: the named ones, up to the last that is returned. Rows that differ only in later ones look the same
 * in the answer. The paths that are returned come behind all ids.
 */
function tiesOf({ variables, columns, order }: ReadQuery): readonly VariableIndex[] {
  if (order.length === 0) return [];
  const read = new Set(columns.flatMap(({ expr }) => variablesIn(expr)));
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
  return groupOutputs(query);
}

/** The keys, aggregates and columns of a query whose rows are grouped; what is named twice is computed once. */
function groupOutputs(query: ReadQuery): GroupOutputs {
  const parts = new Map<string, GroupPart>();
  const keys: VaryingExpr[] = [];
  const aggregates: AggregateSpec[] = [];
  const part = (expr: Expr, add: () => GroupPart): GroupPart => {
    const name = exprKey(expr);
    const known = parts.get(name) ?? add();
    parts.set(name, known);
    return known;
  };
  const addAggregates = (expr: Expr): void => {
    for (const aggregate of aggregatesIn(expr))
      part(aggregate, () => ({ kind: "aggregate", index: aggregates.push(aggregateSpec(aggregate)) - 1 }));
  };
  const column = (expr: Expr): GroupColumn => {
    const known = parts.get(exprKey(expr));
    if (known !== undefined) return known;
    addAggregates(expr);
    if (expr.kind === "aggregate") return column(expr);
    return { kind: "computed", expr: computedExpr(expr) };
  };
  const keyed = query.columns.filter(({ expr }) => aggregatesIn(expr).length === 0);
  for (const { expr } of keyed) part(expr, () => ({ kind: "key", index: keys.push(varying(expr)) - 1 }));
  const columns = query.columns.map(({ expr }) => column(expr));
  const order = query.order.map(({ expr, descending }) => ({ ...column(expr), descending }));
  const { having } = query;
  if (having !== null) operandsOf(having).forEach(addAggregates);
  return { kind: "groups", keys, parts, aggregates, columns, having, order };
}

function computedExpr(expr: Expr): RowwiseExpr {
  assert(isRowwise(expr), "groups have keys, aggregates and what is computed of them");
  return expr;
}

export type GroupOutputs = Extract<Outputs, { kind: "groups" }>;

/** The variables that must be enumerated for the outputs. */
export function outputReads(outputs: Outputs): Set<VariableIndex> {
  switch (outputs.kind) {
    case "rows":
      return new Set([
        ...outputs.columns.flatMap(variablesIn),
        ...outputs.order.flatMap(({ expr }) => variablesIn(expr)),
        ...outputs.ties,
      ]);
    case "groups":
      return new Set([
        ...outputs.keys.flatMap(variablesIn),
        ...outputs.aggregates.flatMap(({ argument }) => (argument === null ? [] : variablesIn(argument))),
      ]);
  }
}
