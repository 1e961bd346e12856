import { systemEnvironment } from "@omnigraph/base";
import fc from "fast-check";
import { RunContext } from "../../../packages/engine/src/query/run/context.ts";
import { Scratch } from "../../../packages/engine/src/query/run/scratch.ts";
import type { Adjacency } from "../../../packages/engine/src/view/view.ts";
import { NaiveView } from "../models/naive-view.ts";
import { catalogOf } from "./write-graph.ts";

export const NODES = 12;

export type Pair = readonly [number, number];

/** Edges in order, as an adjacency of which some nodes are patched: their lists are to be asked for. */
export function adjacencyOf(edges: readonly Pair[], patched: ReadonlySet<number>): Adjacency {
  const lists = Array.from({ length: NODES }, (_, node) =>
    edges.flatMap(([from, to], edge) => (from === node ? [{ to, edge }] : [])),
  );
  const base = lists.map((list, node) => (patched.has(node) ? list.slice(1) : list));
  const offsets = new Uint32Array(NODES + 1);
  for (const [node, list] of base.entries()) offsets[node + 1] = offsets[node]! + list.length;
  const of = (node: number): { targets: Uint32Array; edges: Uint32Array } => ({
    targets: Uint32Array.from(lists[node] ?? [], ({ to }) => to),
    edges: Uint32Array.from(lists[node] ?? [], ({ edge }) => edge),
  });
  return {
    offsets,
    targets: Uint32Array.from(base.flat(), ({ to }) => to),
    edges: Uint32Array.from(base.flat(), ({ edge }) => edge),
    clean: patched.size === 0,
    isPatched: (node) => patched.has(node),
    of,
    degree: (node) => of(node).edges.length,
  };
}

export function reversed(edges: readonly Pair[]): Pair[] {
  return edges.map(([from, to]) => [to, from]);
}

const node = fc.nat(NODES - 1);
/** Graphs of few nodes, so that parallel edges and self loops are common; some lists are long enough to be marked. */
export function graphOf(
  most: number,
): fc.Arbitrary<{ readonly edges: Pair[]; readonly patched: ReadonlySet<number> }> {
  return fc.record({
    edges: fc.array(fc.tuple(node, node), { maxLength: most }),
    patched: fc.array(node, { maxLength: 3 }).map((nodes) => new Set(nodes)),
  });
}

/** The context of a run over a graph of which nothing is read. */
export function runContext(): RunContext {
  return new RunContext(
    new NaiveView(catalogOf("node A {}"), new Map()),
    [],
    {},
    { clock: systemEnvironment.clock },
    new Scratch(),
  );
}
