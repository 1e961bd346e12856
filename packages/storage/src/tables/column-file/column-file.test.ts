import { readFileSync } from "node:fs";
import { atOnce, isError, present, systemEnvironment, type Value } from "@omnigraph/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batches, nullPatterns, valuesOf } from "../../../../../tests/support/generators/columns.ts";
import { overridden } from "../../../../../tests/support/stores/overridden.ts";
import { numberedUlid } from "../../../../../tests/support/graphs/entity-types.ts";
import { MemoryObjects } from "../../objects/memory/memory-objects.ts";
import type { ColumnKey, RowBatch } from "../../rows/batch.ts";
import { columnOf, idColumn } from "../../rows/builder.ts";
import type { Column } from "../../rows/column.ts";
import { IdTable } from "../../rows/id-table.ts";
import { encodingColumnFile } from "./column-file.ts";
import { FileSource } from "./file-source.ts";
import { ColumnFile } from "./reader.ts";
import { bucketOf, indexing } from "./id-index.ts";
import { hashInto } from "../../rows/hash.ts";

const KEY = "tables/a/b.cols";
const SIZES = { min: 1, max: 60, skipped: 0 };
const property = (n: number): ColumnKey => numberedUlid(n) as ColumnKey;

function encoded(batch: RowBatch): Uint8Array {
  return Buffer.concat(present(atOnce(encodingColumnFile(batch)), "column file"));
}

function golden(name: string): Uint8Array {
  return readFileSync(new URL(`../../../../../tests/golden/rows/${name}`, import.meta.url));
}

async function openBytes(bytes: Uint8Array, isRemote = false): Promise<ColumnFile> {
  const store = new MemoryObjects("column-file", systemEnvironment.clock);
  await store.put(KEY, bytes);
  const source = new FileSource(isRemote ? overridden(store, { rangeNow: undefined }) : store);
  return present(await ColumnFile.open(source, KEY), "column file");
}

describe("column file", () => {
  it("whole columns are read right or not at all, whatever byte is damaged", async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        batches(SIZES, 4),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (batch, at, flip) => {
          const bytes = encoded(batch);
          bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flip;
          const attempt = async (use: (file: ColumnFile) => Promise<void>): Promise<void> => {
            try {
              await use(await openBytes(bytes, at % 2 === 0));
            } catch (error) {
              if (!isError(error, "object_corrupt")) throw error;
              expect(error.message).toContain(KEY);
              refused++;
            }
          };
          for (const [key, column] of batch.columns) {
            await attempt(async (file) =>
              expect(valuesOf(await file.column(key))).toStrictEqual(valuesOf(column)),
            );
            await attempt(async (file) =>
              expect((await file.take(key, [0, batch.length - 1]))?.length).toBe(2),
            );
          }
          await attempt(async (file) => expect(await file.find("e0")).toBeLessThan(batch.length));
        },
      ),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  it("any truncation of a column file is refused", async () => {
    const bytes = encoded({
      length: 2,
      columns: new Map<ColumnKey, Column>([["id", idColumn(["a", "b"])]]),
    });
    for (let length = 0; length < bytes.length; length++) {
      const read = openBytes(bytes.subarray(0, length)).then(async (file) => [
        await file.column("id"),
        await file.find("b"),
      ]);
      await expect(read).rejects.toSatisfy((error) => isError(error, "object_corrupt"));
    }
  });

  it("no file is made that is longer than a store takes", () => {
    const batch = { length: 2, columns: new Map<ColumnKey, Column>([["id", idColumn(["a", "b"])]]) };
    const { length } = encoded(batch);
    expect(atOnce(encodingColumnFile(batch, null, length))).not.toBe(null);
    expect(atOnce(encodingColumnFile(batch, null, length - 1))).toBe(null);
  });

  it("the golden column file is still written and read byte for byte", async () => {
    const stored = golden("layer-1.cols");
    const values: readonly Value[] = Array.from({ length: 40 }, (_, i) =>
      i % 7 === 0 ? null : 2n ** 63n + BigInt(i),
    );
    const tags: readonly Value[] = Array.from({ length: 40 }, (_, i) => [`t${i}`, null]);
    const batch: RowBatch = {
      length: 40,
      columns: new Map<ColumnKey, Column>([
        ["id", idColumn(Array.from({ length: 40 }, (_, i) => `id ${i}`))],
        [property(1), columnOf({ scalar: "U64", list: false, dimension: null }, values)],
        [property(2), columnOf({ scalar: "String", list: true, dimension: null }, tags)],
      ]),
    };
    expect(Buffer.from(encoded(batch)).equals(stored)).toBe(true);
    const file = await openBytes(stored);
    expect(valuesOf(await file.column(property(1)))).toStrictEqual(
      valuesOf(present(batch.columns.get(property(1)), "column")),
    );
    expect(valuesOf(await file.column(property(2)))).toStrictEqual(tags);
    expect(await file.find("id 39")).toBe(39);
  });

  it("lists and vectors with nulls are read as they are written now, and as they were when nulls had entries", async () => {
    const rows = 40;
    const at = (make: (i: number) => Value): readonly Value[] =>
      Array.from({ length: rows }, (_, i) => make(i));
    const vectors = at((i) => (i % 3 === 0 ? Float32Array.of(i, 0.5, -i) : null));
    const lists = at((i) => (i % 4 === 1 ? [i, null] : i % 4 === 2 ? [] : null));
    const nulls = at(() => null);
    const columns = new Map<ColumnKey, Column>([
      ["id", idColumn(Array.from({ length: rows }, (_, i) => `id ${i}`))],
      [property(1), columnOf({ scalar: "F32", list: false, dimension: 3 }, vectors)],
      [property(2), columnOf({ scalar: "I64", list: true, dimension: null }, lists)],
      [property(3), columnOf({ scalar: "F32", list: false, dimension: 2 }, nulls)],
    ]);
    expect(Buffer.from(encoded({ length: rows, columns })).equals(golden("layer-3.cols"))).toBe(true);
    for (const name of ["layer-2.cols", "layer-3.cols"]) {
      const file = await openBytes(golden(name));
      for (const [n, values] of [vectors, lists, nulls].entries()) {
        expect(valuesOf(await file.column(property(n + 1)))).toStrictEqual(values);
      }
    }
  });

  it("a few rows of a large column, nulls among them, are read by small reads", async () => {
    const rows = 9000;
    await fc.assert(
      fc.asyncProperty(
        nullPatterns(rows),
        fc.array(fc.nat({ max: rows - 1 }), { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        async (nulls, picked, isList) => {
          const values = nulls.map((isNull, i): Value => {
            if (isNull) return null;
            const numbers = Array.from({ length: 40 }, (_, k) => i + k / 4);
            return isList ? numbers.slice(i % 40) : Float32Array.from(numbers);
          });
          const type = { scalar: "F32", list: isList, dimension: isList ? null : 40 } as const;
          const columns = new Map<ColumnKey, Column>([
            ["id", idColumn(Array.from({ length: rows }, (_, i) => `${i}`))],
            [property(1), columnOf(type, values)],
          ]);
          const file = await openBytes(encoded({ length: rows, columns }));
          expect(valuesOf(await file.take(property(1), picked))).toStrictEqual(
            picked.map((row) => values[row]),
          );
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe("id index", () => {
  it("the index has every row once, in the bucket of its id", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: "grapheme" }), { maxLength: 300 }), (texts) => {
        const ids = idColumn(texts);
        const { bits, starts, entries } = atOnce(indexing(ids));
        const hash = new Uint32Array(2);
        const seen = new Set<number>();
        for (let bucket = 0; bucket + 1 < starts.length; bucket++) {
          for (let at = starts[bucket] ?? 0; at < (starts[bucket + 1] ?? 0); at++) {
            const row = entries[2 * at + 1] ?? -1;
            hashInto(ids.bytes, ids.offsets[row] ?? 0, ids.offsets[row + 1] ?? 0, hash, 0);
            expect([entries[2 * at], bucket]).toEqual([hash[0], bucketOf(hash[1] ?? 0, bits)]);
            seen.add(row);
          }
        }
        expect(seen.size).toBe(texts.length);
        expect(IdTable.of(ids).size).toBe(texts.length);
      }),
    );
  });
});
