import { present } from "@omnigraph/base";
import type { VariableIndex } from "@omnigraph/language";
import { type Block, edgeSpec, linkFrom, specOf, type Vertex } from "./block.ts";
import { type CountOf, startRows } from "./estimate.ts";
import { boundBeside, predicateReads, type Traverse } from "./spec.ts";

/** A longer traversal is a step of its own: a search that may come to every node goes on in parts, which counting cannot. */
const MOST_COUNTED_HOPS = 16;

/**
 * Folds parts of the pattern that are only counted into branches. A node whose bindings are not used, and that is connected to the rest by one
 * traversal, becomes a branch of the node at the other end; then that node may be such a leaf, and so on. What remains must be enumerated.
 */
export function foldBranches(block: Block, countOf: CountOf): void {
  for (const component of componentsOf(block)) foldComponent(block, component, countOf);
}

/** The connected components of a block: variables that traversals, joins, negations and subqueries connect. Bound edges and paths belong to their traversals. */
export function componentsOf(block: Block): Set<VariableIndex>[] {
  const groups = new Map<VariableIndex, Set<VariableIndex>>();
  for (const { variable } of block.vertices.values()) groups.set(variable.index, new Set([variable.index]));
  const unite = (members: readonly VariableIndex[]): void => {
    const [first, ...others] = members;
    if (first === undefined) return;
    const group = present(groups.get(first), "group of a variable");
    for (const other of others) {
      const absorbed = present(groups.get(other), "group of a variable");
      if (absorbed === group) continue;
      for (const member of absorbed) {
        group.add(member);
        groups.set(member, group);
      }
    }
  };
  for (const traverse of block.traverses) {
    const beside = boundBeside(traverse);
    unite([traverse.from, traverse.to, ...(beside === null ? [] : [beside])]);
  }
  for (const { reads } of block.negations) unite(reads);
  for (const { reads, subquery } of block.subqueries) unite([subquery.variable, ...reads]);
  for (const filter of block.joins) unite(predicateReads(filter));
  return [...new Set(groups.values())];
}

function foldComponent(block: Block, component: ReadonlySet<VariableIndex>, countOf: CountOf): void {
  const members = [...component].map((index) => present(block.vertices.get(index), "vertex"));
  const nodes = members.filter(({ variable }) => variable.type.kind === "node");
  const demanded = members.some(({ required }) => required);
  const start = demanded ? null : cheapestStart(block, nodes, countOf);
  const anchors = nodes.filter(({ outer, anchor }) => outer || anchor !== null);
  let leaf = findLeaf(block, nodes, start, anchors);
  while (leaf !== null) {
    foldLeaf(block, leaf.vertex, leaf.traverse);
    leaf = findLeaf(block, nodes, start, anchors);
  }
}

/** The node to enumerate in a component that is only counted: one with few rows and many traversals, because for its neighbours the degrees suffice. */
function cheapestStart(block: Block, nodes: readonly Vertex[], countOf: CountOf): Vertex | null {
  let best: Vertex | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const node of nodes) {
    const cost = startRows(node, countOf) / (1 + traversesOf(block, node).length);
    if (cost < least) {
      best = node;
      least = cost;
    }
  }
  return best;
}

/**
 * A folded node cannot be the start of the query. So a node with narrow conditions is folded only when another node of the component has an anchor, or
 * when the whole component is only counted (then the best start is kept).
 */
function findLeaf(
  block: Block,
  nodes: readonly Vertex[],
  start: Vertex | null,
  anchors: readonly Vertex[],
): { readonly vertex: Vertex; readonly traverse: Traverse } | null {
  for (const vertex of nodes) {
    if (vertex.required || vertex === start || !block.vertices.has(vertex.variable.index)) continue;
    const narrows = vertex.anchor !== null || vertex.filters.length > 0 || vertex.loops.length > 0;
    if (narrows && start === null && !anchors.some((anchor) => anchor !== vertex)) continue;
    const [traverse, ...more] = traversesOf(block, vertex);
    if (traverse === undefined || more.length > 0 || traverse.hops.max > MOST_COUNTED_HOPS) continue;
    const beside = boundBeside(traverse);
    if (beside !== null && block.vertices.get(beside)?.required === true) continue;
    return { vertex, traverse };
  }
  return null;
}

function traversesOf(block: Block, { variable }: Vertex): Traverse[] {
  return [...block.traverses].filter(({ from, to }) => from === variable.index || to === variable.index);
}

function foldLeaf(block: Block, leaf: Vertex, traverse: Traverse): void {
  const { index } = leaf.variable;
  const root = present(
    block.vertices.get(traverse.from === index ? traverse.to : traverse.from),
    "vertex that the branch hangs on",
  );
  root.branches.push({
    link: linkFrom(traverse, root.variable.index),
    edge: edgeSpec(block, traverse),
    vertex: specOf(leaf),
  });
  block.traverses.delete(traverse);
  block.vertices.delete(index);
  const beside = boundBeside(traverse);
  if (beside !== null) block.vertices.delete(beside);
}
