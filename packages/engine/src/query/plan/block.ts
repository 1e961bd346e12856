import { OmnigraphError, present, unreachable } from "@omnigraph/base";
import type { Clause, Predicate, Subquery, Variable, VariableIndex } from "@omnigraph/language";
import { findAnchor } from "./anchor.ts";
import {
  type Anchor,
  boundBeside,
  type BranchSpec,
  predicateReads,
  type Link,
  type Step,
  type Traverse,
  type VertexSpec,
} from "./spec.ts";

/** A variable of a block while the block is planned. */
export interface Vertex {
  readonly variable: Variable;
  /** Bound by an enclosing block. */
  readonly outer: boolean;
  /** True when its bindings are used elsewhere, so that they must be enumerated. */
  required: boolean;
  anchor: Anchor | null;
  filters: Predicate[];
  readonly loops: Traverse[];
  readonly branches: BranchSpec[];
  readonly negations: VertexSpec[];
}

/** A nested block that is more than a condition on one entity. */
interface Negation {
  readonly steps: readonly Step[];
  readonly reads: readonly VariableIndex[];
}

/** A subquery of a block, planned. */
export interface PlannedSubquery {
  readonly subquery: Subquery;
  readonly steps: readonly Step[];
  readonly reads: readonly VariableIndex[];
}

/** The clauses of a block, sorted by the variables that they concern. */
export interface Block {
  readonly vertices: Map<VariableIndex, Vertex>;
  /** Traversals between two variables. Those that become branches are removed. */
  readonly traverses: Set<Traverse>;
  readonly guards: Predicate[];
  readonly joins: Predicate[];
  readonly negations: Negation[];
  readonly subqueries: PlannedSubquery[];
}

/** The plan of a nested block: a condition on one vertex, or steps of an anti-join. */
export type PlannedNegation =
  | { readonly kind: "vertex"; readonly vertex: VertexSpec }
  | { readonly kind: "steps"; readonly negation: Negation };

/** What reading a block takes beside its clauses. */
interface BlockReading {
  readonly variables: readonly Variable[];
  /** Whether an enclosing block binds a variable, or one before. */
  readonly isOuter: (variable: Variable) => boolean;
  /** Plans a block that is nested in this one. */
  readonly planNegation: (clauses: readonly Clause[]) => PlannedNegation;
  readonly planSubquery: (subquery: Subquery) => PlannedSubquery;
}

/** Sorts the clauses of a block. */
export function readBlock(clauses: readonly Clause[], reading: BlockReading): Block {
  const block: Block = {
    vertices: new Map(),
    traverses: new Set(),
    guards: [],
    joins: [],
    negations: [],
    subqueries: [],
  };
  const vertex = (index: VariableIndex): Vertex => vertexOf(block, index, reading);
  for (const clause of clauses) {
    switch (clause.kind) {
      case "bind":
        vertex(clause.variable);
        break;
      case "traverse":
        addTraverse(block, clause, vertex);
        break;
      case "filter":
      case "is_null":
      case "and":
      case "or":
        addFilter(block, clause, vertex);
        break;
      case "not":
        addNegation(block, reading.planNegation(clause.clauses), vertex);
        break;
      case "subquery":
        addSubquery(block, reading.planSubquery(clause), vertex);
        break;
      case "optional":
        throw new OmnigraphError("internal", "invariant broken: an optional block within another one");
      default:
        unreachable(clause);
    }
  }
  for (const one of block.vertices.values()) anchorVertex(one);
  return block;
}

function vertexOf(block: Block, index: VariableIndex, { variables, isOuter }: BlockReading): Vertex {
  const known = block.vertices.get(index);
  if (known !== undefined) return known;
  const variable = present(variables[index], "variable of a pattern");
  const outer = isOuter(variable);
  const made: Vertex = {
    variable,
    outer,
    required: outer,
    anchor: null,
    filters: [],
    loops: [],
    branches: [],
    negations: [],
  };
  block.vertices.set(index, made);
  return made;
}

function addTraverse(block: Block, traverse: Traverse, vertex: (index: VariableIndex) => Vertex): void {
  const from = vertex(traverse.from);
  const to = vertex(traverse.to);
  const beside = boundBeside(traverse);
  if (beside !== null) vertex(beside);
  if (from !== to) {
    block.traverses.add(traverse);
    return;
  }
  if (beside === null) {
    from.loops.push(traverse);
    return;
  }
  // The traversal binds the edge or the path, so it gives one row per self-loop, and the node must be enumerated.
  block.traverses.add(traverse);
  from.required = true;
}

function addFilter(block: Block, filter: Predicate, vertex: (index: VariableIndex) => Vertex): void {
  const reads = predicateReads(filter);
  const [only] = reads;
  if (only === undefined) block.guards.push(filter);
  else if (reads.length === 1) vertex(only).filters.push(filter);
  else {
    block.joins.push(filter);
    for (const read of reads) vertex(read).required = true;
  }
}

function addNegation(block: Block, planned: PlannedNegation, vertex: (index: VariableIndex) => Vertex): void {
  if (planned.kind === "vertex") {
    vertex(planned.vertex.variable.index).negations.push(planned.vertex);
    return;
  }
  block.negations.push(planned.negation);
  for (const read of planned.negation.reads) vertex(read).required = true;
}

/** Its value is one for each row, so rows are enumerated. */
function addSubquery(block: Block, planned: PlannedSubquery, vertex: (index: VariableIndex) => Vertex): void {
  block.subqueries.push(planned);
  for (const variable of [planned.subquery.variable, ...planned.reads]) vertex(variable).required = true;
}

function anchorVertex(vertex: Vertex): void {
  const found = findAnchor(vertex.variable, vertex.filters);
  if (found === null) return;
  vertex.anchor = found.anchor;
  vertex.filters = [...found.rest];
}

/** The conditions of a vertex, once planning is done. */
export function specOf({ variable, anchor, filters, loops, branches, negations }: Vertex): VertexSpec {
  return { variable, anchor, filters, loops, branches, negations };
}

/** A traversal seen from one of its ends. */
export function linkFrom(traverse: Traverse, known: VariableIndex): Link {
  const forward = traverse.from === known;
  const heading = traverse.direction === "both" ? "both" : forward ? "out" : "in";
  return { traverse, heading, known, sought: forward ? traverse.to : traverse.from };
}

/** The conditions on the edge or the path that a traversal binds; null when it binds none. */
export function edgeSpec(block: Block, traverse: Traverse): VertexSpec | null {
  const beside = boundBeside(traverse);
  return beside === null ? null : specOf(present(block.vertices.get(beside), "bound edge or path"));
}
