import fc from "fast-check";
import { expect, test } from "vitest";
import { chooseRun, type PieceSize } from "./choose-run.ts";

const layer = (rows: number): PieceSize => ({ kind: "layer", rows });
const changes = (rows: number): PieceSize => ({ kind: "changes", rows });

test.each([
  ["no piece", [], null],
  ["a lone layer", [layer(5)], null],
  ["changes alone", [changes(5)], 0],
  ["few changes after a large layer", [layer(100), changes(5)], 1],
  ["changes of an eighth of the layer", [layer(80), changes(10)], 0],
  ["an empty range after a lone layer", [layer(5), changes(0)], 1],
  ["an empty range after layers that fit", [layer(100), layer(5), changes(0)], 2],
  ["layers of one size", [layer(10), layer(10), layer(10)], 0],
  ["layers that fit", [layer(1000), layer(100), layer(10)], null],
  ["a run that grows as it reaches back", [layer(1000), layer(100), layer(20), changes(5)], 0],
  ["a deletion of everything after a layer", [layer(0), changes(3)], 0],
] as const)("the right run is chosen of %s", (_, pieces, start) => {
  expect(chooseRun(pieces, false)).toBe(start);
});

test.each([
  ["a lone layer", [layer(5)], null],
  ["an empty range after a lone layer", [layer(5), changes(0)], 1],
  ["layers that fit", [layer(1000), layer(10)], 0],
  ["few changes after a large layer", [layer(1000), changes(1)], 0],
] as const)("the right run of a whole fold is chosen of %s", (_, pieces, start) => {
  expect(chooseRun(pieces, true)).toBe(start);
});

test("a million rows in small folds are written a few times each, and end in a few layers", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 500, maxLength: 500 }), (sizes) => {
      let layers: readonly PieceSize[] = [];
      let written = 0;
      for (const rows of sizes) {
        const pieces = [...layers, changes(rows)];
        const start = chooseRun(pieces, false) ?? expect.unreachable();
        const run = pieces.slice(start).reduce((sum, piece) => sum + piece.rows, 0);
        written += run;
        layers = [...pieces.slice(0, start), layer(run)];
        expect(chooseRun(layers, false)).toBeNull();
      }
      const total = sizes.reduce((sum, rows) => sum + rows, 0);
      expect(layers.length).toBeLessThanOrEqual(8);
      expect(written / total).toBeLessThan(30);
    }),
    { numRuns: 20 },
  );
});
