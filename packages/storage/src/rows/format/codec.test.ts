import { readFileSync } from "node:fs";
import { isError, present, type Value } from "@omnigraph/base";
import type { PropertyId, TypeId } from "@omnigraph/language";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batches, valuesOf } from "../../../../../tests/support/generators/columns.ts";
import { numberedUlid } from "../../../../../tests/support/graphs/entity-types.ts";
import { valueAt } from "../access.ts";
import type { ChangeSet, ColumnKey, RowBatch } from "../batch.ts";
import { columnOf, idColumn } from "../builder.ts";
import { decodeBatch, decodeChanges, encodeBatch, encodeChanges } from "./codec.ts";
import type { Column } from "../column.ts";
import { sliceColumn } from "../select.ts";

function valuesOfBatch(batch: RowBatch): Record<string, readonly Value[]> {
  return Object.fromEntries(Array.from(batch.columns, ([key, column]) => [key, valuesOf(column)]));
}

const property = (n: number): PropertyId => numberedUlid(n) as PropertyId;

const SIZES = { min: 0, max: 50, skipped: 9 };

/** Reads every value: proves that a decoded batch is safe to use. */
function touch(batch: RowBatch): void {
  for (const column of batch.columns.values()) {
    expect(column.length).toBe(batch.length);
    valuesOf(column);
  }
}

describe("row codec", () => {
  it("every batch reads back, also from an unaligned place in memory", () => {
    fc.assert(
      fc.property(batches(SIZES, 6), fc.nat({ max: 7 }), (batch, shift) => {
        const bytes = encodeBatch(batch);
        expect(bytes.length % 8).toBe(0);
        const moved = new Uint8Array(bytes.length + shift);
        moved.set(bytes, shift);
        const decoded = decodeBatch(moved.subarray(shift), "test");
        expect(decoded.length).toBe(batch.length);
        expect(valuesOfBatch(decoded)).toStrictEqual(valuesOfBatch(batch));
        expect(encodeBatch(decoded)).toEqual(bytes);
      }),
      { numRuns: 100 },
    );
  });

  it("aligned bytes are not copied", () => {
    const values = columnOf({ scalar: "F64", list: false, dimension: null }, [1, 2, 3]);
    const bytes = encodeBatch({
      length: 3,
      columns: new Map<ColumnKey, Column>([
        ["id", idColumn(["a", "b", "c"])],
        [property(0), values],
      ]),
    });
    const column = decodeBatch(bytes, "test").columns.get(property(0));
    expect(column?.kind === "number" && column.values.buffer === bytes.buffer).toBe(true);
  });

  it("every change set reads back", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(batches(SIZES, 6), batches(SIZES, 6), fc.nat()), { maxLength: 3 }),
        (drafts) => {
          const changes: ChangeSet = drafts.map(([after, before, pick], n) => ({
            type: property(n) as string as TypeId,
            after,
            before,
            updated: pick % (Math.min(after.length, before.length) + 1),
          }));
          const decoded = decodeChanges(encodeChanges(changes), "test");
          expect(decoded.map(({ type, updated }) => ({ type, updated }))).toEqual(
            changes.map(({ type, updated }) => ({ type, updated })),
          );
          expect(decoded.map(({ after }) => valuesOfBatch(after))).toStrictEqual(
            changes.map(({ after }) => valuesOfBatch(after)),
          );
          expect(decoded.map(({ before }) => valuesOfBatch(before))).toStrictEqual(
            changes.map(({ before }) => valuesOfBatch(before)),
          );
        },
      ),
    );
  });

  it("a small slice of a large dictionary is encoded small", () => {
    const codes = columnOf(
      { scalar: "String", list: false, dimension: null },
      Array.from({ length: 8000 }, (_, i) => `entry ${i % 900}`),
    );
    expect(codes.kind).toBe("dictionary");
    const one = { length: 1, columns: new Map([[property(0), sliceColumn(codes, 5, 6)] as const]) };
    const bytes = encodeBatch(one);
    expect(bytes.length).toBeLessThan(150);
    expect(valueAt(present(decodeBatch(bytes, "test").columns.get(property(0)), "column"), 0)).toBe(
      "entry 5",
    );
  });

  it("any damage is refused or survived", () => {
    let refused = 0;
    fc.assert(
      fc.property(batches(SIZES, 6), fc.nat(), fc.nat({ max: 255 }), fc.nat(), (batch, at, flip, cut) => {
        const bytes = encodeChanges([{ type: "01J" as TypeId, updated: 0, after: batch, before: batch }]);
        const damaged = Uint8Array.from(bytes);
        damaged[at % damaged.length] = (damaged[at % damaged.length] ?? 0) ^ flip;
        for (const input of [damaged, bytes.subarray(0, cut % bytes.length)]) {
          try {
            for (const { after, before } of decodeChanges(input, "here")) {
              touch(after);
              touch(before);
            }
          } catch (error) {
            if (!isError(error, "object_corrupt")) throw error;
            expect(error.message).toMatch(/^here/);
            refused++;
          }
        }
      }),
      { numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  it("bytes of any other kind are refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          decodeBatch(Uint8Array.from([1, 0, 0, 0, ...bytes]), "here");
        } catch (error) {
          if (!isError(error, "object_corrupt")) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("golden change set", () => {
  const golden = (name: string): Uint8Array =>
    readFileSync(new URL(`../../../../../tests/golden/rows/${name}`, import.meta.url));
  const type = (
    scalar: "String" | "Bool" | "I32" | "U32" | "F32" | "F64" | "Date" | "I64" | "U64" | "DateTime",
    list = false,
  ) => ({
    scalar,
    list,
    dimension: null,
  });
  const after: RowBatch = {
    length: 3,
    columns: new Map<ColumnKey, Column>([
      ["id", idColumn(["a", "日本", "😀"])],
      ["src", idColumn(["s", "", "t"])],
      ["dst", idColumn(["x", "y", "z"])],
      [property(0), columnOf(type("Bool"), [true, null, false])],
      [property(1), columnOf(type("I32"), [-1, null, 2 ** 31 - 1])],
      [property(2), columnOf(type("U32"), [1, 2, 2 ** 32 - 1])],
      [property(3), columnOf(type("F32"), [0.5, -0, null])],
      [property(4), columnOf(type("F64"), [Math.PI, -0, 1e300])],
      [property(5), columnOf(type("Date"), [-1, 20_000, null])],
      [property(6), columnOf(type("I64"), [-(2n ** 63n), 5, null])],
      [property(7), columnOf(type("U64"), [2n ** 64n - 1n, 0, 2 ** 53 - 1])],
      [property(8), columnOf(type("DateTime"), [-1, 1_700_000_000_000, null])],
      [property(9), columnOf(type("String", true), [["p", null], [], null])],
      [property(10), columnOf(type("U64", true), [[2n ** 63n], [1, 2], []])],
      [
        property(11),
        columnOf({ scalar: "F32", list: false, dimension: 2 }, [
          Float32Array.of(1, 2),
          null,
          Float32Array.of(-1, 0.25),
        ]),
      ],
      [property(12), columnOf(type("Bool", true), [[true, null, false], null, [false]])],
    ]),
  };
  const before: RowBatch = {
    length: 64,
    columns: new Map<ColumnKey, Column>([
      ["id", idColumn(Array.from({ length: 64 }, (_, i) => `b${i}`))],
      [
        property(13),
        columnOf(
          type("String"),
          Array.from({ length: 64 }, (_, i) => ["red", "green", null][i % 3] ?? null),
        ),
      ],
    ]),
  };
  const changes: ChangeSet = [{ type: "01J0000000000000000000TYPE" as TypeId, updated: 2, after, before }];

  it("the golden change set is still written byte for byte", () => {
    expect(before.columns.get(property(13))?.kind).toBe("dictionary");
    expect(Buffer.from(encodeChanges(changes)).equals(golden("changes-2.bin"))).toBe(true);
  });

  it.each(["changes-1.bin", "changes-2.bin"])(
    "the golden change set is still read, whether nulls have entries or not: %s",
    (name) => {
      const [read] = decodeChanges(golden(name), "golden");
      expect(read?.updated).toBe(2);
      expect(valuesOfBatch(present(read, "change").after)).toStrictEqual(valuesOfBatch(after));
      expect(valuesOfBatch(present(read, "change").before)).toStrictEqual(valuesOfBatch(before));
    },
  );
});
