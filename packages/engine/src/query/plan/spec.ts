import type { ConstantExpr } from "./expressions.ts";
import { assert } from "@omnigraph/base";
import {
  type Clause,
  type EntityType,
  type FollowedEdge,
  type NodeType,
  operandsOf,
  type Predicate,
  type Subquery,
  type Variable,
  type VariableIndex,
  variablesIn,
} from "@omnigraph/language";

export type Traverse = Extract<Clause, { kind: "traverse" }>;

/** The direction from the known end of a traversal: along its edges, against it, or both. */
type Heading = "out" | "in" | "both";

/** A traversal seen from its known end, which is bound first. */
export interface Link {
  readonly traverse: Traverse;
  readonly heading: Heading;
  readonly known: VariableIndex;
  readonly sought: VariableIndex;
}

/** The edge or the path that a traversal binds; null where it binds none. */
export function boundBeside({ edgeVariable, path }: Traverse): VariableIndex | null {
  return edgeVariable ?? path;
}

/** The type of a variable that is a node or an edge; null for a path and the value of a subquery. */
export function entityTypeOrNull({ type }: Variable): EntityType | null {
  return type.kind === "node" || type.kind === "edge" ? type : null;
}

/** The type of a variable that is a node or an edge. */
export function entityType(variable: Variable): EntityType {
  const type = entityTypeOrNull(variable);
  assert(type !== null, "the variable is a node or an edge");
  return type;
}

/** The type of the nodes that a link leads to. */
export function soughtType({ traverse, heading }: Link): NodeType {
  return heading === "in" ? traverse.fromType : traverse.toType;
}

/** The direction in which a link takes the edges of one of its types. */
export function edgeHeading(heading: Heading, { reversed }: FollowedEdge): Heading {
  if (!reversed || heading === "both") return heading;
  return heading === "out" ? "in" : "out";
}

/** The constants that fix the identity of a node: its key values in key order, or its id. */
export type Anchor =
  | { readonly kind: "key"; readonly values: readonly ConstantExpr[] }
  | { readonly kind: "id"; readonly value: ConstantExpr };

/**
 * The conditions on one entity that do not depend on the rest of the row. The weight of an entity that passes is the number of ways to extend it by its
 * branches. Its negations must have weight zero.
 */
export interface VertexSpec {
  readonly variable: Variable;
  readonly anchor: Anchor | null;
  /** Filters that read no other variable. */
  readonly filters: readonly Predicate[];
  /** Traversals from the entity to itself. */
  readonly loops: readonly Traverse[];
  readonly branches: readonly BranchSpec[];
  readonly negations: readonly VertexSpec[];
}

/** A part of the pattern that is connected to one node only, and of which only the number of matches is needed: it is counted, not enumerated. */
export interface BranchSpec {
  readonly link: Link;
  /** The conditions on the edge, when it is bound; then each edge counts. */
  readonly edge: VertexSpec | null;
  readonly vertex: VertexSpec;
}

/** One step of a plan; each turns rows into rows. `carried` are the variables that its output rows carry. */
export type Step =
  /** A condition on parameters alone. */
  | { readonly kind: "guard"; readonly filter: Predicate }
  /** Binds a variable to every entity that passes: a scan as the first step, later a cross product. */
  | { readonly kind: "bind"; readonly vertex: VertexSpec; readonly carried: readonly VariableIndex[] }
  /** Checks and weighs an entity that is bound already. */
  | { readonly kind: "test"; readonly vertex: VertexSpec }
  | {
      readonly kind: "expand";
      readonly link: Link;
      readonly edge: VertexSpec | null;
      readonly vertex: VertexSpec;
      readonly carried: readonly VariableIndex[];
    }
  /** A traversal between two bound nodes; with an edge variable, one row per edge. */
  | {
      readonly kind: "close";
      readonly link: Link;
      readonly edge: VertexSpec | null;
      readonly carried: readonly VariableIndex[];
    }
  /** A filter over several variables. */
  | { readonly kind: "filter"; readonly filter: Predicate }
  /** A part of the pattern that shares no variable with the rest, and of which only the number of matches is needed. */
  | { readonly kind: "factor"; readonly steps: readonly Step[] }
  /** Keeps the rows for which the steps give no row. */
  | {
      readonly kind: "anti-join";
      readonly steps: readonly Step[];
      /** The variables of the outer row that the steps read. */
      readonly reads: readonly VariableIndex[];
    }
  /** Extends the rows by those that the steps give, or by nulls where they give none. */
  | {
      readonly kind: "optional";
      readonly steps: readonly Step[];
      /** The variables of the outer row that the steps read. */
      readonly reads: readonly VariableIndex[];
      /** The variables of the steps that are used behind them. */
      readonly binds: readonly VariableIndex[];
      readonly carried: readonly VariableIndex[];
    }
  /** Binds the variable of a subquery to what the rows that the steps give for each row come to, and keeps the rows for which that passes. */
  | {
      readonly kind: "group-join";
      readonly subquery: Subquery;
      readonly steps: readonly Step[];
      /** The variables of the outer row that the steps or the aggregate read. */
      readonly reads: readonly VariableIndex[];
      /** The conditions on the value. */
      readonly vertex: VertexSpec;
      readonly carried: readonly VariableIndex[];
    };

/** Whether every entity passes with weight 1. */
export function isFree(vertex: VertexSpec): boolean {
  const { anchor, filters, loops, branches, negations } = vertex;
  return anchor === null && filters.length + loops.length + branches.length + negations.length === 0;
}

/** The variables that a condition reads. */
export function predicateReads(predicate: Predicate): readonly VariableIndex[] {
  return [...new Set(operandsOf(predicate).flatMap(variablesIn))];
}
