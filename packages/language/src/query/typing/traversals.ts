import { present } from "@omnigraph/base";
import type { EdgeType, EntityType } from "../../schema/catalog/catalog.ts";
import type { Clause, Hops } from "../ir/typed-query.ts";
import { alongFirst, type EdgeTypes, fittingEdges } from "./followed-edges.ts";
import { printEdges } from "../format/print.ts";
import type { Binding, QueryContext } from "./scope.ts";
import type { HopsNode, TraversalNode } from "../syntax/tree.ts";

/** A traversal whose ends and edge binding are variables, before its direction is known. */
export interface BoundTraversal {
  readonly node: TraversalNode;
  readonly left: Binding;
  readonly right: Binding;
  readonly edgeBinding: Binding | null;
  readonly path: Binding | null;
  /** What it names; null after errors. */
  readonly edges: EdgeTypes | "any" | null;
}

type TraverseClause = Extract<Clause, { kind: "traverse" }>;

const ONE_HOP: Hops = { min: 1, max: 1 };

/**
 * Gives every traversal its direction and every end its type. Traversals with a typed end come first, so that types spread
 * from the bindings; one between two untyped ends runs as written, and `*` gives no types, so it waits for both. Each traversal is visited a bounded
 * number of times. Traversals with errors have a null clause.
 */
export function directTraversals(
  context: QueryContext,
  traversals: readonly BoundTraversal[],
): ReadonlyMap<TraversalNode, TraverseClause | null> {
  const done = new Map<TraversalNode, TraverseClause | null>();
  for (const { edges, left, right } of traversals) {
    if (edges === null) left.broken = right.broken = true;
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
    for (; next < ready.length; next++) {
      const traversal = present(ready[next], "traversal");
      if (traversal.edges !== "any") typeTraversal(traversal);
    }
  };
  for (const traversal of traversals) {
    drain();
    if (traversal.edges !== "any") typeTraversal(traversal);
  }
  drain();
  for (const traversal of traversals) typeTraversal(traversal);
  return done;
}

function direct(context: QueryContext, traversal: BoundTraversal): TraverseClause | null {
  const { node, left, right, edgeBinding, path } = traversal;
  const hops = node.hops === null ? ONE_HOP : checkHops(context, node.hops, edgeBinding);
  const edges = traversal.edges === "any" ? fittingEdges(context, node, left, right) : traversal.edges;
  if (edges === null) return null;
  const [first, ...others] = edges;
  if (edgeBinding !== null) {
    if (others.length > 0 || traversal.edges === "any") reportBoundChoice(context, node);
    else edgeBinding.type ??= first;
  }
  const forward = runsForward(context, traversal, edges);
  if (forward === null) return null;
  const [from, to] = forward ? [left, right] : [right, left];
  from.type ??= first.from;
  to.type ??= first.to;
  if (edgeBinding !== null && !node.undirected) edgeBinding.ends = { src: from.index, dst: to.index };
  if (path !== null) typePath(context, node, path, first);
  if (hops === null) return null;
  return {
    kind: "traverse",
    from: from.index,
    to: to.index,
    edges: alongFirst(edges),
    fromType: first.from,
    toType: first.to,
    direction: node.undirected && first.from === first.to ? "both" : "out",
    startsAtTo: !forward,
    edgeVariable: edgeBinding?.index ?? null,
    path: path?.index ?? null,
    hops,
  };
}

function typePath(
  context: QueryContext,
  { edges }: TraversalNode,
  path: Binding,
  { from, to }: EdgeType,
): void {
  path.type = from;
  if (from === to) return;
  context.error(
    "Q-PATH",
    edges.span,
    `edges from ${from.name} to ${to.name} make no path: it would be one hop`,
    "Drop `as`, or bind the edge: `$a $w:edge $b`.",
  );
}

function reportBoundChoice(context: QueryContext, { edges }: TraversalNode): void {
  context.error(
    "T23",
    edges.span,
    "edges of several types cannot be bound",
    "Name one edge type, or drop the edge binding.",
  );
}

/** Whether the first of the edges runs from the left end to the right one; null after an error, or where an earlier error left a type open. */
function runsForward(context: QueryContext, traversal: BoundTraversal, [edge]: EdgeTypes): boolean | null {
  const { node, left, right, edges } = traversal;
  if (left.kind !== "node" || right.kind !== "node") return null;
  const symmetric = edge.from === edge.to;
  const written = printEdges(node.edges);
  if (node.undirected && !symmetric && edges !== "any") {
    const message = `\`<${written}>\` runs from ${edge.from.name} to ${edge.to.name}, so it has only one direction`;
    context.error("T22", node.edges.span, message);
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
  const message = `\`${written}\` joins ${edge.from.name} to ${edge.to.name}, not ${a} and ${b}`;
  context.error("T5", node.edges.span, message);
  return null;
}

const BOUNDS = "Write {min,max}, or {min,*} for any number.";

function checkHops(context: QueryContext, node: HopsNode, edgeBinding: Binding | null): Hops | null {
  const min = Number(node.min.value);
  if (node.max === null) {
    context.error("T15", node.span, "the bounds name no greatest number of hops", BOUNDS);
    return null;
  }
  const max = node.max === "*" ? Number.POSITIVE_INFINITY : Number(node.max.value);
  if (min < 1 || max < min || !Number.isSafeInteger(node.max === "*" ? min : max)) {
    const written = `{${min},${node.max === "*" ? "*" : max}}`;
    context.error("T15", node.span, `the bounds ${written} are wrong`, "Bounds need 1 <= min <= max.");
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
