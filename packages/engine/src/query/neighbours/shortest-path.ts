import type { Ids } from "../../view/view.ts";
import type { Stamps } from "../run/scratch.ts";
import type { ByEdge } from "./by-edge.ts";
import type { Ball, PairSearch } from "./pair-search.ts";

/**
 * The path of a traced search that has found a distance: of the shortest ones that whose ids of nodes, from its start on, come first. At each node the next
 * is the first by its id of those that a shortest path goes through. `stamps` cover the ordinals of the nodes. The work is at most that of the search.
 */
export function shortestPath({ ahead, behind }: PairSearch, ids: Ids, stamps: Stamps): readonly number[] {
  const epoch = markUseful(ahead, behind, stamps);
  const path = [ahead.queue.items[0]!];
  const length = ahead.radius + behind.radius;
  for (let hop = 1; hop <= length; hop++) {
    const leads =
      hop <= ahead.radius
        ? (node: number) => stamps.marks[node] === epoch && ahead.distanceOf(node) === hop
        : (node: number) => behind.distanceOf(node) === length - hop;
    path.push(firstNeighbour(ahead.ways, path[hop - 1]!, leads, ids));
  }
  return path;
}

/** Marks the nodes ahead that a shortest path goes through, from where the sides have met back to the start; answers the mark. */
function markUseful(ahead: Ball, behind: Ball, stamps: Stamps): number {
  const epoch = stamps.next();
  const { marks } = stamps;
  const { items } = ahead.queue;
  const levels = ahead.levels.items;
  for (let q = levels[ahead.radius]!; q < ahead.queue.length; q++)
    if (behind.distanceOf(items[q]!) >= 0) marks[items[q]!] = epoch;
  // A neighbour is one level further out at most, and only such are marked when a level is looked at.
  for (let level = ahead.radius - 1; level >= 0; level--) {
    for (let q = levels[level]!; q < levels[level + 1]!; q++) {
      const isUseful = (node: number): boolean =>
        marks[node] === epoch && ahead.distanceOf(node) === level + 1;
      if (leadsOn(ahead.ways, items[q]!, isUseful)) marks[items[q]!] = epoch;
    }
  }
  return epoch;
}

function leadsOn(ways: readonly ByEdge[], node: number, leads: (node: number) => boolean): boolean {
  for (const way of ways) {
    way.open(node);
    for (let i = way.start; i < way.end; i++) if (leads(way.targets[i]!)) return true;
  }
  return false;
}

/** The first by its id of the neighbours that lead on; there is one. */
function firstNeighbour(
  ways: readonly ByEdge[],
  node: number,
  leads: (node: number) => boolean,
  ids: Ids,
): number {
  let first = -1;
  for (const way of ways) {
    way.open(node);
    for (let i = way.start; i < way.end; i++) {
      const next = way.targets[i]!;
      if (next === first || !leads(next)) continue;
      if (first < 0 || ids.compareIds(next, first) < 0) first = next;
    }
  }
  return first;
}
