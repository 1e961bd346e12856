import type { NodeType } from "@omnigraph/language";
import type { Anchor, VertexSpec } from "./spec.ts";
import type { Ordered } from "./planner.ts";

/** A plan that reads nothing but one node, by its id. */
export interface SingleLookup {
  readonly anchor: Anchor;
  readonly vertex: VertexSpec;
  readonly type: NodeType;
}

export function singleLookup({ steps }: Ordered): SingleLookup | null {
  const [first, ...others] = steps;
  if (first?.kind !== "bind" || others.length > 0) return null;
  const { anchor, branches, loops, negations, variable } = first.vertex;
  if (anchor === null || branches.length + loops.length + negations.length > 0) return null;
  return variable.type.kind === "node" ? { anchor, vertex: first.vertex, type: variable.type } : null;
}
