import { atOnce } from "@omnigraph/base";
import { BitBuilder } from "@omnigraph/storage";
import fc from "fast-check";
import { expect, it } from "vitest";
import { buildCsr } from "./csr.ts";
import { MemoryPool } from "./memory-pool.ts";
import { endAt, nearNodes, spillingCsr, spillingEnds } from "./paged-csr.ts";

const NODES = 20;
const end = fc.integer({ min: -1, max: NODES - 1 });
const edges = fc.array(fc.record({ from: end, to: end, live: fc.boolean() }), { maxLength: 200 });

it("adjacency on disk has the neighbours that one in memory has, in the same order", () => {
  fc.assert(
    fc.property(edges, fc.boolean(), (drawn, areAllLive) => {
      const { pages } = new MemoryPool(1);
      const sources = Int32Array.from(drawn, ({ from }) => from);
      const targets = Int32Array.from(drawn, ({ to }) => to);
      const bits = new BitBuilder(drawn.length);
      for (const { live } of drawn) bits.append(live);
      const live = areAllLive ? null : bits.finish();
      const ends = atOnce(
        spillingEnds(
          drawn.length,
          (from, to) => sources.subarray(from, to),
          (from, to) => targets.subarray(from, to),
          pages,
        ),
      );
      expect(drawn.map((_, edge) => [endAt(ends.sources, edge), endAt(ends.targets, edge)])).toEqual(
        drawn.map(({ from, to }) => [from, to]),
      );
      const wanted = buildCsr(sources, targets, NODES, live);
      // Parts of at most seven neighbours.
      const found = atOnce(spillingCsr(ends.sources, ends.targets, NODES, live, pages, 7));
      expect(found.offsets).toEqual(wanted.offsets);
      for (let node = 0; node < NODES; node++)
        expect(listed(nearNodes(found, node))).toEqual(listed(nearNodes(wanted, node)));
    }),
    { numRuns: 300 },
  );
});

function listed({ targets, edges: at, start, end: to }: ReturnType<typeof nearNodes>): unknown {
  return [[...targets.subarray(start, to)], [...at.subarray(start, to)]];
}
