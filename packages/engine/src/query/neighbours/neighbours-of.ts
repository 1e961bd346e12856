import type { Adjacency, View } from "../../view/view.ts";
import { AlongEdges } from "./along.ts";
import { AnyEdge } from "./any-edge.ts";
import { ByEdge, ByEdgeEitherWay } from "./by-edge.ts";
import { FromOptional } from "./from-optional.ts";
import type { Neighbours } from "./neighbours.ts";
import { type HopsShape, WithinHops } from "./within-hops.ts";
import { edgeHeading, type Link, soughtType, type Traverse } from "../plan/spec.ts";
import { NO_ORDINALS } from "../run/batch.ts";
import type { RunContext } from "../run/context.ts";

/** No neighbours: for paths of several hops over edges whose ends have different types. */
const NOWHERE: Neighbours = {
  targets: NO_ORDINALS,
  edges: NO_ORDINALS,
  start: 0,
  end: 0,
  open: () => {},
  more: () => false,
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
  const { edgeVariable, hops } = link.traverse;
  if (edgeVariable !== null) return byEdge(link, context.view);
  const search = searchOf(link, context);
  if (search !== null) return search;
  if (hops.min > 1) return NOWHERE;
  const adjacencies = adjacenciesOf(link.traverse, link.heading, context.view);
  const { capacity } = context.view.nodes(soughtType(link));
  const [only, another] = adjacencies;
  const stamps = context.stamps(capacity);
  return only !== undefined && another === undefined
    ? new AlongEdges(only, stamps)
    : new AnyEdge(adjacencies, stamps);
}

/** The search along a link that may take several hops; null where it takes one, as all do between nodes of two types. */
export function searchOf(link: Link, context: RunContext): WithinHops | null {
  const { fromType, toType, hops, path } = link.traverse;
  if ((hops.max === 1 && path === null) || fromType !== toType) return null;
  const nodes = context.view.nodes(fromType);
  const adjacencies = adjacenciesOf(link.traverse, link.heading, context.view);
  const shape = { hops, adjacencies, ...pathsOf(link, context) };
  return new WithinHops(shape, nodes.capacity, context);
}

/** How a search along a link keeps the paths that it names. */
function pathsOf({ traverse, known }: Link, context: RunContext): Pick<HopsShape, "paths" | "choice"> {
  const { path, from, fromType } = traverse;
  if (path === null) return { paths: null, choice: null };
  const isReversed = known !== from;
  const paths = context.numberPaths(path, isReversed);
  const isTraced = context.paths(path) !== null;
  return { paths, choice: isTraced ? { ids: context.view.nodes(fromType), isReversed } : null };
}

function byEdge({ traverse, heading }: Link, view: View): Neighbours {
  // An edge that is bound is of one type.
  const edges = view.edges(traverse.edges[0].edge);
  return heading === "both"
    ? new ByEdgeEitherWay(edges.neighbours("out"), edges.neighbours("in"))
    : new ByEdge(edges.neighbours(heading));
}

/** The adjacencies that a hop of a traversal may follow in a direction: of each of its types one, or both for either way. */
export function adjacenciesOf(
  traverse: Traverse,
  heading: Link["heading"],
  view: View,
): readonly Adjacency[] {
  const adjacencies: Adjacency[] = [];
  for (const followed of traverse.edges) {
    const edges = view.edges(followed.edge);
    const own = edgeHeading(heading, followed);
    if (own === "both") adjacencies.push(edges.neighbours("out"), edges.neighbours("in"));
    else adjacencies.push(edges.neighbours(own));
  }
  return adjacencies;
}

/** Whether a node leads to itself by a traversal between one variable. */
export function loopTest({ edges, from, hops }: Traverse, context: RunContext): (node: number) => boolean {
  // Only a self-loop leads back, and at the first hop.
  if (hops.min > 1) return () => false;
  const ways = edges.map(({ edge }) => new ByEdge(context.view.edges(edge).neighbours("out")));
  const none = context.variable(from).optional ? context.noneOf(from) : -1;
  return (node) => node !== none && ways.some((way) => way.reaches(node, node));
}
