import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isError, present, systemEnvironment, type Value } from "@omnigraph/base";
import type { Property } from "@omnigraph/language";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { columnTypes, columnValues, valuesOf } from "../../../../tests/support/generators/columns.ts";
import {
  edgeTypeOf,
  nodeTypeOf,
  numberedUlid,
  propertyOf,
} from "../../../../tests/support/graphs/entity-types.ts";
import { overridden } from "../../../../tests/support/stores/overridden.ts";
import { type S3Server, startS3Server } from "../../../../tests/support/stores/s3-server.ts";
import { openBackend } from "../backends/open.ts";
import type { ObjectStore } from "../objects/store.ts";
import type { ColumnKey, RowBatch } from "../rows/batch.ts";
import { columnOf, idColumn } from "../rows/builder.ts";
import { columnBytes } from "../rows/bytes.ts";
import type { Column, ColumnType } from "../rows/column.ts";
import { valueAt } from "../rows/access.ts";
import { concatColumns } from "../rows/concat.ts";
import { Spill } from "../spill.ts";
import { constantColumn, takeColumn } from "../rows/select.ts";
import type { LayerEntry, LayerReader, LayerStore } from "./layer.ts";
import { layerKeys } from "./layer-reader.ts";
import type { Backend } from "../backends/backend.ts";
import { ColumnCopies } from "./column-file/column-copies.ts";
import { PageCache, type PagedColumn, type PageMemory } from "./column-file/pages.ts";
import { ObjectLayers } from "./object-layers.ts";

interface Place {
  readonly store: ObjectStore;
  readonly layers: LayerStore;
  /** The same layers to who has read nothing of them yet. Default: `layers`, which keep nothing. */
  afresh?(): Promise<LayerStore>;
  /** Removes the table of a layer, as someone else might. */
  loseTable(entry: LayerEntry): Promise<void>;
  /** Whether the folder of a layer is there, where there are folders. */
  isFolder?(entry: LayerEntry): boolean;
  close(): Promise<void>;
}

async function localPlace(): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), "omnigraph-layers-"));
  const { objects: store, tables: layers } = await openBackend(root, systemEnvironment, { writable: true });
  return {
    store,
    layers,
    // With its folder: Lance would make that to look into it.
    loseTable: (entry) => rm(join(root, layerKeys(entry).folder), { recursive: true }),
    isFolder: (entry) => existsSync(join(root, layerKeys(entry).folder)),
    close: async () => {
      await store.close();
      await rm(root, { recursive: true });
    },
  };
}

async function s3Place(): Promise<Place> {
  const server: S3Server = await startS3Server();
  const uri = `s3://${server.bucket}/layers`;
  const { accessKeyId, secretAccessKey } = server.credentials;
  const s3 = { endpoint: server.endpoint, region: "us-east-1", accessKeyId, secretAccessKey };
  const opened: Backend[] = [];
  const open = async (): Promise<Backend> => {
    const backend = await openBackend(uri, systemEnvironment, { writable: opened.length === 0, s3 });
    opened.push(backend);
    return backend;
  };
  const { objects: store, tables: layers } = await open();
  return {
    store,
    layers,
    afresh: async () => (await open()).tables,
    loseTable: (entry) => store.deletePrefix(`${layerKeys(entry).folder}/${entry.type}.lance/`),
    close: async () => {
      for (const { objects } of opened) await objects.close();
      await server.close();
    },
  };
}

async function memoryPlace(): Promise<Place> {
  const { objects: store, tables: layers } = await openBackend(
    `memory://layers-${process.pid}`,
    systemEnvironment,
    {
      writable: true,
    },
  );
  return {
    store,
    layers,
    loseTable: (entry) => store.delete(layerKeys(entry).rows),
    close: () => store.close(),
  };
}

const STRING: ColumnType = { scalar: "String", list: false, dimension: null };
let stagings = 0;
const staging = (): string => numberedUlid(1000 + stagings++);

/** A draft of random columns with their values. */
function drafts(): fc.Arbitrary<{
  readonly properties: readonly Property[];
  readonly values: readonly (readonly Value[])[];
  readonly rows: RowBatch;
}> {
  return fc
    .tuple(fc.array(columnTypes(), { minLength: 1, maxLength: 5 }), fc.nat({ max: 90 }))
    .chain(([types, length]) =>
      fc
        .tuple(...types.map((type) => fc.array(columnValues(type), { minLength: length, maxLength: length })))
        .map((values) => {
          const properties = types.map((type, n) => propertyOf(n, `p${n}`, type));
          const ids = idColumn(Array.from({ length }, (_, i) => `ä${i}`));
          const columns = new Map<ColumnKey, Column>([["id", ids]]);
          types.forEach((type, n) =>
            columns.set(present(properties[n], "p").id, columnOf(type, values[n] ?? [])),
          );
          return { properties, values, rows: { length, columns } };
        }),
    );
}

function pageMemory(bytes: number): PageMemory {
  return { columns: new PageCache(bytes, columnBytes), copies: new ColumnCopies(new Spill(), 0) };
}

/** All pages of a column. */
function joined(column: PagedColumn): Column {
  const count = Math.max(1, Math.ceil(column.length / 2 ** column.pageBits));
  return concatColumns(Array.from({ length: count }, (_, n) => column.page(n)));
}

/** Every way to the same rows: by the column file, by the table without it, by the table beside a damaged one. */
async function eachWay(
  place: Place,
  entry: LayerEntry,
  check: (reader: LayerReader, way: string) => Promise<void>,
): Promise<void> {
  const { cols } = layerKeys(entry);
  const { store } = place;
  const opened = async (): Promise<LayerReader> => ((await place.afresh?.()) ?? place.layers).open(entry);
  await check(await opened(), "column file");
  const bytes = Uint8Array.from(present(await store.get(cols), "column file"));
  for (let i = 300; i < bytes.length; i += 7) bytes[i] = 0x55;
  await store.put(cols, bytes);
  await check(await opened(), "damaged column file");
  await store.delete(cols);
  await check(await opened(), "table");
}

describe.each([
  ["Lance on local disk", localPlace, 25],
  ["Lance on S3", s3Place, 6],
  ["objects in memory", memoryPlace, 40],
] as const)("layers: %s", (_, openPlace, runs) => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace();
  });
  afterAll(() => place.close());

  it("columns of every type read back, by every way of reading", async () => {
    await fc.assert(
      fc.asyncProperty(
        drafts(),
        fc.array(fc.nat(), { maxLength: 40 }),
        async ({ properties, values, rows }, picks) => {
          const type = nodeTypeOf(1, "Thing", properties);
          const entry = await place.layers.stage(staging(), { type, rows, tombstones: null });
          expect(entry).toMatchObject({ type: type.id, rows: rows.length, tombstones: 0 });
          expect(entry.columns).toEqual(Object.fromEntries(properties.map(({ id, name }) => [id, name])));
          const taken = rows.length === 0 ? [] : picks.map((pick) => pick % rows.length);
          await eachWay(place, entry, async (reader, way) => {
            for (const [n, { id }] of properties.entries()) {
              expect(valuesOf(await reader.column(id))).toStrictEqual(values[n]);
              const pages = await reader.paged(id, -1, pageMemory(500));
              expect(pages !== null).toBe(way === "column file");
              if (pages !== null) expect(valuesOf(joined(pages))).toStrictEqual(values[n]);
            }
            const some = await reader.take(taken, ["id", ...properties.map(({ id }) => id)]);
            expect(some.length).toBe(taken.length);
            for (const [n, { id }] of properties.entries()) {
              expect(valuesOf(some.columns.get(id) ?? null)).toStrictEqual(
                taken.map((row) => values[n]?.[row]),
              );
            }
            expect(await reader.tombstones()).toBeNull();
          });
        },
      ),
      { numRuns: runs },
    );
  });

  it("rows are found by id, and single rows are read", async () => {
    const type = edgeTypeOf(2, "Knows", nodeTypeOf(1, "Person", []), [
      propertyOf(3, "since", { ...STRING, scalar: "I32" }),
    ]);
    const length = 150;
    const ids = Array.from({ length }, (_, i) => `it's ${i}`);
    const columns = new Map<ColumnKey, Column>([
      ["id", idColumn(ids)],
      ["src", idColumn(ids.map((id) => `from ${id}`))],
      ["dst", idColumn(ids.map((id) => `to ${id}`))],
    ]);
    const entry = await place.layers.stage(staging(), { type, rows: { length, columns }, tombstones: null });
    await eachWay(place, entry, async (reader) => {
      for (const row of [0, 77, 149]) expect(await reader.find(`it's ${row}`)).toBe(row);
      expect(await reader.find("it's 150")).toBe(-1);
      expect(await reader.find("")).toBe(-1);
      for (const row of [0, 77, 149]) {
        const found = present(await reader.lookUp(`it's ${row}`, ["src", "dst"]), "row");
        expect(found.row).toBe(row);
        expect(valuesOf(found.batch.columns.get("src") ?? null)).toEqual([`from it's ${row}`]);
        expect(valuesOf(found.batch.columns.get("dst") ?? null)).toEqual([`to it's ${row}`]);
      }
      expect(await reader.lookUp("it's 150", ["src"])).toBeNull();
      const { columns: found } = await reader.take(
        [149, 3],
        ["dst", "src", present(type.properties[0], "since").id],
      );
      expect([...found.keys()]).toEqual(["dst", "src"]);
      expect(valuesOf(found.get("dst") ?? null)).toEqual(["to it's 149", "to it's 3"]);
      expect(await reader.column(present(type.properties[0], "since").id)).toBeNull();
    });
  });

  it("tombstones are sorted and distinct, with or without rows", async () => {
    const type = nodeTypeOf(1, "Person", [propertyOf(2, "name", STRING)]);
    const tombstones = idColumn(["b", "é", "a", "b", "Z"]);
    const rows: RowBatch = { length: 0, columns: new Map() };
    const entry = await place.layers.stage(staging(), { type, rows, tombstones });
    expect(entry).toMatchObject({ rows: 0, tombstones: 4 });
    await eachWay(place, entry, async (reader) => {
      expect(valuesOf(await reader.tombstones())).toEqual(["Z", "a", "b", "é"]);
      expect(valuesOf(await reader.column("id"))).toEqual([]);
      expect(await reader.find("a")).toBe(-1);
    });
    await place.store.delete(layerKeys(entry).tombstones);
    await expect(place.layers.open(entry).tombstones()).rejects.toSatisfy((error) =>
      isError(error, "table_version_missing"),
    );
  });

  it("a missing table or version is reported with its place", async () => {
    const type = nodeTypeOf(1, "Person", []);
    const rows: RowBatch = { length: 1, columns: new Map([["id", idColumn(["a"])]]) };
    const entry = await place.layers.stage(staging(), { type, rows, tombstones: null });
    await place.store.delete(layerKeys(entry).cols);
    const missing = (error: unknown): boolean =>
      isError(error, "table_version_missing") && error.message.includes(entry.staging);
    await expect(place.layers.open({ ...entry, version: 99 }).column("id")).rejects.toSatisfy(missing);
    await place.loseTable(entry);
    await expect(place.layers.open(entry).column("id")).rejects.toSatisfy(missing);
    await expect(place.layers.open(entry).find("a")).rejects.toSatisfy(missing);
    expect(place.isFolder?.(entry) ?? false).toBe(false); // reading makes nothing
  });

  it("one row of many is found with few reads", async () => {
    const length = 70_000;
    const types: readonly ColumnType[] = [
      STRING,
      { scalar: "Bool", list: false, dimension: null },
      { scalar: "U64", list: false, dimension: null },
      { scalar: "String", list: true, dimension: null },
      { scalar: "I32", list: true, dimension: null },
      { scalar: "F32", list: false, dimension: 3 },
    ];
    const valueOf = (type: ColumnType, i: number): Value => {
      if (i % 5 === 3) return null;
      if (type.dimension !== null) return Float32Array.of(i, -i, 0.5);
      if (type.list)
        return type.scalar === "String"
          ? [`x${i}`, null, ""]
          : Array.from({ length: i % 4 }, (__, k) => i + k);
      return type.scalar === "Bool"
        ? i % 3 === 0
        : type.scalar === "U64"
          ? 2n ** 60n + BigInt(i)
          : `text of ${i}`;
    };
    const properties = [
      ...types.map((type, n) => propertyOf(n, `p${n}`, type)),
      propertyOf(9, "colour", STRING),
    ];
    const columns = new Map<ColumnKey, Column>([
      ["id", idColumn(Array.from({ length }, (__, i) => `node-${i}`))],
    ]);
    types.forEach((type, n) => {
      const values = Array.from({ length }, (__, i) => valueOf(type, i));
      columns.set(present(properties[n], "p").id, columnOf(type, values));
    });
    columns.set(
      present(properties[6], "p").id,
      columnOf(
        STRING,
        Array.from({ length }, (__, i) => `colour ${i % 9}`),
      ),
    );
    const type = nodeTypeOf(1, "Big", properties);
    const entry = await place.layers.stage(staging(), { type, rows: { length, columns }, tombstones: null });
    const counted = countingStore(place.store);
    const reader = new ObjectLayers(counted.store).open(entry);
    expect(await reader.find("node-65537")).toBe(65_537);
    const { columns: found } = await reader.take(
      [65_537, 3, 69_999],
      properties.map(({ id }) => id),
    );
    for (const [n, { id }] of properties.entries()) {
      const expected = [65_537, 3, 69_999].map((i) =>
        n === 6 ? `colour ${i % 9}` : valueOf(present(types[n], "type"), i),
      );
      expect(valuesOf(found.get(id) ?? null)).toStrictEqual(expected);
    }
    // From a remote store a request brings more than is asked for, to save others.
    expect(counted.bytes()).toBeLessThan((place.store.rangeNow === undefined ? 512 : 64) << 10);
    expect(valuesOf(await place.layers.open(entry).column(present(properties[2], "p").id))?.[69_999]).toBe(
      valueOf(present(types[2], "t"), 69_999),
    );
  });

  it("null vectors and lists take bits, and read back by every way of reading", async () => {
    const length = 14_000;
    const vector: ColumnType = { scalar: "F32", list: false, dimension: 1536 };
    const properties = [propertyOf(2, "v", vector), propertyOf(3, "tags", { ...STRING, list: true })];
    const type = nodeTypeOf(1, "Sparse", properties);
    const [v, tags] = properties.map(({ id }) => id);
    const staged = async (values: readonly Value[]): Promise<LayerEntry> => {
      const columns = new Map<ColumnKey, Column>([["id", idColumn(values.map((__, i) => `n${i}`))]]);
      columns.set(present(v, "v"), columnOf(vector, values));
      columns.set(present(tags, "tags"), constantColumn({ ...STRING, list: true }, null, values.length));
      return place.layers.stage(staging(), {
        type,
        rows: { length: values.length, columns },
        tombstones: null,
      });
    };
    const sizeOf = async (prefix: string): Promise<number> =>
      (await place.store.list(prefix)).reduce((sum, { size }) => sum + size, 0);

    const nulls = Array.from({ length }, () => null);
    const empty = await staged(nulls);
    expect(await sizeOf(layerKeys(empty).folder)).toBeLessThan(50 * length);
    await eachWay(place, empty, async (reader) =>
      expect(valuesOf(await reader.column(present(v, "v")))).toStrictEqual(nulls),
    );

    const few = nulls.map((__, i) => (i % 1000 === 999 ? new Float32Array(1536).fill(i) : null));
    const sparse = await staged([...nulls.slice(0, 12_000), ...few.slice(12_000)]);
    expect(await sizeOf(layerKeys(sparse).cols)).toBeLessThan(50 * length);
    await eachWay(place, sparse, async (reader) => {
      const read = present(await reader.column(present(v, "v")), "vectors");
      const rows = [11_999, 12_999, 13_000, 13_999];
      expect(read.length).toBe(length);
      expect(valuesOf(takeColumn(read, rows))).toStrictEqual(
        rows.map((row) => (row < 12_000 ? null : few[row])),
      );
      expect(read.kind === "vector" && read.values.length).toBe(2 * 1536);
      const pages = await reader.paged(present(v, "v"), 0, pageMemory(1 << 20));
      if (pages !== null) {
        const onPages = rows.map((row) =>
          valueAt(pages.page(row >>> pages.pageBits), row % 2 ** pages.pageBits),
        );
        expect(onPages).toStrictEqual(rows.map((row) => (row < 12_000 ? null : few[row])));
      }
      expect(valuesOf(present(await reader.column(present(tags, "tags")), "lists"))).toStrictEqual(nulls);
    });
  });
});

/** The same store, counting the bytes that are read. */
function countingStore(store: ObjectStore): { readonly store: ObjectStore; bytes(): number } {
  let bytes = 0;
  const counting = overridden(store, {
    range: async (key, offset, length, signal) => {
      const part = await store.range(key, offset, length, signal);
      bytes += part?.length ?? 0;
      return part;
    },
    get: async (key, signal) => {
      const whole = await store.get(key, signal);
      bytes += whole?.length ?? 0;
      return whole;
    },
  });
  return { store: counting, bytes: () => bytes };
}
