import type { Adjacency } from "../../view/view.ts";

/** By array of targets the number of distinct neighbours per node; null where no node has parallel edges, so that it is the degree. */
const counted = new WeakMap<Uint32Array, Uint32Array | null>();

/**
 * The number of distinct neighbours of each unpatched node; null when that is the degree for all. Counted once per base of an adjacency, in one pass
 * over its edges. `capacity` bounds the ordinals of the targets.
 */
export function distinctDegrees(adjacency: Adjacency, capacity: number): Uint32Array | null {
  const { targets } = adjacency;
  const known = counted.get(targets);
  if (known !== undefined) return known;
  const degrees = countDistinct(adjacency, capacity);
  counted.set(targets, degrees);
  return degrees;
}

function countDistinct({ offsets, targets }: Adjacency, capacity: number): Uint32Array | null {
  const nodes = Math.max(offsets.length - 1, 0);
  const lastMet = new Uint32Array(capacity);
  const degrees = new Uint32Array(nodes);
  let parallel = false;
  for (let node = 0; node < nodes; node++) {
    const end = offsets[node + 1]!;
    let distinct = 0;
    for (let e = offsets[node]!; e < end; e++) {
      const target = targets[e]!;
      if (lastMet[target] === node + 1) continue;
      lastMet[target] = node + 1;
      distinct++;
    }
    if (distinct < end - offsets[node]!) parallel = true;
    degrees[node] = distinct;
  }
  return parallel ? degrees : null;
}
