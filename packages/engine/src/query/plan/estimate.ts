import { type EntityType, type FilterOperator, type Formula, isJoined } from "@omnigraph/language";
import { entityType, type Link, soughtType, type VertexSpec } from "./spec.ts";

/** Live entities of a type. */
export type CountOf = (type: EntityType) => number;

/** Estimated share of rows that pass a filter: what people mostly ask for. A plan depends on the order of these numbers alone. */
const FILTER_SHARE: Readonly<Record<FilterOperator, number>> = {
  "=": 0.05,
  starts_with: 0.1,
  ends_with: 0.1,
  matches: 0.1,
  contains_text: 0.2,
  contains_item: 0.2,
  "<": 0.3,
  "<=": 0.3,
  ">": 0.3,
  ">=": 0.3,
  "!=": 0.9,
};
const NULL_SHARE = 0.1;
const LOOP_SHARE = 0.05;
/** Estimated share of rows for which a negated pattern has no match. */
export const NEGATION_SHARE = 0.5;

/** What of a condition tells how many rows pass it. */
type Shared =
  | { readonly kind: "filter" | "comparison"; readonly operator: FilterOperator; readonly negated: boolean }
  | { readonly kind: "is_null"; readonly negated: boolean };

/** Estimated share of rows that pass a condition. */
export function conditionShare(condition: Formula<Shared>): number {
  if (!isJoined(condition)) {
    const share = condition.kind === "is_null" ? NULL_SHARE : FILTER_SHARE[condition.operator];
    return condition.negated ? 1 - share : share;
  }
  const shares = condition.parts.map(conditionShare);
  const product = (factors: readonly number[]): number => factors.reduce((all, factor) => all * factor, 1);
  return condition.kind === "and" ? product(shares) : 1 - product(shares.map((share) => 1 - share));
}

/** Estimated share of the entities of a type that pass the conditions of a vertex. */
export function passingShare(vertex: VertexSpec, countOf: CountOf): number {
  if (vertex.anchor !== null) return 1 / Math.max(countOf(entityType(vertex.variable)), 1);
  let share = LOOP_SHARE ** vertex.loops.length * NEGATION_SHARE ** vertex.negations.length;
  for (const filter of vertex.filters) share *= conditionShare(filter);
  return share;
}

/** Estimated number of rows when a plan starts with a vertex. */
export function startRows(vertex: VertexSpec, countOf: CountOf): number {
  return vertex.anchor === null ? countOf(entityType(vertex.variable)) * passingShare(vertex, countOf) : 1;
}

/** Estimated number of nodes that a traversal reaches from one node. */
export function fanOut(link: Link, countOf: CountOf): number {
  const { traverse, heading } = link;
  const known = heading === "in" ? traverse.toType : traverse.fromType;
  const edges = traverse.edges.reduce((total, { edge }) => total + countOf(edge), 0);
  const perHop = (edges * (heading === "both" ? 2 : 1)) / Math.max(countOf(known), 1);
  const reached = perHop > 1 ? perHop ** traverse.hops.max : perHop;
  return Math.min(reached, countOf(soughtType(link)));
}
