import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  adjacencyOf,
  graphOf,
  NODES,
  type Pair,
  reversed,
  runContext,
} from "../../../../../tests/support/graphs/adjacency-graph.ts";
import { Stamps } from "../run/scratch.ts";
import { AlongEdges } from "./along.ts";
import { AnyEdge } from "./any-edge.ts";
import { ByEdge, ByEdgeEitherWay } from "./by-edge.ts";
import type { Neighbours } from "./neighbours.ts";
import { distinctDegrees } from "./parallel.ts";
import { WithinHops } from "./within-hops.ts";

const graph = graphOf(60);

/** Every list, count and answer of `reaches` of a way of following edges. */
function expectLists(neighbours: Neighbours, expected: (from: number) => readonly number[]): void {
  for (let from = 0; from < NODES; from++) {
    const wanted = expected(from).toSorted((a, b) => a - b);
    neighbours.open(from);
    const found = [...neighbours.targets.subarray(neighbours.start, neighbours.end)];
    expect(found.toSorted((a, b) => a - b)).toEqual(wanted);
    expect(neighbours.count(from)).toBe(wanted.length);
    for (let to = 0; to < NODES; to++) expect(neighbours.reaches(from, to)).toBe(wanted.includes(to));
  }
}

describe("neighbours", () => {
  it("neighbours along edges are distinct", () => {
    fc.assert(
      fc.property(graph, ({ edges, patched }) => {
        const along = new AlongEdges(adjacencyOf(edges, patched), new Stamps(NODES));
        expectLists(along, (from) => [...new Set(edges.filter(([a]) => a === from).map(([, b]) => b))]);
      }),
    );
  });

  it("neighbours in both directions are distinct", () => {
    fc.assert(
      fc.property(graph, ({ edges, patched }) => {
        const out = adjacencyOf(edges, patched);
        const against = adjacencyOf(reversed(edges), patched);
        const either = new AnyEdge([out, against], new Stamps(NODES));
        expectLists(either, (from) => {
          const ways = [...edges, ...reversed(edges)];
          return [...new Set(ways.filter(([a]) => a === from).map(([, b]) => b))];
        });
      }),
    );
  });

  it("neighbours by any of several edge types are distinct", () => {
    fc.assert(
      fc.property(graph, graph, graph, (one, other, third) => {
        const all = [one, other, third];
        const any = new AnyEdge(
          all.map(({ edges, patched }) => adjacencyOf(edges, patched)),
          new Stamps(NODES),
        );
        expectLists(any, (from) => [
          ...new Set(all.flatMap(({ edges }) => edges.filter(([a]) => a === from).map(([, b]) => b))),
        ]);
      }),
    );
  });

  it("there are as many neighbours by edge as edges", () => {
    fc.assert(
      fc.property(graph, ({ edges, patched }) => {
        const byEdge = new ByEdge(adjacencyOf(edges, patched));
        expectLists(byEdge, (from) => edges.filter(([a]) => a === from).map(([, b]) => b));
        for (let from = 0; from < NODES; from++) {
          byEdge.open(from);
          for (let i = byEdge.start; i < byEdge.end; i++) {
            expect(edges[byEdge.edges[i]!]).toEqual([from, byEdge.targets[i]]);
          }
        }
      }),
    );
  });

  it("neighbours by edge in both directions contain a self loop once", () => {
    fc.assert(
      fc.property(graph, ({ edges, patched }) => {
        const either = new ByEdgeEitherWay(
          adjacencyOf(edges, patched),
          adjacencyOf(reversed(edges), patched),
        );
        expectLists(either, (from) => edges.flatMap(([a, b]) => (a === from ? [b] : b === from ? [a] : [])));
      }),
    );
  });

  it("neighbours within hops have their shortest distance, and the node itself distance 1 by its self loop", () => {
    const bounds = fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.oneof(fc.nat(3), fc.constant(Number.POSITIVE_INFINITY)),
    );
    fc.assert(
      fc.property(
        graph,
        bounds,
        fc.boolean(),
        fc.boolean(),
        ({ edges, patched }, [min, more], both, back) => {
          const hops = { min, max: min + more };
          const out = adjacencyOf(edges, patched);
          const against = adjacencyOf(reversed(edges), patched);
          const adjacencies = both ? [out, against] : [back ? against : out];
          const within = new WithinHops(
            { hops, adjacencies, paths: null, choice: null },
            NODES,
            runContext(),
          );
          const pairs = pairsWithin(both ? [...edges, ...reversed(edges)] : edges, hops);
          // Opened at the end of paths it lists their starts.
          expectLists(within, (opened) =>
            pairs.flatMap(([origin, end]) => {
              if (back) return end === opened ? [origin] : [];
              return origin === opened ? [end] : [];
            }),
          );
        },
      ),
    );
  });

  it("parallel edges are known", () => {
    const simple: Pair[] = [
      [0, 1],
      [0, 2],
      [3, 0],
    ];
    expect(distinctDegrees(adjacencyOf(simple, new Set()), NODES)).toBeNull();
    const degrees = distinctDegrees(adjacencyOf([...simple, [0, 1]], new Set()), NODES);
    expect([...(degrees ?? [])].slice(0, 4)).toEqual([2, 0, 0, 1]);
  });
});

/** Pairs of origin and end that bounded hops connect, from their definition. */
function pairsWithin(
  ways: readonly Pair[],
  { min, max }: { readonly min: number; readonly max: number },
): Pair[] {
  const pairs: Pair[] = [];
  for (let origin = 0; origin < NODES; origin++) {
    const distances = new Map([[origin, 0]]);
    for (let depth = 1; depth <= Math.min(max, NODES); depth++) {
      for (const [a, b] of ways)
        if (distances.get(a) === depth - 1 && !distances.has(b)) distances.set(b, depth);
    }
    const loops = ways.some(([a, b]) => a === origin && b === origin);
    distances.delete(origin);
    if (loops) distances.set(origin, 1);
    for (const [end, distance] of distances)
      if (distance >= min && distance <= max) pairs.push([origin, end]);
  }
  return pairs;
}
