import { atOnce, isError, OmnigraphError, present } from "@omnigraph/base";
import fc from "fast-check";
import { expect, test } from "vitest";
import { batches, valuesOf } from "../../../../../tests/support/generators/columns.ts";
import { numberedUlid } from "../../../../../tests/support/graphs/entity-types.ts";
import { overridden } from "../../../../../tests/support/stores/overridden.ts";
import { MemoryObjects } from "../../objects/memory/memory-objects.ts";
import type { ObjectStore } from "../../objects/store.ts";
import { columnBytes } from "../../rows/bytes.ts";
import type { ColumnKey, RowBatch } from "../../rows/batch.ts";
import { columnOf, idColumn } from "../../rows/builder.ts";
import type { Column } from "../../rows/column.ts";
import { concatColumns } from "../../rows/concat.ts";
import { Spill } from "../../spill.ts";
import { ColumnCopies } from "./column-copies.ts";
import { encodingColumnFile } from "./column-file.ts";
import { FileSource } from "./file-source.ts";
import { PageCache, type PagedColumn, type PageMemory } from "./pages.ts";
import { ColumnFile } from "./reader.ts";

const KEY = "tables/a/b.cols";
const VECTOR = numberedUlid(1) as ColumnKey;
const DIMENSION = 1024;
/** Of a column whose bytes are those of two requests and a half. */
const ROWS = 2560;
const BYTES = ROWS * DIMENSION * 4;

/** What a column file in a store far away is read by. */
interface Far {
  readonly file: ColumnFile;
  /** Requests for bytes behind the beginning of the file, and whether they fail. */
  readonly requests: { count: number; fail: boolean };
}

async function far(bytes: Uint8Array): Promise<Far> {
  const store = new MemoryObjects("column copies");
  await store.put(KEY, bytes);
  const requests = { count: 0, fail: false };
  const range: ObjectStore["range"] = async (key, offset, length) => {
    if (offset > 0) requests.count++;
    await new Promise((go) => setImmediate(go));
    if (requests.fail) throw new OmnigraphError("store_transient", "the store did not answer");
    return store.range(key, offset, length);
  };
  const source = new FileSource(overridden(store, { rangeNow: undefined, range }));
  return { file: present(await ColumnFile.open(source, KEY), "column file"), requests };
}

function encoded(batch: RowBatch): Uint8Array {
  return Buffer.concat(present(atOnce(encodingColumnFile(batch)), "column file"));
}

function memory(keptBytes: number): PageMemory {
  return {
    columns: new PageCache(500, columnBytes),
    copies: new ColumnCopies(new Spill(), keptBytes),
  };
}

function joined(column: PagedColumn): Column {
  const count = Math.max(1, Math.ceil(column.length / 2 ** column.pageBits));
  return concatColumns(Array.from({ length: count }, (_, n) => column.page(n)));
}

/** A file with a column of vectors that are all alike. */
function vectors(of: number): Uint8Array {
  const columns = new Map<ColumnKey, Column>([
    ["id", idColumn(Array.from({ length: ROWS }, (_, i) => `${i}`))],
    [
      VECTOR,
      columnOf(
        { scalar: "F32", list: false, dimension: DIMENSION },
        Array.from({ length: ROWS }, () => new Float32Array(DIMENSION).fill(of)),
      ),
    ],
  ]);
  return encoded({ length: ROWS, columns });
}

/** Whether all pages have such vectors. */
function areVectors(pages: PagedColumn | null, of: number): boolean {
  const column = joined(present(pages, "pages"));
  return (
    column.kind === "vector" &&
    column.values.length === ROWS * DIMENSION &&
    column.values.every((value) => value === of)
  );
}

test("pages of columns of every type are those of the column, or are refused where a byte is damaged", async () => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      batches({ min: 1, max: 60, skipped: 0 }, 4),
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
      async (batch, at, flip) => {
        const bytes = encoded(batch);
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ flip;
        for (const [key, column] of batch.columns) {
          try {
            const pages = await (await far(bytes)).file.paged(key, memory(0));
            expect(valuesOf(joined(present(pages, "pages")))).toStrictEqual(valuesOf(column));
          } catch (error) {
            if (flip === 0 || !isError(error, "object_corrupt")) throw error;
            expect(error.message).toContain(KEY);
            refused++;
          }
        }
      },
    ),
    { numRuns: 200 },
  );
  expect(refused).toBeGreaterThan(50);
});

test("a column takes a request for each 4 MiB, once for all who ask at the same time, and none while its copy is kept", async () => {
  const { file, requests } = await far(vectors(2));
  const kept = memory(BYTES);
  const both = await Promise.all([file.paged(VECTOR, kept), file.paged(VECTOR, kept)]);
  expect(requests.count).toBe(3);
  expect(both.map((pages) => areVectors(pages, 2))).toEqual([true, true]);
  await file.paged(VECTOR, kept);
  expect(requests.count).toBe(3);
  const tooLittle = memory(BYTES - 1);
  await file.paged(VECTOR, tooLittle);
  await file.paged(VECTOR, tooLittle);
  expect(requests.count).toBe(9);
});

test("copies of several columns are read by four requests at a time", async () => {
  const { copies } = memory(0);
  let under = 0;
  let most = 0;
  const reads = ["one", "another", "a third"].map((name) =>
    copies.reads({
      name,
      place: name,
      sections: [{ offset: 16, length: 20 << 20, crc: 0 }],
      fetch: async ({ length }) => {
        most = Math.max(most, ++under);
        await new Promise((go) => setImmediate(go));
        under--;
        return new Uint8Array(length);
      },
    }),
  );
  await Promise.allSettled(reads);
  expect(most).toBe(4);
});

test("after a failure nothing more is asked for, and the next call copies it anew", async () => {
  const { file, requests } = await far(vectors(5));
  const kept = memory(BYTES);
  requests.fail = true;
  await expect(file.paged(VECTOR, kept)).rejects.toMatchObject({ reason: "store_transient" });
  requests.fail = false;
  expect(areVectors(await file.paged(VECTOR, kept), 5)).toBe(true);
});

test("a copy of other bytes at the same place is another one", async () => {
  const kept = memory(2 * BYTES);
  for (const of of [0, 1000]) {
    const { file } = await far(vectors(of));
    expect(areVectors(await file.paged(VECTOR, kept), of)).toBe(true);
  }
});
