import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemEnvironment, type Value } from "@omnigraph/base";
import * as lancedb from "@lancedb/lancedb";
import { describe, expect, it } from "vitest";
import { valuesOf } from "../../../../tests/support/generators/columns.ts";
import { nodeTypeOf, numberedUlid, propertyOf } from "../../../../tests/support/graphs/entity-types.ts";
import { overridden } from "../../../../tests/support/stores/overridden.ts";
import { openBackend } from "../backends/open.ts";
import type { ColumnKey, RowBatch } from "../rows/batch.ts";
import { columnOf, idColumn } from "../rows/builder.ts";
import type { Column, ColumnType } from "../rows/column.ts";
import { LanceLayers } from "./lance-layers.ts";
import { layerKeys } from "./layer-reader.ts";

const STRING: ColumnType = { scalar: "String", list: false, dimension: null };

describe("Lance tables", () => {
  it("the store sees all files of a Lance table, and syncs them", async () => {
    const root = await mkdtemp(join(tmpdir(), "omnigraph-lance-"));
    const { objects: store } = await openBackend(root, systemEnvironment, { writable: true });
    const synced: string[] = [];
    const watched = overridden(store, {
      sync: async (keys) => {
        synced.push(...keys);
        await store.sync(keys);
      },
    });
    const type = nodeTypeOf(1, "Person", []);
    const rows: RowBatch = { length: 2, columns: new Map([["id", idColumn(["a", "b"])]]) };
    const layers = new LanceLayers(root, watched, { diskRoot: () => root });
    const staged = await layers.stage(numberedUlid(1000), { type, rows, tombstones: null });
    synced.length = 0;
    const entry = (await layers.index(staged, ["id"])) ?? expect.unreachable();
    const folder = `${layerKeys(entry).folder}/${entry.type}.lance`;
    const files = (await readdir(join(root, folder), { recursive: true, withFileTypes: true })).filter(
      (file) => file.isFile(),
    );
    const paths = files.map((file) => join(file.parentPath, file.name).slice(root.length + 1)).toSorted();
    expect(paths.length).toBeGreaterThan(5);
    expect(synced.toSorted()).toEqual(paths);
    await store.close();
    await rm(root, { recursive: true });
  });

  it("Lance tables are of data storage version 2.1, also those without rows and with vectors that are left out of a call", async () => {
    const root = await mkdtemp(join(tmpdir(), "omnigraph-lance-"));
    const { objects: store } = await openBackend(root, systemEnvironment, { writable: true });
    const place = propertyOf(1, "place", { scalar: "F32", list: false, dimension: 2 });
    const type = nodeTypeOf(1, "Person", [place]);
    const layers = new LanceLayers(root, store);
    const vectors = (values: readonly Value[]): Column =>
      columnOf({ scalar: "F32", list: false, dimension: 2 }, values);
    const versions = new Set<string>();
    for (const [at, values] of [[], [null, null], [Float32Array.of(1, 2), null]].entries()) {
      const columns: [ColumnKey, Column][] = [
        ["id", idColumn(values.map((_, n) => `p${n}`))],
        [place.id, vectors(values)],
      ];
      const rows = { length: values.length, columns: new Map(columns) };
      const { staging } = await layers.stage(numberedUlid(1000 + at), { type, rows, tombstones: null });
      const data = join(root, layerKeys({ staging, type: type.id }).folder, `${type.id}.lance`, "data");
      for (const file of values.length === 0 ? [] : await readdir(data)) {
        const bytes = await readFile(join(data, file));
        // A data file ends with its version, two numbers of 16 bits, and a magic.
        const [major, minor] = [bytes.readUInt16LE(bytes.length - 8), bytes.readUInt16LE(bytes.length - 6)];
        versions.add(`${bytes.toString("latin1", bytes.length - 4)} ${major}.${minor}`);
      }
    }
    expect([...versions]).toEqual(["LANC 2.1"]);
    await store.close();
    await rm(root, { recursive: true });
  });

  it("Lance tables are ordinary ones: columns have the names of properties and are filtered by SQL", async () => {
    const root = await mkdtemp(join(tmpdir(), "omnigraph-lance-"));
    const { objects: store } = await openBackend(root, systemEnvironment, { writable: true });
    const properties = [
      propertyOf(0, "name", STRING),
      propertyOf(1, "age", { ...STRING, scalar: "U64" }),
      propertyOf(2, "born", { ...STRING, scalar: "Date" }),
      propertyOf(3, "seen", { ...STRING, scalar: "DateTime" }),
      propertyOf(4, "tags", { ...STRING, list: true }),
      propertyOf(5, "point", { scalar: "F32", list: false, dimension: 2 }),
      propertyOf(6, "active", { ...STRING, scalar: "Bool" }),
    ];
    const values: readonly (readonly Value[])[] = [
      ["Ann", "Bob", null],
      [2n ** 63n, 5, null],
      [0, 19_000, null],
      [0, 1_700_000_000_000, null],
      [["x"], ["y", "z"], null],
      [Float32Array.of(1, 2), null, Float32Array.of(3, 4)],
      [true, false, null],
    ];
    const columns = new Map<ColumnKey, Column>([["id", idColumn(["a", "b", "c"])]]);
    properties.forEach(({ id, type }, n) => columns.set(id, columnOf(type, values[n] ?? [])));
    const type = nodeTypeOf(1, "Person", properties);
    const layers = new LanceLayers(root, store);
    const staged = await layers.stage(numberedUlid(1000), {
      type,
      rows: { length: 3, columns },
      tombstones: null,
    });
    const entry = (await layers.index(staged, ["id"])) ?? expect.unreachable();
    const connection = await lancedb.connect(join(root, layerKeys(entry).folder));
    const table = await connection.openTable(entry.type, [], { version: entry.version });
    const idsWhere = async (filter: string): Promise<readonly unknown[]> =>
      (await table.query().where(filter).select(["id"]).toArray())
        .map((row: { readonly id: string }) => row.id)
        .toSorted();
    expect(await idsWhere("name = 'Ann'")).toEqual(["a"]);
    expect(await idsWhere("age > 9223372036854775807")).toEqual(["a"]);
    expect(await idsWhere("born = date '2022-01-08'")).toEqual(["b"]);
    expect(await idsWhere("seen >= timestamp '2023-01-01 00:00:00Z'")).toEqual(["b"]);
    expect(await idsWhere("array_has(tags, 'z')")).toEqual(["b"]);
    expect(await idsWhere("active")).toEqual(["a"]);
    expect(
      await idsWhere("name IS NULL AND age IS NULL AND born IS NULL AND tags IS NULL AND active IS NULL"),
    ).toEqual(["c"]);
    expect(
      (await table.vectorSearch([3, 4]).column("point").limit(1).toArray()).map(
        (row: { readonly id: string }) => row.id,
      ),
    ).toEqual(["c"]);
    expect((await table.listIndices()).map(({ columns: indexed }) => indexed)).toEqual([["id"]]);
    expect(valuesOf(await layers.open(entry).column("id"))).toEqual(["a", "b", "c"]);
    table.close();
    connection.close();
    await store.close();
    await rm(root, { recursive: true });
  });

  it("an index is built on the version that a commit names, whatever came after it", async () => {
    const root = await mkdtemp(join(tmpdir(), "omnigraph-lance-"));
    const { objects: store } = await openBackend(root, systemEnvironment, { writable: true });
    const layers = new LanceLayers(root, store);
    const age = propertyOf(1, "age", { ...STRING, scalar: "I32" });
    const columns = new Map<ColumnKey, Column>([
      ["id", idColumn(["a", "b"])],
      [age.id, columnOf(age.type, [1, null])],
    ]);
    const draft = { type: nodeTypeOf(1, "Person", [age]), rows: { length: 2, columns }, tombstones: null };
    const staged = await layers.stage(numberedUlid(1000), draft);
    const connection = await lancedb.connect(join(root, layerKeys(staged).folder));
    const foreign = await connection.openTable(staged.type);
    await foreign.add([{ id: "foreign", age: 7 }]);
    const entry = (await layers.index(staged, ["id", age.id])) ?? expect.unreachable();
    expect(entry.indexes).toEqual(["id", age.id]);
    expect(entry.version).toBeGreaterThan(staged.version);
    const table = await connection.openTable(staged.type, [], { version: entry.version });
    expect(await table.countRows()).toBe(2);
    for (const { name } of await table.listIndices())
      expect(await table.indexStats(name)).toMatchObject({ numIndexedRows: 2, numUnindexedRows: 0 });
    expect(await table.listIndices()).toHaveLength(2);
    expect(valuesOf(await layers.open(entry).column(age.id))).toEqual([1, null]);
    for (const open of [foreign, table]) open.close();
    connection.close();
    await store.close();
    await rm(root, { recursive: true });
  });
});
