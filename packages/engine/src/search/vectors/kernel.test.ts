import type { VectorColumn } from "@omnigraph/storage";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DistanceKernel } from "./kernel.ts";
import { squaredDistance } from "./squared-distance.ts";

const component = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1, 3.4028234663852886e38, 1e-45),
);

function column(values: Float32Array, dimension: number): VectorColumn {
  const length = values.length / dimension;
  return { kind: "vector", length, validity: null, rank: null, dimension, values };
}

/** What the kernel says of entries of a column. */
function computed(held: Float32Array, query: Float32Array, entries: Uint32Array): readonly number[] {
  const distances: number[] = [];
  DistanceKernel.of(held)?.eachDistance(query, entries, entries.length, (place, distance) => {
    distances[place] = distance;
  });
  return distances;
}

describe("distances by vector instructions", () => {
  it("are those that are computed one by one, bit for bit, of any dimension and any entries", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 23 }).chain((dimension) =>
          fc.record({
            vectors: fc.array(fc.array(component, { minLength: dimension, maxLength: dimension }), {
              minLength: 1,
              maxLength: 8,
            }),
            query: fc.array(component, { minLength: dimension, maxLength: dimension }),
            entries: fc.array(fc.nat(1500), { maxLength: 1300 }),
          }),
        ),
        ({ vectors, query, entries }) => {
          const dimension = query.length;
          const flat = vectors.flat();
          const values = Float32Array.from(
            { length: 1501 * dimension },
            (_, k) => flat[k % flat.length] ?? 0,
          );
          const held = DistanceKernel.holding(column(values, dimension));
          const wanted = Float32Array.from(query);
          expect(held.kind === "vector" && computed(held.values, wanted, Uint32Array.from(entries))).toEqual(
            entries.map((entry) => squaredDistance(values, entry * dimension, wanted)),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it("a column that is put into the memory of a kernel keeps its values, and few vectors stay where they are", () => {
    const values = Float32Array.from({ length: 3 * 256 }, Math.random);
    const few = column(values.subarray(0, 3 * 255), 3);
    expect(DistanceKernel.holding(few)).toBe(few);
    const many = DistanceKernel.holding(column(values, 3));
    expect(many.kind === "vector" && many.values).toEqual(values);
    expect(DistanceKernel.of(values)).toBeNull();
  });
});
