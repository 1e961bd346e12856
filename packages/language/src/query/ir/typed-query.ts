import type { EdgeType, EntityType, NodeType, Property } from "../../schema/catalog/catalog.ts";
import type { ExprType } from "../../types/expr-types.ts";
import type { LiteralExpr } from "../../types/literals.ts";
import type { ValueType } from "../../types/value-types.ts";
import type { Formula } from "./formula.ts";
import type { AggregateFunction } from "../../types/aggregates.ts";
import type { ScalarFunction } from "../../types/scalar-functions.ts";
import type { ArithmeticOperator } from "../syntax/tree.ts";
import type { SearchExpr } from "./search.ts";

/** A declared parameter. */
export interface Parameter {
  readonly name: string;
  readonly type: ValueType;
}

/** Position in `ReadQuery.variables` or in a mutation's parameters. */
export type VariableIndex = number;

/** The kind of value of a variable that names paths. */
interface PathType {
  readonly kind: "path";
  /** The type of the nodes that it leads through. */
  readonly nodes: NodeType;
  /** Its nodes are asked for, and not its length alone. */
  readonly traced: boolean;
}

/** The kind of value of a variable that has, in each row, what a subquery comes to there. */
interface SubqueryType {
  readonly kind: "subquery";
  readonly value: ExprType;
}

/** A node, an edge or a path that a pattern binds, or the value of a subquery. Anonymous variables (`$_`) have a null name, as subqueries have. */
export interface Variable {
  readonly index: VariableIndex;
  readonly name: string | null;
  readonly type: EntityType | PathType | SubqueryType;
  /** Nesting: 0 for the query's own pattern and its optional blocks, else the depth of the `not` that binds it. */
  readonly depth: number;
  /** Bound by an optional block: null in rows for which the block has no match. */
  readonly optional: boolean;
}

/** The part of an entity that an expression reads; `type` is the name of its type. */
export type Field = StoredField | { readonly kind: "type" };

/** The part of an entity that a condition of a statement reads: a property, the id, or the id of an edge's source or destination. */
export type StoredField =
  | { readonly kind: "property"; readonly property: Property }
  | { readonly kind: "id" | "src" | "dst" };

export type ComparisonOperator = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** `contains_item`: the list on the left holds the item on the right (`contains` on a list, `in`, a list property in braces); `contains_text`: substring. */
export type FilterOperator =
  | ComparisonOperator
  | "contains_item"
  | "contains_text"
  | "starts_with"
  | "ends_with"
  | "matches";

/** What a value is computed by; `negative` is a sign before its operand. */
type Operation = ArithmeticOperator | "negative" | ScalarFunction;

/** A value computed of others, of which one at least is read from an entity or an aggregate. Null of null, but for `coalesce`. */
export interface ComputedExpr {
  readonly kind: "computed";
  readonly operation: Operation;
  readonly arguments: readonly Expr[];
  readonly type: ExprType;
}

/** Whether a condition holds: true, false, or null where that is unknown. */
export interface OutcomeExpr {
  readonly kind: "outcome";
  readonly predicate: Predicate;
  readonly type: ExprType;
}

/** A value computed of literals, parameters and `now()`, so that it is the same for all rows. */
export interface FixedExpr {
  readonly kind: "fixed";
  readonly expr: ComputedExpr | OutcomeExpr;
  readonly type: ExprType;
}

export type Expr =
  | { readonly kind: "entity"; readonly variable: VariableIndex; readonly type: ExprType }
  | {
      readonly kind: "field";
      readonly variable: VariableIndex;
      readonly field: Field;
      readonly type: ExprType;
    }
  | {
      readonly kind: "path";
      readonly variable: VariableIndex;
      readonly part: "length" | "nodes";
      readonly type: ExprType;
    }
  /** The value of a subquery in a row. */
  | { readonly kind: "subquery"; readonly variable: VariableIndex; readonly type: ExprType }
  | LiteralExpr
  | { readonly kind: "parameter"; readonly name: string; readonly type: ExprType }
  | { readonly kind: "now"; readonly type: ExprType }
  | {
      readonly kind: "aggregate";
      readonly function: AggregateFunction;
      /** Each value of a group once. */
      readonly distinct: boolean;
      readonly argument: Expr;
      readonly type: ExprType;
    }
  | SearchExpr
  | ComputedExpr
  | OutcomeExpr
  | FixedExpr;

/** The least and greatest number of hops of a traversal. */
export interface Hops {
  readonly min: number;
  /** Infinite where there is no bound. */
  readonly max: number;
}

/**
 * A condition on values: true, false or unknown, and only true passes. A comparison with null is unknown. `not` has been pushed to the comparisons, where `negated` is true
 * for a comparison that is false; what compares by order has the opposite operator instead.
 */
export type Predicate = Formula<SimplePredicate>;

export type SimplePredicate =
  | Comparison
  | { readonly kind: "is_null"; readonly operand: Expr; readonly negated: boolean };

export interface Comparison {
  readonly kind: "filter";
  readonly left: Expr;
  readonly operator: FilterOperator;
  readonly right: Expr;
  readonly negated: boolean;
}

/** A type whose edges a traversal follows. */
export interface FollowedEdge {
  readonly edge: EdgeType;
  /** Its edges run from `to` to `from` of the traversal; otherwise from `from` to `to`. */
  readonly reversed: boolean;
}

/**
 * Clauses of a pattern; all of them hold at once (order carries no meaning).
 * - bind: the variable ranges over its type. The compiler adds a bind for a variable that only traversals mention.
 * - traverse: `from` and `to` are variables as the first of the edges runs (from = edge source) when direction is "out"; for "both" as written.
 *   Without an edge variable: set semantics, each pair at most once; a hop follows an edge of any of the types. With one: one type, one row per edge,
 *   hops 1..1.
 * - filter, is_null, and, or: predicates; a search is compared with true. - not: no extension of the row satisfies the block; block variables have greater depth.
 * - optional: each extension of the row that satisfies the block; where there is none, the row with the block's variables null. Such blocks stand in the query's own pattern
 *   alone. They follow the other clauses, one after the other; conditions, `not` and subqueries that read their variables follow them.
 * - subquery: the variable has, in each row, what the extensions of the row that satisfy the block come to; it changes nothing of which rows there are. Block variables have
 *   greater depth than the variable.
 */
export type Clause =
  | { readonly kind: "bind"; readonly variable: VariableIndex; readonly type: NodeType }
  | {
      readonly kind: "traverse";
      readonly from: VariableIndex;
      readonly to: VariableIndex;
      /** All of them join nodes of the same two types. */
      readonly edges: readonly [FollowedEdge, ...FollowedEdge[]];
      readonly fromType: NodeType;
      readonly toType: NodeType;
      /** "out": along the edges; "both": either way (only for edges between nodes of one type). A traversal written backwards is turned around here. */
      readonly direction: "out" | "both";
      /** True when the variable written first is `to`: hops are then counted breadth-first from there. */
      readonly startsAtTo: boolean;
      readonly edgeVariable: VariableIndex | null;
      /** Names the path by which each end is reached: a shortest one, and of several of these the one whose ids of nodes, from its start on, come first. */
      readonly path: VariableIndex | null;
      readonly hops: Hops;
    }
  | Predicate
  | { readonly kind: "not"; readonly clauses: readonly Clause[] }
  | { readonly kind: "optional"; readonly clauses: readonly Clause[] }
  | Subquery;

/** What the matches of a block come to. */
export interface Subquery {
  readonly kind: "subquery";
  readonly variable: VariableIndex;
  /** Null where it is whether there is a match. */
  readonly aggregate: SubqueryAggregate | null;
  readonly clauses: readonly Clause[];
}

/** An aggregate of each match of a block; of no argument it counts them. */
interface SubqueryAggregate extends Omit<Extract<Expr, { kind: "aggregate" }>, "kind" | "argument"> {
  readonly argument: Expr | null;
}

export interface ReturnColumn {
  /** `x.prop`, `x`, or the alias. */
  readonly name: string;
  /** The name that lint shows (`prop`, `x`, or the alias). */
  readonly shortName: string;
  readonly expr: Expr;
}

/** An order key: a returned column by position, or an expression over the pattern. */
export interface OrderKey {
  readonly expr: Expr;
  /** The return column it names (by alias or equal expression), else null. */
  readonly column: number | null;
  /** Of a ranking, what puts the best first, whatever was written. */
  readonly descending: boolean;
}

/** A number of rows: as written, or of a parameter, where null stands for none given. */
export type RowCount = number | Extract<Expr, { readonly kind: "parameter" }>;

export interface ReadQuery {
  readonly kind: "read";
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly description: string | null;
  readonly instruction: string | null;
  readonly variables: readonly Variable[];
  readonly clauses: readonly Clause[];
  readonly columns: readonly ReturnColumn[];
  /** True when any column aggregates, or rows are to be distinct: the other columns are the group keys; without any there is one row. */
  readonly grouped: boolean;
  /** What groups must satisfy, of their aggregates and keys; null where any will do. */
  readonly having: Predicate | null;
  readonly order: readonly OrderKey[];
  readonly limit: RowCount | null;
  /** Rows that are left out before the first one. */
  readonly offset: RowCount | null;
}

/** Where a value of a mutation comes from. */
export type ValueExpr = Extract<Expr, { kind: "literal" | "parameter" | "now" }>;

/** What is assigned: a constant, or what an update or an upsert computes of the properties of each entity, of variable 0, as they are before the statement. */
export type AssignedExpr = ValueExpr | Extract<Expr, { kind: "fixed" | "computed" | "field" }>;

export interface Assignment {
  readonly property: Property;
  readonly value: AssignedExpr;
}

/** A comparison of a field of the entity that a statement is about with a value. */
export interface FieldComparison {
  readonly kind: "comparison";
  readonly field: StoredField;
  readonly operator: FilterOperator;
  readonly value: ValueExpr | FixedExpr;
  readonly negated: boolean;
}

/** A condition of a `where`; `not` has been pushed to the comparisons, as in a `Predicate`. */
export type Condition = Formula<SimpleCondition>;

export type SimpleCondition = FieldComparison | FieldNullTest;

export interface FieldNullTest {
  readonly kind: "is_null";
  readonly field: StoredField;
  readonly negated: boolean;
}

/** Conditions that hold all at once; there is at least one. */
export type Where = readonly Condition[];

export type Statement =
  | {
      readonly kind: "insert_node";
      readonly type: NodeType;
      /** Of an entity with the same key all that is not assigned is kept; the type has one. */
      readonly upsert: boolean;
      /** The `id` that is given for a node without a key, else null. */
      readonly id: ValueExpr | null;
      readonly assignments: readonly Assignment[];
    }
  | {
      readonly kind: "insert_edge";
      readonly type: EdgeType;
      readonly upsert: boolean;
      readonly id: ValueExpr | null;
      readonly from: ValueExpr;
      readonly to: ValueExpr;
      readonly assignments: readonly Assignment[];
    }
  | {
      readonly kind: "update";
      readonly type: EntityType;
      readonly assignments: readonly Assignment[];
      readonly where: Where;
    }
  | { readonly kind: "delete"; readonly type: EntityType; readonly where: Where };

export interface MutationQuery {
  readonly kind: "mutation";
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly description: string | null;
  readonly instruction: string | null;
  readonly statements: readonly Statement[];
}

/** A query that passed the type rules against one catalog. */
export type TypedQuery = ReadQuery | MutationQuery;
