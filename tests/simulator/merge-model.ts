import type { GraphState } from "./graph-model.ts";

/** Who decides the conflicts of a merge; with `neither`, one is enough to give it up. */
export type Side = "ours" | "theirs" | "neither";

/** What a three-way merge of the nodes of two graphs comes to. */
export interface ThreeWay {
  readonly state: GraphState;
  /** Keys that theirs changed and the result has as ours, in order. */
  readonly kept: readonly string[];
  /** Keys whose outcome hangs on what ours has there. */
  readonly touched: ReadonlySet<string>;
  readonly conflicts: readonly string[];
}

/** The naive merge: whole copies of graphs, node by node. A node that several bases do not agree on is in conflict unless both sides are equal. */
export function threeWay(
  bases: readonly GraphState[],
  ours: GraphState,
  theirs: GraphState,
  side: Side,
): ThreeWay {
  const nodes = new Map(ours.nodes);
  const kept: string[] = [];
  const touched = new Set<string>();
  const conflicts: string[] = [];
  for (const key of new Set([...bases, ours, theirs].flatMap((state) => [...state.nodes.keys()]))) {
    const olds = new Set(bases.map((base) => base.nodes.get(key)));
    const mine = ours.nodes.get(key);
    const yours = theirs.nodes.get(key);
    if (olds.size === 1 && olds.has(yours)) continue;
    touched.add(key);
    if (mine === yours) continue;
    if (olds.size > 1 || !olds.has(mine)) {
      conflicts.push(key);
      if (side !== "theirs") {
        kept.push(key);
        continue;
      }
    }
    if (yours === undefined) nodes.delete(key);
    else nodes.set(key, yours);
  }
  return { state: { ...ours, nodes }, kept: kept.toSorted(), touched, conflicts };
}
