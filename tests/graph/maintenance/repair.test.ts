import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { MAIN_LOG_ID, slotKey } from "@omnigraph/log";
import { requireExternal } from "@omnigraph/storage/external";
import { type ObjectStore, openBackend } from "@omnigraph/storage";
import { systemEnvironment } from "@omnigraph/base";
import { Omnigraph } from "omnigraph";
import { beforeEach, describe, expect, it } from "vitest";
import { testFolder } from "../../support/running/folders.ts";

const SCHEMA = `node Person { name: String @key  age: I32?  city: String? }
edge Knows: Person -> Person
`;
const ADD = "query q($n: String) { insert Person { name: $n } }";
const PEOPLE = "query q() { match { $p: Person } return { $p.name, $p.age, $p.city } order { $p.name } }";
/** So many commits that a block has a digest. */
const COMMITS = 70;

const folder = testFolder("repair");
let made = 0;
let uri = "";
let backup = "";

beforeEach(async () => {
  uri = join(folder, `${made++}.omni`);
  await using graph = await Omnigraph.init(uri, { schema: SCHEMA, inlineRows: 1 });
  await graph.load(
    ["a", "b", "c"].map((name, i) => ({ type: "Person", data: { name, age: i, city: "Oslo" } })),
    { mode: "append" },
  );
  await graph.mutate('query q() { update Person set { city: "Rome" } where name = "c" }');
});

/** What the tests use of lancedb. */
interface ForeignTable {
  add(rows: readonly object[]): Promise<unknown>;
  update(change: { readonly where: string; readonly values: object }): Promise<unknown>;
  delete(where: string): Promise<unknown>;
  createIndex(column: string): Promise<unknown>;
  optimize(options: { readonly cleanupOlderThan: Date }): Promise<unknown>;
  close(): void;
}

interface ForeignConnection {
  openTable(name: string): Promise<ForeignTable>;
  close(): void;
}

// Cast: the module's type is that of its declarations; `require` itself has none.
const lancedb = requireExternal("@lancedb/lancedb") as {
  connect(folder: string): Promise<ForeignConnection>;
};

/** The Lance table of a graph that has one, as another program opens it. */
async function foreign(use: (table: ForeignTable) => Promise<unknown>): Promise<void> {
  const { parent, name } = tableOf();
  const connection = await lancedb.connect(parent);
  const table = await connection.openTable(name);
  await use(table);
  table.close();
  connection.close();
}

function tableOf(): { readonly parent: string; readonly name: string } {
  for (const staging of readdirSync(join(uri, "tables")).toSorted()) {
    const parent = join(uri, "tables", staging);
    const found = readdirSync(parent).find((name) => name.endsWith(".lance"));
    if (found !== undefined) return { parent, name: found.slice(0, -".lance".length) };
  }
  return expect.fail("there is no table");
}

describe("a table that others changed", () => {
  it("a table that others wrote to is shown with the rows that differ, and read as it was", async () => {
    await foreign((table) => table.add([{ id: "x", name: "x", age: 9, city: "Bern" }]));
    await foreign((table) => table.update({ where: "id = 'c'", values: { age: 7 } }));
    await foreign((table) => table.delete("id = 'b'"));
    await using graph = await Omnigraph.open(uri, { readOnly: true });
    const { tables, commit, objects } = await graph.maintenance.repair();
    expect([commit, objects]).toEqual([null, []]);
    expect(tables[0]).toMatchObject({
      classification: "rows_changed",
      action: "forget",
      isDone: false,
      operations: ["add_rows", "remove_rows", "change_rows"],
      rows: {
        added: { count: 1, ids: ["x"] },
        removed: { count: 1, ids: ["b"] },
        changed: { count: 1, ids: ["c"] },
      },
    });
    expect((await graph.query(PEOPLE)).rows).toHaveLength(3);
    const { findings, isClean } = await graph.maintenance.fsck();
    expect([isClean, findings]).toMatchObject([
      false,
      [
        {
          class: "table_changed",
          severity: "warning",
          branches: [],
          advice: expect.stringContaining("repair"),
        },
      ],
    ]);
    expect(findings[0]?.problem).toContain('1 row added ("x"); 1 row removed ("b"); 1 row changed ("c")');
    await expect(graph.maintenance.repair({ force: true })).rejects.toMatchObject({ reason: "usage" });
  });

  it("a table that others wrote to is written anew without what they wrote by confirm", async () => {
    await foreign((table) => table.add([{ id: "x", name: "x", age: 9, city: "Bern" }]));
    await using graph = await Omnigraph.open(uri);
    const before = (await graph.query(PEOPLE)).rows;
    const { tables, commit } = await graph.maintenance.repair({ confirm: true, actor: "keeper" });
    expect(tables[0]).toMatchObject({ action: "forget", isDone: true, error: null });
    expect(commit).toMatchObject({ kind: "maintenance", actor: "keeper" });
    expect((await graph.query(PEOPLE)).rows).toEqual(before);
    const again = await graph.maintenance.repair({ confirm: true });
    expect(again.commit).toBeNull();
    expect(again.tables.every(({ classification }) => classification === "no_drift")).toBe(true);
    expect(await graph.maintenance.fsck()).toMatchObject({ isClean: true });
  });

  it("a table that others wrote to gives what they added and changed to the graph by force, and nothing that was written since is lost", async () => {
    await foreign((table) => table.add([{ id: "x", name: "x", age: 9, city: "Bern" }]));
    await foreign((table) => table.update({ where: "id = 'c'", values: { age: 7 } }));
    await using graph = await Omnigraph.open(uri);
    const { tables } = await graph.maintenance.repair({ confirm: true, force: true, actor: "keeper" });
    expect(tables[0]).toMatchObject({ action: "adopt", isDone: true, error: null });
    expect((await graph.query(PEOPLE)).rows.map((row) => Object.values(row))).toEqual([
      ["a", 0, "Oslo"],
      ["b", 1, "Oslo"],
      ["c", 7, "Rome"],
      ["x", 9, "Bern"],
    ]);
    expect((await graph.commits.list()).map(({ kind, actor }) => [kind, actor]).slice(0, 2)).toEqual([
      ["maintenance", "keeper"],
      ["load", "keeper"],
    ]);
    const again = await graph.maintenance.repair({ confirm: true, force: true });
    expect([again.commit, again.tables[0]?.classification]).toEqual([null, "no_drift"]);
    expect(await graph.maintenance.fsck()).toMatchObject({ isClean: true });
  });

  it("what others removed is deleted by force with its edges, but for what was changed since", async () => {
    await using graph = await Omnigraph.open(uri);
    await graph.mutate(
      'query q() { insert Knows { from: "a", to: "b" } insert Knows { from: "a", to: "c" } }',
    );
    await foreign((table) => table.delete("id = 'b'"));
    await foreign((table) => table.delete("id = 'c'"));
    const { tables, commit } = await graph.maintenance.repair({
      confirm: true,
      force: true,
      actor: "keeper",
    });
    expect(tables[0]).toMatchObject({ action: "adopt", isDone: true, error: null });
    expect(commit).toMatchObject({ kind: "maintenance" });
    expect((await graph.query(PEOPLE)).rows.map((row) => Object.values(row))).toEqual([
      ["a", 0, "Oslo"],
      ["c", 2, "Rome"],
    ]);
    const known = 'query q() { match { $p: Person { name: "a" } $p knows $q } return { $q.name as name } }';
    expect((await graph.query(known)).rows).toEqual([{ name: "c" }]);
    const again = await graph.maintenance.repair({ confirm: true, force: true });
    expect([again.commit, again.tables[0]?.classification]).toEqual([null, "no_drift"]);
    expect(await graph.maintenance.fsck()).toMatchObject({ isClean: true });
  });

  it("a table that others wrote to is refused by force where its rows break the schema, with the reason", async () => {
    await foreign((table) => table.add([{ id: "x", name: "y", age: 9, city: null }]));
    await using graph = await Omnigraph.open(uri);
    const { tables } = await graph.maintenance.repair({ confirm: true, force: true });
    expect(tables[0]).toMatchObject({
      action: "adopt",
      isDone: false,
      error: expect.stringContaining("as the key gives it"),
    });
    expect((await graph.query(PEOPLE)).rows).toHaveLength(3);
  });

  it("a table that others only compacted is nobody's concern", async () => {
    await foreign((table) => table.createIndex("age"));
    await foreign((table) => table.optimize({ cleanupOlderThan: new Date(0) }));
    await using graph = await Omnigraph.open(uri);
    const { tables, commit } = await graph.maintenance.repair({ confirm: true });
    expect(commit).toBeNull();
    expect(tables[0]).toMatchObject({ classification: "maintenance", action: "no_op", error: null });
  });

  it("a table that others removed is written anew from the column file beside it", async () => {
    const { parent, name } = tableOf();
    rmSync(join(parent, `${name}.lance`), { recursive: true });
    await using graph = await Omnigraph.open(uri);
    const before = (await graph.query(PEOPLE)).rows;
    expect((await graph.maintenance.repair()).tables[0]).toMatchObject({
      classification: "missing",
      action: "rewrite",
      headVersion: null,
    });
    expect((await graph.maintenance.repair({ confirm: true })).tables[0]).toMatchObject({ isDone: true });
    await using again = await Omnigraph.open(uri, { readOnly: true });
    expect((await again.query(PEOPLE)).rows).toEqual(before);
    expect((await again.maintenance.repair()).tables[0]).toMatchObject({ classification: "no_drift" });
  });
});

describe("a graph with damaged objects", () => {
  const remove = async (store: ObjectStore, key: string): Promise<void> => store.delete(key);
  const cut = async (store: ObjectStore, key: string): Promise<void> =>
    store.put(key, ((await store.get(key)) ?? new Uint8Array()).subarray(0, 100));

  async function grown(): Promise<ObjectStore> {
    await using graph = await Omnigraph.open(uri);
    for (let n = 0; n < COMMITS; n++) await graph.mutate(ADD, { n: `n${n}` });
    backup = `${uri}.backup`;
    await graph.close();
    cpSync(uri, backup, { recursive: true });
    return (await openBackend(uri, systemEnvironment)).objects;
  }

  async function repaired(from?: string) {
    await using graph = await Omnigraph.open(uri);
    const planned = await graph.maintenance.repair(from === undefined ? {} : { from });
    const done = await graph.maintenance.repair({ ...(from === undefined ? {} : { from }), confirm: true });
    expect(done.objects.map(({ place, action }) => [place, action])).toEqual(
      planned.objects.map(({ place, action }) => [place, action]),
    );
    return done.objects;
  }

  it("what is derived is written again or removed, and slots come back from the digest of their block", async () => {
    const store = await grown();
    const keys = (await store.list("")).map(({ key }) => key);
    const columnFile = keys.find((key) => key.endsWith(".cols")) ?? expect.fail("no column file");
    await cut(store, columnFile);
    await cut(store, slotKey(MAIN_LOG_ID, 20));
    for (const slot of [30, 31, 32]) await remove(store, slotKey(MAIN_LOG_ID, slot));
    const objects = await repaired();
    const done = { isDone: true, error: null };
    expect(objects).toMatchObject([
      { class: "slot_damaged", action: "restore", source: "digest", ...done },
      { class: "slot_missing", place: slotKey(MAIN_LOG_ID, 30), source: "digest", ...done },
      { class: "slot_missing", place: slotKey(MAIN_LOG_ID, 31), source: "digest", ...done },
      { class: "slot_missing", place: slotKey(MAIN_LOG_ID, 32), source: "digest", ...done },
      { class: "column_file_damaged", place: columnFile, action: "rewrite", source: "table", ...done },
    ]);
    expect(await Omnigraph.fsck(uri)).toMatchObject({ isClean: true });
  });

  it("records of branch names come back from a copy of the graph, and from no other", async () => {
    await using graph = await Omnigraph.open(uri);
    for (const name of ["draft", "empty"]) await graph.branches.create(name);
    await graph.mutate(ADD, { n: "of draft" }, { branch: "draft" });
    const store = await grown();
    const records = (await store.list("__manifest/refs/")).map(({ key }) => key);
    expect(records).toHaveLength(2);
    for (const key of records) await cut(store, key);
    const stranger = `memory://repair-stranger-${made}`;
    await (await Omnigraph.init(stranger, { schema: SCHEMA })).close();
    for (const from of [undefined, stranger])
      expect((await repaired(from)).map(({ class: found, isDone }) => [found, isDone])).toEqual([
        ["record_damaged", false],
        ["record_damaged", false],
      ]);
    expect(await repaired(backup)).toMatchObject([
      { class: "record_damaged", action: "restore", source: "backup", isDone: true, error: null },
      { class: "record_damaged", action: "restore", source: "backup", isDone: true, error: null },
    ]);
    await using again = await Omnigraph.open(uri, { readOnly: true });
    expect((await again.branches.list()).map(({ name }) => name)).toEqual(["draft", "empty", "main"]);
    expect((await Omnigraph.fsck(uri)).findings.filter(({ severity }) => severity !== "note")).toEqual([]);
  });

  it("what only a copy of the graph has comes from there, and nothing that does not fit", async () => {
    const store = await grown();
    const keys = (await store.list("")).map(({ key }) => key);
    const digest = keys.find((key) => key.includes("/digests/")) ?? expect.fail("no digest");
    const schema = keys.find((key) => key.includes("/schemas/")) ?? expect.fail("no schema");
    await cut(store, digest);
    await cut(store, slotKey(MAIN_LOG_ID, 20));
    await cut(store, schema);
    const { parent, name } = tableOf();
    rmSync(join(parent, `${name}.lance`), { recursive: true });
    const alone = await repaired();
    expect(alone.find(({ class: found }) => found === "slot_damaged")).toMatchObject({
      action: "restore",
      source: null,
      isDone: false,
      advice: expect.stringContaining("from"),
    });
    const stranger = `memory://repair-stranger-${made}`;
    await (await Omnigraph.init(stranger, { schema: SCHEMA })).close();
    expect((await repaired(stranger)).some(({ isDone }) => isDone)).toBe(false);
    const fromBackup = await repaired(backup);
    expect(fromBackup.every(({ isDone, source }) => isDone && source === "backup")).toBe(true);
    expect((await Omnigraph.fsck(uri)).findings.filter(({ severity }) => severity !== "note")).toEqual([]);
  });
});
