import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { MemoryObjects, ObjectLayers, Omnigraph, readResolutions } from "omnigraph";
import { HISTORY_FAILURES } from "./history-failures.ts";
import { ROOT } from "../../support/running/markdown.ts";
import {
  analyzed,
  BOTH,
  BOTH_PUT,
  copied,
  drained,
  failing,
  type Failures,
  folder,
  foreign,
  load,
  mutate,
  named,
  ofSource,
  ofText,
  ofWrite,
  parts,
  PERSON,
  PUT,
  READ,
  SCAN,
  scanned,
  SCHEMA,
  SUM,
} from "./failing-calls.ts";

let tables = 0;

/** A Lance table with one person. */
async function personTable(): Promise<string> {
  const to = join(folder, `tables-${tables++}`);
  await using source = await Omnigraph.init(`memory://reasons-tables-${tables}`, { schema: SCHEMA });
  await source.load(PERSON, { mode: "append" });
  await source.tables.export(to, { format: "lance", types: ["Person"] });
  return join(to, "Person.lance");
}

/** By call and reason: a call that fails so. */
export const FAILURES: Readonly<Record<string, Failures>> = {
  "Omnigraph.init": {
    schema_invalid: () => Omnigraph.init("memory://none", { schema: "nonsense" }),
    graph_exists: async () => {
      await using _ = await Omnigraph.init("memory://twice", { schema: SCHEMA });
      await Omnigraph.init("memory://twice", { schema: "node A { n: I32 }" });
    },
    folder_not_empty: () => Omnigraph.init(join(ROOT, "scripts"), { schema: SCHEMA }),
    store_uri_invalid: () => Omnigraph.init("ftp://nowhere", { schema: SCHEMA }),
  },
  "Omnigraph.open": {
    graph_not_found: () => Omnigraph.open(join(folder, "absent.omni")),
    store_uri_invalid: () => Omnigraph.open("ftp://nowhere"),
  },
  "ClosedGraph.fsck": {
    graph_not_found: () => Omnigraph.fsck(join(folder, "absent.omni")),
    branch_not_found: ({ uri }) => Omnigraph.fsck(uri, { branch: "none" }),
    caller_failed: ({ uri }) => Omnigraph.fsck(uri, { onProgress: failing }),
    store_uri_invalid: () => Omnigraph.fsck("ftp://nowhere"),
  },
  "ClosedGraph.repair": {
    graph_not_found: () => Omnigraph.repair(join(folder, "absent.omni"), { confirm: true }),
    branch_not_found: ({ uri }) => Omnigraph.repair(uri, { branch: "none" }),
    caller_failed: ({ uri }) => Omnigraph.repair(uri, { onProgress: failing }),
    store_uri_invalid: ({ uri }) => Omnigraph.repair(uri, { from: "ftp://nowhere" }),
  },
  "Omnigraph.initWith": {
    schema_invalid: () => Omnigraph.initWith(parts(), { schema: "nonsense" }),
    graph_exists: async () => {
      const given = parts();
      await using _ = await Omnigraph.initWith(given, { schema: SCHEMA });
      await Omnigraph.initWith(given, { schema: "node A { n: I32 }" });
    },
    folder_not_empty: async () => {
      const given = parts();
      await given.objects.put("notes.txt", new Uint8Array(1));
      await Omnigraph.initWith(given, { schema: SCHEMA });
    },
  },
  "Omnigraph.openWith": { graph_not_found: () => Omnigraph.openWith(parts()) },
  "ClosedGraph.restore": {
    graph_not_found: () => Omnigraph.restore("memory://reasons-absent", "memory://reasons-new"),
    graph_exists: async () => {
      await copied("memory://reasons-whole");
      await Omnigraph.restore("memory://reasons-whole", "memory://reasons-whole");
    },
    folder_not_empty: async ({ folder: at }) => {
      await copied("memory://reasons-whole-2");
      writeFileSync(join(at, "letter.txt"), "dear");
      await Omnigraph.restore("memory://reasons-whole-2", at);
    },
    backup_differs: async ({ graph }) => {
      const to = new MemoryObjects("reasons-half");
      await copied("memory://reasons-whole-3");
      await (
        await Omnigraph.initWith({ objects: to, tables: new ObjectLayers(to) }, { schema: SCHEMA })
      ).close();
      await to.delete("__manifest/format.json");
      await graph.maintenance.backup("memory://reasons-half");
    },
    store_uri_invalid: () =>
      Omnigraph.restore("memory://reasons-absent", "ftp://there").catch(async () => {
        await copied("memory://reasons-whole-4");
        await Omnigraph.restore("memory://reasons-whole-4", "ftp://there");
      }),
    branch_not_found: async () => {
      await copied("memory://reasons-whole-5");
      await Omnigraph.restore("memory://reasons-whole-5", "memory://reasons-none", { branches: ["none"] });
    },
    caller_failed: async () => {
      await copied("memory://reasons-whole-6");
      await Omnigraph.restore("memory://reasons-whole-6", "memory://reasons-stopped-2", {
        onProgress: failing,
      });
    },
  },
  "Omnigraph.query": {
    ...ofText(({ graph }, text, options) => graph.query(text, null, options), BOTH, PUT),
    parameter_invalid: ({ graph }) => graph.query(`query q($n: I32) { ${READ} }`),
    branch_not_found: ({ graph }) => graph.query(READ, null, { branch: "none" }),
    ...named(({ graph }, at) => graph.query(READ, null, { at })),
    number_overflow: ({ graph }) => graph.query(SUM),
  },
  "Omnigraph.explain": {
    ...ofSource(({ graph }, text, options) => graph.explain(text, null, options), BOTH),
    parameter_invalid: ({ graph }) => graph.explain(`query q($n: I32) { ${READ} }`, null, { analyze: true }),
    branch_not_found: ({ graph }) => graph.explain(READ, null, { branch: "none" }),
    ...named(({ graph }, at) => graph.explain(READ, null, { at })),
    number_overflow: analyzed(SUM),
    value_invalid: analyzed('update Person set { age: 200 } where name = "Ann"'),
    key_conflict: analyzed('insert Note { id: "n" } insert Note { id: "n" }'),
    key_immutable: analyzed('update Person set { name: "Eve" } where name = "Ann"'),
    unique_violation: analyzed('insert Person { name: "Eve", mail: "a" }'),
    endpoint_missing: analyzed('insert Knows { from: "Bob", to: "Eve" }'),
    cardinality_violation: analyzed('insert Knows { from: "Ann", to: "Ann" }'),
  },
  "Omnigraph.prepare": {
    ...ofText(({ graph }, text, options) => graph.prepare(text, options), BOTH, PUT),
    branch_not_found: ({ graph }) => graph.prepare(READ, { branch: "none" }),
  },
  "PreparedQuery.run": {
    parameter_invalid: async ({ graph }) => (await graph.prepare(`query q($n: I32) { ${READ} }`)).run(),
    branch_not_found: async ({ graph }) => (await graph.prepare(READ)).run(null, { branch: "none" }),
    ...named(async ({ graph }, at) => (await graph.prepare(READ)).run(null, { at })),
    number_overflow: async ({ graph }) => (await graph.prepare(SUM)).run(),
  },
  "Omnigraph.mutate": {
    ...ofText(({ graph }, text, options) => graph.mutate(text, null, options), BOTH_PUT, READ),
    ...ofWrite((graph, op) => graph.mutate('insert Person { name: "Eve" }', null, { op })),
    parameter_invalid: mutate('query q($n: I32) { update Person set { age: $n } where name = "Ann" }'),
    value_invalid: mutate('update Person set { age: 200 } where name = "Ann"'),
    key_conflict: mutate('insert Note { id: "n" } insert Note { id: "n" }'),
    key_immutable: mutate('update Person set { name: "Eve" } where name = "Ann"'),
    unique_violation: mutate('insert Person { name: "Eve", mail: "a" }'),
    endpoint_missing: mutate('insert Knows { from: "Bob", to: "Eve" }'),
    cardinality_violation: mutate('insert Knows { from: "Ann", to: "Ann" }'),
    branch_not_found: ({ graph }) => graph.mutate('insert Person { name: "Eve" }', null, { branch: "none" }),
    precondition_failed: async ({ graph, digits }) => {
      const [, earlier] = await graph.commits.list();
      await graph.mutate('insert Person { name: "Eve" }', null, { ifCommit: earlier?.id ?? digits });
    },
  },
  "Omnigraph.load": {
    ...ofWrite((graph, op) => graph.load(PERSON, { mode: "append", op })),
    load_invalid: load("nonsense"),
    key_conflict: load('{"type":"Person","data":{"name":"Ann"}}'),
    branch_not_found: load(PERSON, { branch: "none" }),
    branch_exists: async ({ graph }) => {
      await graph.branches.create("other");
      await graph.load(PERSON, { mode: "append", branch: "draft", from: "other" });
    },
    caller_failed: load(PERSON, {
      onProgress: () => {
        throw new Error("the caller's own");
      },
    }),
    ...named(({ graph }, from) => graph.load(PERSON, { mode: "append", branch: "new", from })),
  },
  "Omnigraph.export": {
    branch_not_found: ({ graph }) => drained(graph.export({ branch: "none" })),
    ...named(({ graph }, at) => drained(graph.export({ at }))),
    type_not_found: ({ graph }) => drained(graph.export({ types: ["Nobody"] })),
  },
  "Omnigraph.history": {
    branch_not_found: ({ graph }) => graph.history("node", "Person", "Ann", { branch: "none" }),
    usage: ({ graph }) => graph.history("node", "Nobody", "Ann"),
  },
  "Omnigraph.snapshot": { branch_not_found: ({ graph }) => graph.snapshot({ branch: "none" }) },
  "Maintenance.operation": {
    branch_not_found: ({ graph }) => graph.maintenance.operation("x", { branch: "none" }),
  },
  "Maintenance.optimize": {
    branch_not_found: ({ graph }) => graph.maintenance.optimize({ branch: "none" }),
    op_reused: async ({ graph }) => {
      await graph.maintenance.optimize({ op: "nightly" });
      await graph.maintenance.optimize({ op: "nightly", full: true });
    },
    caller_failed: ({ graph }) =>
      graph.maintenance.optimize({
        full: true,
        onProgress: failing,
      }),
    read_only: ({ reader }) => reader.maintenance.optimize(),
  },
  "Maintenance.fsck": {
    branch_not_found: ({ graph }) => graph.maintenance.fsck({ branch: "none" }),
    caller_failed: ({ graph }) => graph.maintenance.fsck({ onProgress: failing }),
  },
  "Maintenance.cleanup": {
    usage: ({ graph }) => graph.maintenance.cleanup(),
    caller_failed: ({ graph }) =>
      graph.maintenance.cleanup({
        keep: 1,
        confirm: true,
        graceMs: 0,
        onProgress: failing,
      }),
    read_only: ({ reader }) => reader.maintenance.cleanup({ keep: 1 }),
  },
  "Recovery.show": { recovery_not_found: ({ graph }) => graph.recovery.show("absent") },
  "Recovery.discard": {
    recovery_not_found: ({ graph }) => graph.recovery.discard("absent"),
    recovery_not_confirmed: async () => {
      const given = await foreign();
      await using graph = await Omnigraph.openWith(given);
      await graph.recovery.discard("notes.txt");
    },
    read_only: async () => {
      await using graph = await Omnigraph.openWith(await foreign(), { readOnly: true });
      await graph.recovery.discard("notes.txt", { confirm: true });
    },
  },
  "Recovery.settle": { read_only: ({ reader }) => reader.recovery.settle() },
  "Maintenance.backup": {
    backup_differs: async ({ graph }) => {
      await (await Omnigraph.init("memory://reasons-other", { schema: SCHEMA })).close();
      await graph.maintenance.backup("memory://reasons-other");
    },
    folder_not_empty: async ({ graph, folder: at }) => {
      writeFileSync(join(at, "letter.txt"), "dear");
      await graph.maintenance.backup(at);
    },
    store_uri_invalid: ({ graph }) => graph.maintenance.backup("ftp://there"),
    branch_not_found: ({ graph }) => graph.maintenance.backup("memory://none", { branches: ["none"] }),
    caller_failed: ({ graph }) =>
      graph.maintenance.backup("memory://reasons-stopped", {
        onProgress: failing,
      }),
  },
  "Blobs.open": {
    blob_selector_invalid: ({ graph }) => graph.blobs.open({ ...SCAN, property: "name" }),
    blob_not_found: ({ graph }) => graph.blobs.open(SCAN),
    branch_not_found: ({ graph }) => graph.blobs.open(SCAN, { branch: "none" }),
    ...named(({ graph }, at) => graph.blobs.open(SCAN, { at })),
  },
  "ManagedBlob.stream": {
    blob_range_invalid: async (at) => {
      await scanned(at);
      const blob = await at.graph.blobs.open(SCAN);
      if (blob.kind === "managed") await drained(blob.stream({ offset: 1 << 20 }));
    },
    history_reclaimed: async (at) => {
      await scanned(at);
      const blob = await at.graph.blobs.open(SCAN, { at: "main" });
      await at.graph.mutate('delete Scan where name = "s"');
      await at.graph.maintenance.optimize({ full: true });
      await at.graph.maintenance.cleanup({ keep: 1, confirm: true, graceMs: 0 });
      if (blob.kind === "managed") await drained(blob.stream());
    },
  },
  "Blobs.put": {
    ...ofWrite(async (graph, op) => {
      if (op === "known")
        await graph.load('{"type":"Scan","data":{"name":"s","bytes":"base64:"}}', { mode: "append" });
      await graph.blobs.put(SCAN, Buffer.from("s"), { op });
    }),
    blob_selector_invalid: ({ graph }) => graph.blobs.put({ ...SCAN, type: "None" }, null),
    blob_not_found: ({ graph }) => graph.blobs.put(SCAN, Buffer.from("s")),
    value_invalid: async (at) => {
      await scanned(at);
      await at.graph.blobs.put(SCAN, null);
    },
    caller_failed: ({ graph }) => graph.blobs.put(SCAN, { [Symbol.iterator]: failing }),
    branch_not_found: ({ graph }) => graph.blobs.put(SCAN, null, { branch: "none" }),
    precondition_failed: async (at) => {
      await scanned(at);
      const [, earlier] = await at.graph.commits.list();
      await at.graph.blobs.put(SCAN, Buffer.from("s"), { ifCommit: earlier?.id ?? "" });
    },
  },
  "Tables.adopt": {
    ...ofWrite(async (graph, op) => graph.tables.adopt(await personTable(), { type: "Person", op })),
    load_invalid: async ({ graph }) => graph.tables.adopt(await personTable(), { type: "Knows" }),
    key_conflict: async ({ graph }) => {
      await graph.load(PERSON, { mode: "append" });
      await graph.tables.adopt(await personTable(), { type: "Person" });
    },
    type_not_found: async ({ graph }) => graph.tables.adopt(await personTable(), { type: "None" }),
    store_uri_invalid: ({ graph }) => graph.tables.adopt("people.parquet", { type: "Person" }),
    branch_not_found: async ({ graph }) =>
      graph.tables.adopt(await personTable(), { type: "Person", branch: "none" }),
  },
  "Tables.export": {
    folder_not_empty: async ({ graph, folder: at }) => {
      writeFileSync(join(at, "letter.txt"), "dear");
      await graph.tables.export(at, { format: "parquet" });
    },
    store_uri_invalid: ({ graph }) => graph.tables.export("memory://tables", { format: "lance" }),
    branch_not_found: ({ graph, folder: at }) =>
      graph.tables.export(join(at, "no"), { format: "lance", branch: "none" }),
    commit_not_found: ({ graph, folder: at }) =>
      graph.tables.export(join(at, "no"), { format: "lance", at: "none" }),
    type_not_found: ({ graph, folder: at }) =>
      graph.tables.export(join(at, "no"), { format: "lance", types: ["None"] }),
    caller_failed: ({ graph, folder: at }) =>
      graph.tables.export(join(at, "stopped"), { format: "lance", onProgress: failing }),
  },
  "Maintenance.repair": {
    branch_not_found: ({ graph }) => graph.maintenance.repair({ branch: "none" }),
    read_only: ({ reader }) => reader.maintenance.repair({ confirm: true }),
    caller_failed: ({ graph }) => graph.maintenance.repair({ onProgress: failing }),
    store_uri_invalid: ({ graph }) => graph.maintenance.repair({ from: "ftp://nowhere" }),
  },
  ...HISTORY_FAILURES,
  readResolutions: {
    json_invalid: () => readResolutions("nonsense"),
    resolutions_invalid: () => readResolutions("[]"),
    // Cast: what a caller without types gives.
    usage: () => readResolutions(5 as never),
  },
};
