import { type ConstantExpr, readsOf } from "./expressions.ts";
import type { Clause, Variable, VariableIndex } from "@omnigraph/language";

export type FilterClause = Extract<Clause, { kind: "filter" }>;
export type Traverse = Extract<Clause, { kind: "traverse" }>;

/** Which neighbours of the known end are sought: along the edge, against it, or both. */
type Heading = "out" | "in" | "both";

/** A traversal seen from the end that is known first. */
export interface Link {
  readonly traverse: Traverse;
  readonly heading: Heading;
  readonly known: VariableIndex;
  readonly sought: VariableIndex;
}

/** The constants that fix a node's identity: its key values in key order, or its id. */
export type Anchor =
  | { readonly kind: "key"; readonly values: readonly ConstantExpr[] }
  | { readonly kind: "id"; readonly value: ConstantExpr };

/**
 * What must hold of one entity whatever the rest of the row, and how often it then counts: once for every way to extend it by its branches.
 * A negation must count zero.
 */
export interface VertexSpec {
  readonly variable: Variable;
  readonly anchor: Anchor | null;
  /** Filters that read no other variable. */
  readonly filters: readonly FilterClause[];
  /** Traversals from the entity to itself. */
  readonly loops: readonly Traverse[];
  readonly branches: readonly BranchSpec[];
  readonly negations: readonly VertexSpec[];
}

/** A part of the pattern that hangs on one node and of which only the number of matches is read: it is counted, not enumerated. */
export interface BranchSpec {
  readonly link: Link;
  /** The bound edge, when filters are on it or each edge counts. */
  readonly edge: VertexSpec | null;
  readonly vertex: VertexSpec;
}

/** One step of a plan; each turns rows into rows. `carried` are the variables that its rows keep. */
export type Step =
  /** A condition on parameters alone. */
  | { readonly kind: "guard"; readonly filter: FilterClause }
  /** Binds a variable to every entity that passes; after the first step, a cross product. */
  | { readonly kind: "bind"; readonly vertex: VertexSpec; readonly carried: readonly VariableIndex[] }
  /** Tests and counts an entity that is bound already. */
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
  | { readonly kind: "filter"; readonly filter: FilterClause }
  /** A part of the pattern that shares no variable with the rest and of which only the number of matches is read. */
  | { readonly kind: "factor"; readonly steps: readonly Step[] }
  /** Drops the rows that the steps extend. */
  | {
      readonly kind: "anti-join";
      readonly steps: readonly Step[];
      /** The variables of the outer row that the steps read. */
      readonly reads: readonly VariableIndex[];
    };

/** Whether the spec demands and counts nothing. */
export function isFree(vertex: VertexSpec): boolean {
  const { anchor, filters, loops, branches, negations } = vertex;
  return anchor === null && filters.length + loops.length + branches.length + negations.length === 0;
}

export function filterReads(filter: FilterClause): readonly VariableIndex[] {
  return [...new Set([...readsOf(filter.left), ...readsOf(filter.right)])];
}
