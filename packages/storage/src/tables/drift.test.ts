import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemEnvironment } from "@omnigraph/base";
import * as lancedb from "@lancedb/lancedb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeTypeOf, numberedUlid, propertyOf } from "../../../../tests/support/graphs/entity-types.ts";
import type { Backend } from "../backends/backend.ts";
import { openBackend } from "../backends/open.ts";
import { columnOf, idColumn } from "../rows/builder.ts";
import type { ColumnKey } from "../rows/batch.ts";
import { valueAt } from "../rows/access.ts";
import type { Column } from "../rows/column.ts";
import type { LayerEntry } from "./layer.ts";
import { layerKeys } from "./layer-reader.ts";

const AGE = propertyOf(0, "age", { scalar: "I32", list: false, dimension: null });
const TYPE = nodeTypeOf(1, "Person", [AGE]);

let root = "";
let backend: Backend;
let entry: LayerEntry;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "omnigraph-drift-"));
  backend = await openBackend(root, systemEnvironment, { writable: true });
  const age = columnOf({ scalar: "I32", list: false, dimension: null }, [1, 2, null, 4]);
  const columns = new Map<ColumnKey, Column>([
    ["id", idColumn(["a", "b", "c", "d"])],
    [AGE.id, age],
  ]);
  const draft = { type: TYPE, rows: { length: 4, columns }, tombstones: null };
  entry = await backend.tables.stage(numberedUlid(1000), draft);
});
afterEach(async () => {
  await backend.objects.close();
  await rm(root, { recursive: true });
});

/** Uses the table of a layer as another program would. */
async function foreign(use: (table: lancedb.Table) => Promise<unknown>, of = entry): Promise<void> {
  const connection = await lancedb.connect(join(root, layerKeys(of).folder));
  const table = await connection.openTable(of.type);
  await use(table);
  table.close();
  connection.close();
}

const folder = (): string => join(root, layerKeys(entry).folder, `${entry.type}.lance`);

describe("the table of a layer that others", () => {
  it("have left alone has no drift", async () => {
    expect(await backend.tables.drift(entry)).toMatchObject({ kind: "no_drift", head: entry.version });
  });

  it("have compacted or indexed has the same rows, and repair calls it maintenance", async () => {
    await foreign((table) => table.createIndex("id", { config: lancedb.Index.btree() }));
    await foreign((table) => table.optimize({ cleanupOlderThan: new Date(0) }));
    const drift = await backend.tables.drift(entry);
    expect(drift).toMatchObject({ kind: "maintenance", added: [], removed: [], changed: [], rows: null });
    expect(drift.head).toBeGreaterThan(entry.version);
  });

  it("have written has the rows that differ, by id and with their values", async () => {
    await foreign((table) => table.add([{ id: "e", age: 5 }]));
    await foreign((table) => table.delete("id = 'b'"));
    await foreign((table) => table.update({ where: "id = 'c'", values: { age: 7 } }));
    const drift = await backend.tables.drift(entry);
    expect(drift).toMatchObject({ kind: "rows_changed", added: ["e"], removed: ["b"], changed: ["c"] });
    const { rows } = drift;
    const values = (key: ColumnKey): readonly unknown[] => {
      const column = rows?.columns.get(key);
      return column === undefined ? [] : Array.from({ length: column.length }, (_, i) => valueAt(column, i));
    };
    expect(drift.rowKeys).toEqual([[AGE.id], [AGE.id]]);
    const found = new Map(values("id").map((id, i) => [id, values(AGE.id)[i]]));
    expect(found).toEqual(
      new Map([
        ["c", 7],
        ["e", 5],
      ]),
    );
    expect(await backend.tables.open(entry).find("b")).toBe(1);
  });

  it("have changed to what is no number has those rows, wherever in their values it is", async () => {
    const scores = propertyOf(2, "score", { scalar: "F64", list: false, dimension: null });
    const places = propertyOf(3, "place", { scalar: "F32", list: false, dimension: 2 });
    const rows = {
      length: 3,
      columns: new Map<ColumnKey, Column>([
        ["id", idColumn(["a", "b", "c"])],
        [scores.id, columnOf(scores.type, [1, 2, 3])],
        [
          places.id,
          columnOf(
            places.type,
            [1, 2, 3].map((n) => Float32Array.of(n, 0)),
          ),
        ],
      ]),
    };
    const type = nodeTypeOf(4, "Place", [scores, places]);
    const staged = await backend.tables.stage(numberedUlid(1001), { type, rows, tombstones: null });
    await foreign(async (table) => {
      await table.update({ where: "id = 'a'", valuesSql: { score: "CAST('NaN' AS DOUBLE)" } });
      await table.update({
        where: "id = 'c'",
        valuesSql: {
          place: "arrow_cast([CAST('NaN' AS FLOAT), CAST(0 AS FLOAT)], 'FixedSizeList(2, Float32)')",
        },
      });
    }, staged);
    const drift = await backend.tables.drift(staged);
    expect(new Set(drift.changed)).toEqual(new Set(["a", "c"]));
    expect(new Set(drift.rowKeys.flat())).toEqual(new Set([scores.id, places.id]));
  });

  it("have given and taken columns says which", async () => {
    await foreign((table) => table.addColumns([{ name: "extra", valueSql: "1" }]));
    expect(await backend.tables.drift(entry)).toMatchObject({ kind: "maintenance", columns: ["extra"] });
    await foreign((table) => table.dropColumns(["age"]));
    expect(await backend.tables.drift(entry)).toMatchObject({
      kind: "rows_changed",
      changed: ["a", "b", "c", "d"],
      columns: ["age", "extra"],
    });
  });

  it("have restored to an older version has the rows of that version again", async () => {
    await foreign((table) => table.add([{ id: "e", age: 5 }]));
    await foreign(async (table) => {
      await table.checkout(entry.version);
      await table.restore();
    });
    expect(await backend.tables.drift(entry)).toMatchObject({ kind: "maintenance" });
  });

  it("have pruned lacks its pinned version, and one that is gone lacks all", async () => {
    await foreign((table) => table.add([{ id: "e", age: 5 }]));
    const [oldest] = readdirSync(join(folder(), "_versions"))
      .filter((name) => name.endsWith(".manifest"))
      .toSorted()
      .toReversed();
    rmSync(join(folder(), "_versions", oldest ?? ""));
    expect(await backend.tables.drift(entry)).toMatchObject({ kind: "missing", head: entry.version + 1 });
    rmSync(folder(), { recursive: true });
    expect(await backend.tables.drift(entry)).toMatchObject({ kind: "missing", head: null });
  });

  it("have damaged cannot be compared, and that is said", async () => {
    await foreign((table) => table.add([{ id: "e", age: 5 }]));
    for (const name of readdirSync(join(folder(), "data"))) writeFileSync(join(folder(), "data", name), "?");
    const drift = await backend.tables.drift(entry);
    expect(drift.kind).toBe("unknown");
    expect(drift.problem).toContain(entry.type);
  });
});

it("a column file that is written again from the table is the same as before", async () => {
  const { cols } = layerKeys(entry);
  const before = await backend.objects.get(cols);
  await backend.objects.delete(cols);
  await backend.tables.rebuild(entry);
  expect(
    Buffer.compare((await backend.objects.get(cols)) ?? new Uint8Array(), before ?? new Uint8Array()),
  ).toBe(0);
  const problems: unknown[] = [];
  for await (const problem of backend.tables.check(entry)) problems.push(problem);
  expect(problems).toEqual([]);
});
