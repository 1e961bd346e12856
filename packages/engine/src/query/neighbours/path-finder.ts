import type { VariableIndex } from "@omnigraph/language";
import type { Ids } from "../../view/view.ts";
import type { Traverse } from "../plan/spec.ts";
import type { RunContext } from "../run/context.ts";
import type { PathNumbers } from "../run/paths.ts";
import type { Stamps } from "../run/scratch.ts";
import { adjacenciesOf } from "./neighbours-of.ts";
import { PairSearch } from "./pair-search.ts";

/** What finds the paths of a traversal between two nodes. */
export interface PathFinder {
  readonly search: PairSearch;
  /** What their nodes are found and kept with; null where only their lengths are asked for. */
  readonly trace: { readonly numbers: PathNumbers; readonly ids: Ids; readonly stamps: Stamps } | null;
}

/** Finds the paths of a variable from both of their ends. */
export function pathFinder(traverse: Traverse, path: VariableIndex, context: RunContext): PathFinder {
  const { direction, fromType, hops } = traverse;
  const along = adjacenciesOf(traverse, direction, context.view);
  const against = direction === "both" ? along : adjacenciesOf(traverse, "in", context.view);
  const nodes = context.view.nodes(fromType);
  const numbers = context.numberPaths(path, false);
  const isTraced = context.paths(path) !== null;
  return {
    search: new PairSearch({ along, against, most: hops.max, isTraced }, nodes.capacity, context),
    trace: isTraced ? { numbers, ids: nodes, stamps: context.stamps(nodes.capacity) } : null,
  };
}
