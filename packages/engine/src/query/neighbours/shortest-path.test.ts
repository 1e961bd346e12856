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
import { LENGTHS, PathStore } from "../run/paths.ts";
import { Stamps } from "../run/scratch.ts";
import { PairSearch } from "./pair-search.ts";
import { shortestPath } from "./shortest-path.ts";
import { WithinHops } from "./within-hops.ts";

/** Ids in any order, so that neither ordinals nor the order of edges decides between paths. */
const ranks = fc.shuffledSubarray([...Array(NODES).keys()], { minLength: NODES });

function idsOf(ranked: readonly number[]) {
  return {
    idAt: (node: number) => `n${ranked[node]}`,
    compareIds: (a: number, b: number) => ranked[a]! - ranked[b]!,
  };
}

/** Every path of the least number of hops, by its definition; the start leads to itself by a self-loop alone. */
function allShortest(ways: readonly Pair[], start: number, end: number): number[][] {
  if (start === end) return ways.some(([a, b]) => a === start && b === start) ? [[start, start]] : [];
  let paths = [[start]];
  for (let hop = 1; hop < NODES; hop++) {
    const longer = paths.flatMap((path) =>
      [...new Set(ways.filter(([a]) => a === path.at(-1)).map(([, b]) => b))]
        .filter((b) => !path.includes(b))
        .map((b) => [...path, b]),
    );
    const found = longer.filter((path) => path.at(-1) === end);
    if (found.length > 0) return found;
    paths = longer;
  }
  return [];
}

/** The one of several paths whose ids come first. */
function firstOf(paths: readonly number[][], ranked: readonly number[]): readonly number[] | undefined {
  const shown = (path: readonly number[]): string =>
    path.map((node) => String(ranked[node]).padStart(3, "0")).join();
  return paths.toSorted((a, b) => (shown(a) < shown(b) ? -1 : 1))[0];
}

const drawn = fc.record({
  graph: graphOf(25),
  ranked: ranks,
  both: fc.boolean(),
});

describe("shortest paths", () => {
  it("between two nodes the first by its ids of all shortest ones is found from both of them", () => {
    fc.assert(
      fc.property(drawn, ({ graph: { edges, patched }, ranked, both }) => {
        const out = adjacencyOf(edges, patched);
        const against = adjacencyOf(reversed(edges), patched);
        const shape = both
          ? { along: [out, against], against: [out, against] }
          : { along: [out], against: [against] };
        const ways = both ? [...edges, ...reversed(edges)] : edges;
        const traced = new PairSearch({ ...shape, most: Infinity, isTraced: true }, NODES, runContext());
        const measured = new PairSearch({ ...shape, most: Infinity, isTraced: false }, NODES, runContext());
        const near = new PairSearch({ ...shape, most: 2, isTraced: false }, NODES, runContext());
        for (let start = 0; start < NODES; start++) {
          for (let end = 0; end < NODES; end++) {
            const wanted = firstOf(allShortest(ways, start, end), ranked);
            const length = wanted === undefined ? 0 : wanted.length - 1;
            for (const search of [traced, measured, near]) search.open(start, end);
            expect(traced.step()).toBe(length);
            expect(measured.step()).toBe(length);
            expect(near.step()).toBe(length > 2 ? 0 : length);
            if (wanted !== undefined && start !== end)
              expect(shortestPath(traced, idsOf(ranked), new Stamps(NODES))).toEqual(wanted);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("a search from either end of paths finds the same ones, and their lengths", () => {
    fc.assert(
      fc.property(drawn, ({ graph: { edges, patched }, ranked, both }) => {
        const out = adjacencyOf(edges, patched);
        const against = adjacencyOf(reversed(edges), patched);
        const ways = both ? [...edges, ...reversed(edges)] : edges;
        const hops = { min: 1, max: Infinity };
        const ids = idsOf(ranked);
        for (const isReversed of [false, true]) {
          const adjacencies = both ? [out, against] : [isReversed ? against : out];
          const paths = new PathStore(isReversed, () => {});
          const search = new WithinHops(
            { hops, adjacencies, paths, choice: { ids, isReversed } },
            NODES,
            runContext(),
          );
          const lengths = new WithinHops(
            { hops, adjacencies, paths: LENGTHS, choice: null },
            NODES,
            runContext(),
          );
          for (let known = 0; known < NODES; known++) {
            search.open(known);
            lengths.open(known);
            const sorted = (numbers: Iterable<number>): number[] => [...numbers].toSorted((a, b) => a - b);
            const found = [...search.edges.subarray(search.start, search.end)];
            expect(sorted(lengths.edges.subarray(lengths.start, lengths.end))).toEqual(
              sorted(found.map((path) => paths.length(path))),
            );
            for (let i = search.start; i < search.end; i++) {
              const other = search.targets[i]!;
              const [start, end] = isReversed ? [other, known] : [known, other];
              expect([...paths.nodes(search.edges[i]!)]).toEqual(
                firstOf(allShortest(ways, start, end), ranked),
              );
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
