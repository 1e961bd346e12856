import fc from "fast-check";
import { expect, test } from "vitest";
import { buildCsr, endsOf } from "./csr.ts";

const graphs = fc.integer({ min: 1, max: 12 }).chain((nodes) =>
  fc.record({
    nodes: fc.constant(nodes),
    edges: fc.array(
      fc.record({
        from: fc.integer({ min: -1, max: nodes - 1 }),
        to: fc.integer({ min: -1, max: nodes - 1 }),
      }),
      { maxLength: 60 },
    ),
    dead: fc.array(fc.nat(59)),
  }),
);

test("the adjacency lists the live edges of every node in order, and gives the ends back", () => {
  fc.assert(
    fc.property(graphs, ({ nodes, edges, dead }) => {
      const live = new Uint8Array(8).fill(255);
      for (const edge of dead) live[edge >>> 3] = (live[edge >>> 3] ?? 0) & ~(1 << (edge & 7));
      const from = Int32Array.from(edges, (edge) => edge.from);
      const to = Int32Array.from(edges, (edge) => edge.to);
      const kept = edges.map((edge, k) => edge.from >= 0 && edge.to >= 0 && !dead.includes(k));
      const csr = buildCsr(from, to, nodes, live);
      expect(csr.offsets.length).toBe(nodes + 1);
      for (let node = 0; node < nodes; node++) {
        const expected = edges.flatMap((edge, k) => (kept[k] === true && edge.from === node ? [k] : []));
        const [start, end] = [csr.offsets[node], csr.offsets[node + 1]];
        expect([...csr.edges.subarray(start, end)]).toEqual(expected);
        expect([...csr.targets.subarray(start, end)]).toEqual(expected.map((k) => edges[k]?.to));
      }
      const ends = endsOf(csr, "out", edges.length);
      expect([...ends.sources]).toEqual(edges.map((edge, k) => (kept[k] === true ? edge.from : -1)));
      expect([...ends.targets]).toEqual(edges.map((edge, k) => (kept[k] === true ? edge.to : -1)));
    }),
  );
});
