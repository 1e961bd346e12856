import type { Adjacency } from "../../view/view.ts";
import { AlongEdges } from "./along.ts";
import { ByEdge, ByEdgeEitherWay } from "./by-edge.ts";
import { FromOptional } from "./from-optional.ts";
import { EitherWay } from "./either-way.ts";
import type { Neighbours } from "./neighbours.ts";
import { WithinHops } from "./within-hops.ts";
import type { Link, Traverse } from "../plan/spec.ts";
import { NO_ORDINALS } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";

/** No neighbours: for paths of several hops over an edge type whose ends have different types. */
const NOWHERE: Neighbours = {
  targets: NO_ORDINALS,
  edges: NO_ORDINALS,
  start: 0,
  end: 0,
  open: () => {},
  count: () => 0,
  reaches: () => false,
};

/** The neighbours that a link reaches from its known end. */
export function neighboursOf(link: Link, context: RunContext): Neighbours {
  const neighbours = neighboursOfAny(link, context);
  return context.variable(link.known).optional
    ? new FromOptional(neighbours, context.noneOf(link.known))
    : neighbours;
}

function neighboursOfAny(link: Link, context: RunContext): Neighbours {
  const { traverse, heading } = link;
  const { edge, hops } = traverse;
  const edges = context.view.edges(edge);
  const sought = context.view.nodes(heading === "in" ? edge.from : edge.to);
  if (traverse.edgeVariable !== null) {
    return heading === "both"
      ? new ByEdgeEitherWay(edges.neighbours("out"), edges.neighbours("in"))
      : new ByEdge(edges.neighbours(heading));
  }
  const oneType = edge.from === edge.to;
  if (hops.max > 1 && oneType) {
    const adjacencies: readonly Adjacency[] =
      heading === "both" ? [edges.neighbours("out"), edges.neighbours("in")] : [edges.neighbours(heading)];
    return new WithinHops({ hops, adjacencies }, sought.capacity, context);
  }
  if (hops.min > 1) return NOWHERE;
  const stamps = context.stamps(sought.capacity);
  return heading === "both"
    ? new EitherWay(edges.neighbours("out"), edges.neighbours("in"), stamps)
    : new AlongEdges(edges.neighbours(heading), stamps);
}

/** Whether a node leads to itself by a traversal between one variable. */
export function loopTest(traverse: Traverse, context: RunContext): (node: number) => boolean {
  // Only a self-loop leads back, and at the first hop.
  if (traverse.hops.min > 1) return () => false;
  const out = context.view.edges(traverse.edge).neighbours("out");
  const neighbours = new ByEdge(out);
  const none = context.variable(traverse.from).optional ? context.noneOf(traverse.from) : -1;
  return (node) => node !== none && neighbours.reaches(node, node);
}
