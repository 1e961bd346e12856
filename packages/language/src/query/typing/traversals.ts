import { present } from "@omnigraph/base";
import type { EdgeType, EntityType } from "../../schema/catalog/catalog.ts";
import type { Clause, Hops } from "../ir/typed-query.ts";
import type { Binding, QueryContext } from "./scope.ts";
import type { HopsNode, TraversalNode } from "../syntax/tree.ts";

/** A traversal whose ends and edge binding are variables, before its direction is known. */
export interface BoundTraversal {
  readonly node: TraversalNode;
  readonly left: Binding;
  readonly right: Binding;
  readonly edgeBinding: Binding | null;
  /** Null after T4. */
  readonly edge: EdgeType | null;
}

type TraverseClause = Extract<Clause, { kind: "traverse" }>;

const ONE_HOP: Hops = { min: 1, max: 1 };

/** The edge type that a traversal names, in any letter case. */
export function findEdge(context: QueryContext, node: TraversalNode): EdgeType | null {
  const { edge } = node;
  const found = context.catalog.edgeByLowerName.get(edge.text.toLowerCase());
  if (found !== undefined) return found;
  const remedy = context.suggest(edge.text, traversedNames(context), "edge type");
  context.error("T4", edge.span, `the schema has no edge type \`${edge.text}\``, remedy);
  return null;
}

/** The names under which edges are usually traversed: `WorksAt` as `worksAt`. */
function* traversedNames({ catalog }: QueryContext): Generator<string> {
  for (const name of catalog.edges.keys()) yield name.slice(0, 1).toLowerCase() + name.slice(1);
}

/**
 * Gives every traversal its direction and every end its type. Traversals with a typed end come first, so that types spread
 * from the bindings; one between two untyped ends runs as written. Each traversal is visited a bounded number of times.
 * Traversals with errors have a null clause.
 */
export function directTraversals(
  context: QueryContext,
  traversals: readonly BoundTraversal[],
): ReadonlyMap<TraversalNode, TraverseClause | null> {
  const done = new Map<TraversalNode, TraverseClause | null>();
  for (const { edge, left, right } of traversals) {
    if (edge === null) left.broken = right.broken = true;
  }
  const waiting = new Map<Binding, BoundTraversal[]>();
  for (const traversal of traversals) {
    for (const end of [traversal.left, traversal.right]) {
      const list = waiting.get(end);
      if (list === undefined) waiting.set(end, [traversal]);
      else list.push(traversal);
    }
  }
  const ready = traversals.filter(({ left, right }) => left.type !== null || right.type !== null);
  const typeTraversal = (traversal: BoundTraversal): void => {
    if (done.has(traversal.node)) return;
    const open = [traversal.left, traversal.right].filter(({ type }) => type === null);
    done.set(traversal.node, direct(context, traversal));
    for (const end of open) {
      if (end.type !== null) ready.push(...(waiting.get(end) ?? []));
    }
  };
  let next = 0;
  const drain = (): void => {
    for (; next < ready.length; next++) typeTraversal(present(ready[next], "traversal"));
  };
  for (const traversal of traversals) {
    drain();
    typeTraversal(traversal);
  }
  drain();
  return done;
}

function direct(context: QueryContext, traversal: BoundTraversal): TraverseClause | null {
  const { node, left, right, edgeBinding, edge } = traversal;
  const hops = node.hops === null ? ONE_HOP : checkHops(context, node.hops, edgeBinding);
  if (edge === null) return null;
  if (edgeBinding !== null) edgeBinding.type ??= edge;
  const forward = runsForward(context, traversal, edge);
  if (forward === null) return null;
  const [from, to] = forward ? [left, right] : [right, left];
  from.type ??= edge.from;
  to.type ??= edge.to;
  if (edgeBinding !== null && !node.undirected) edgeBinding.ends = { src: from.index, dst: to.index };
  if (hops === null) return null;
  return {
    kind: "traverse",
    from: from.index,
    to: to.index,
    edge,
    direction: node.undirected ? "both" : "out",
    startsAtTo: !forward,
    edgeVariable: edgeBinding?.index ?? null,
    hops,
  };
}

/** Whether the edge runs from the left end to the right one; null after an error, or where an earlier error left a type open. */
function runsForward(context: QueryContext, traversal: BoundTraversal, edge: EdgeType): boolean | null {
  const { node, left, right } = traversal;
  if (left.kind === "edge" || right.kind === "edge") return null;
  const symmetric = edge.from === edge.to;
  if (node.undirected && !symmetric) {
    const message = `\`<${node.edge.text}>\` runs from ${edge.from.name} to ${edge.to.name}, so it has only one direction`;
    context.error("T22", node.edge.span, message);
  }
  const fits = (from: EntityType | null, to: EntityType | null): boolean =>
    (from === null || from === edge.from) && (to === null || to === edge.to);
  if (!symmetric && left.type === null && right.type === null && (left.broken || right.broken)) {
    left.broken = right.broken = true;
    return null;
  }
  if (fits(left.type, right.type)) return true;
  if (!symmetric && fits(right.type, left.type)) return false;
  const [a, b] = [left, right].map(({ type }) => type?.name ?? "an untyped variable");
  const message = `\`${node.edge.text}\` joins ${edge.from.name} to ${edge.to.name}, not ${a} and ${b}`;
  context.error("T5", node.edge.span, message);
  return null;
}

function checkHops(context: QueryContext, node: HopsNode, edgeBinding: Binding | null): Hops | null {
  const min = Number(node.min.value);
  const max = node.max === null ? null : Number(node.max.value);
  if (max === null) {
    context.error("T15", node.span, "the bounds name no greatest number of hops", "Write {min,max}.");
  } else if (min < 1 || max < min || !Number.isSafeInteger(max)) {
    context.error("T15", node.span, `the bounds {${min},${max}} are wrong`, "Bounds need 1 <= min <= max.");
  } else if (edgeBinding !== null && max > 1) {
    context.error(
      "T23",
      node.span,
      "an edge can be bound over one hop only",
      "Drop the bounds or the edge binding.",
    );
  } else {
    return { min, max };
  }
  return null;
}
