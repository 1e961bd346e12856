import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isError } from "@omnigraph/base";
import {
  type GraphParts,
  type LoadInput,
  type LoadOptions,
  MemoryObjects,
  ObjectLayers,
  Omnigraph,
  type Reason,
  readResolutions,
} from "omnigraph";
import { expect, it } from "vitest";
import { publicDocs, reasonsOf } from "../../../scripts/public-docs.mjs";
import { testFolder } from "../../support/running/folders.ts";
import { ROOT } from "../../support/running/markdown.ts";

const SCHEMA = `node Person { name: String @key  mail: String? @unique  age: I32?  total: I64?  @range(age, 0..150) }
node Note { text: String? }
edge Knows: Person -> Person @card(0..1) { since: Date? }`;
const READ = "match { $p: Person } return { $p.name }";
const SUM = "match { $p: Person } return { sum($p.total) as total }";
const BOTH =
  "query a() { match { $p: Person } return { $p.name } } query b() { match { $p: Person } return { $p.age } }";
const BOTH_PUT =
  'query a() { delete Person where name = "Ann" } query b() { delete Person where name = "Bob" }';
const PUT = 'delete Person where name = "Ann"';
const PERSON = '{"type":"Person","data":{"name":"Cyd"}}';

interface Place {
  readonly uri: string;
  readonly graph: Omnigraph;
  readonly reader: Omnigraph;
  /** Digits that the ids of all commits begin with. */
  readonly digits: string;
  readonly folder: string;
}

type Failing = (place: Place) => Promise<unknown>;
type Failures = Partial<Record<Reason, Failing>>;

const folder = testFolder("reasons");
let graphs = 0;

/** A graph with two people, a branch where both sides changed the same, and one that is deleted. */
async function place(): Promise<Place & AsyncDisposable> {
  const uri = `memory://reasons-${graphs++}`;
  const graph = await Omnigraph.init(uri, { schema: SCHEMA });
  const { commit } = await graph.load(
    [
      { type: "Person", data: { name: "Ann", mail: "a", age: 41, total: 2n ** 63n - 1n } },
      { type: "Person", data: { name: "Bob", mail: "b", total: 2n ** 63n - 1n } },
      { edge: "Knows", from: "Ann", to: "Bob" },
    ],
    { mode: "append" },
  );
  await graph.branches.create("draft");
  await graph.mutate('update Person set { age: 42 } where name = "Ann"', null, { branch: "draft" });
  await graph.mutate('update Person set { age: 43 } where name = "Ann"');
  const reader = await Omnigraph.open(uri, { readOnly: true });
  return {
    uri,
    graph,
    reader,
    digits: commit.id.slice(0, 6),
    folder,
    [Symbol.asyncDispose]: async () => {
      await reader.close();
      await graph.close();
    },
  };
}

/** A callback of a caller that fails. */
function failing(): never {
  throw new Error("no");
}

async function drained(pieces: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pieces);
}

/** The parts of a graph that is not there yet. */
function parts(): GraphParts {
  const objects = new MemoryObjects(`reasons-parts-${graphs++}`);
  return { objects, tables: new ObjectLayers(objects) };
}

/** The parts of a graph with a file of somebody else where interrupted writes are. */
async function foreign(): Promise<GraphParts> {
  const given = parts();
  await (await Omnigraph.initWith(given, { schema: SCHEMA })).close();
  await given.objects.put("__recovery/notes.txt", new Uint8Array(1));
  return given;
}

/** Makes a graph at an address. */
async function copied(uri: string): Promise<void> {
  await (await Omnigraph.init(uri, { schema: SCHEMA })).close();
}

const load =
  (input: LoadInput, options: Partial<LoadOptions> = {}): Failing =>
  ({ graph }) =>
    graph.load(input, { mode: "append", ...options });
const mutate =
  (source: string, parameters = {}): Failing =>
  ({ graph }) =>
    graph.mutate(source, parameters);

const ofText = (
  call: (place: Place, text: string, options?: { name: string }) => Promise<unknown>,
  both: string,
  other: string,
): Failures => ({
  query_invalid: (at) => call(at, "nonsense"),
  query_not_found: (at) => call(at, both, { name: "c" }),
  query_name_required: (at) => call(at, both),
  query_kind_mismatch: (at) => call(at, other),
});
const named = (call: (place: Place, name: string) => Promise<unknown>): Failures => ({
  commit_not_found: (at) => call(at, "main~9"),
  commit_ambiguous: (at) => call(at, at.digits),
});
const ofWrite = (call: (graph: Omnigraph, op: string) => Promise<unknown>): Failures => ({
  read_only: ({ reader }) => call(reader, "other"),
  op_reused: async ({ graph }) => {
    await graph.mutate('insert Person { name: "Dee" }', null, { op: "known" });
    await call(graph, "known");
  },
});

/** By call and reason: a call that fails so. */
const FAILURES: Readonly<Record<string, Failures>> = {
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
  "Omnigraph.fsck": {
    graph_not_found: () => Omnigraph.fsck(join(folder, "absent.omni")),
    branch_not_found: ({ uri }) => Omnigraph.fsck(uri, { branch: "none" }),
    caller_failed: ({ uri }) => Omnigraph.fsck(uri, { onProgress: failing }),
    store_uri_invalid: () => Omnigraph.fsck("ftp://nowhere"),
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
  "Omnigraph.restore": {
    graph_not_found: () => Omnigraph.restore("memory://absent", "memory://reasons-new"),
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
      Omnigraph.restore("memory://absent", "ftp://there").catch(async () => {
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
  "Maintenance.repair": {
    branch_not_found: ({ graph }) => graph.maintenance.repair({ branch: "none" }),
    read_only: ({ reader }) => reader.maintenance.repair({ confirm: true }),
    caller_failed: ({ graph }) => graph.maintenance.repair({ onProgress: failing }),
    store_uri_invalid: ({ graph }) => graph.maintenance.repair({ from: "ftp://nowhere" }),
  },
  "GraphSchema.show": { branch_not_found: ({ graph }) => graph.schema.show({ branch: "none" }) },
  "GraphSchema.catalog": {
    branch_not_found: ({ graph }) => graph.schema.catalog({ branch: "none" }),
    ...named(({ graph }, at) => graph.schema.catalog({ at })),
  },
  "Commits.list": { branch_not_found: ({ graph }) => graph.commits.list({ branch: "none" }) },
  "Commits.show": named(({ graph }, name) => graph.commits.show(name)),
  "Commits.changes": {
    ...named(({ graph }, name) => graph.commits.changes(name)),
    commit_parentless: ({ graph }) => graph.commits.changes("main~2"),
    cursor_invalid: ({ graph }) => graph.commits.changes("main", { pageToken: "nonsense" }),
    page_too_large: ({ graph }) => graph.commits.changes("main", { limit: 1e9 }),
    usage: ({ graph }) => graph.commits.changes("main", { types: ["Nobody"] }),
  },
  "Commits.page": {
    branch_not_found: ({ graph }) => graph.commits.page({ branch: "none" }),
    cursor_invalid: ({ graph }) => graph.commits.page({ pageToken: "nonsense" }),
    page_too_large: ({ graph }) => graph.commits.page({ limit: 1e9 }),
  },
  "Commits.revert": {
    ...named(({ graph }, name) => graph.commits.revert(name)),
    ...ofWrite((graph, op) => graph.commits.revert("main", { op })),
    merge_conflict: ({ graph }) => graph.commits.revert("main~1"),
    resolutions_invalid: ({ graph }) =>
      graph.commits.revert("main", {
        resolutions: { entities: [{ kind: "node", type: "Person", id: "Bob", take: "ours" }] },
      }),
    commit_parentless: ({ graph }) => graph.commits.revert("main~2"),
    branch_not_found: ({ graph }) => graph.commits.revert("main", { branch: "none" }),
  },
  "Commits.previewRevert": {
    ...named(({ graph }, name) => graph.commits.previewRevert(name)),
    resolutions_invalid: ({ graph }) =>
      graph.commits.previewRevert("main", {
        resolutions: { entities: [{ kind: "node", type: "Nobody", id: "Bob", take: "ours" }] },
      }),
    commit_parentless: ({ graph }) => graph.commits.previewRevert("main~2"),
    branch_not_found: ({ graph }) => graph.commits.previewRevert("main", { branch: "none" }),
  },
  "NamedBranches.create": {
    branch_exists: ({ graph }) => graph.branches.create("draft"),
    branch_name_invalid: ({ graph }) => graph.branches.create("a b"),
    branch_not_found: ({ graph }) => graph.branches.create("new", { from: "none" }),
    ...named(({ graph }, from) => graph.branches.create("new", { from })),
    read_only: ({ reader }) => reader.branches.create("new"),
  },
  "NamedBranches.merge": {
    ...ofWrite((graph, op) => graph.branches.merge("draft", { op, strategy: "ours" })),
    merge_conflict: ({ graph }) => graph.branches.merge("draft"),
    merge_itself: ({ graph }) => graph.branches.merge("main"),
    resolutions_invalid: ({ graph }) =>
      graph.branches.merge("draft", {
        resolutions: {
          strategy: "ours",
          entities: [{ kind: "node", type: "Person", id: "Bob", take: "ours" }],
        },
      }),
    branch_not_found: ({ graph }) => graph.branches.merge("none"),
  },
  "NamedBranches.previewMerge": {
    merge_itself: ({ graph }) => graph.branches.previewMerge("main"),
    resolutions_invalid: ({ graph }) =>
      graph.branches.previewMerge("draft", {
        resolutions: { entities: [{ kind: "node", type: "Nobody", id: "Bob", take: "ours" }] },
      }),
    branch_not_found: ({ graph }) => graph.branches.previewMerge("none"),
  },
  "NamedBranches.diff": {
    branch_not_found: ({ graph }) => graph.branches.diff("none", "main"),
    ...named(({ graph }, name) => graph.branches.diff(name, "main")),
    usage: ({ graph }) => graph.branches.diff("draft", "main", { types: ["Nobody"] }),
  },
  "NamedBranches.delete": {
    branch_not_found: ({ graph }) => graph.branches.delete("none"),
    branch_protected: ({ graph }) => graph.branches.delete("main"),
    read_only: ({ reader }) => reader.branches.delete("draft"),
  },
  "ChangeFeed.poll": {
    branch_not_found: ({ graph }) => graph.changes.poll({ branch: "none" }),
    ...named(({ graph }, after) => graph.changes.poll({ start: { after } })),
    cursor_invalid: ({ graph }) => graph.changes.poll({ cursor: "nonsense" }),
    page_too_large: ({ graph }) => graph.changes.poll({ limit: 1e9 }),
    usage: ({ graph }) => graph.changes.poll({ types: ["Nobody"] }),
  },
  "ChangeFeed.baseline": {
    branch_not_found: ({ graph }) => drained(graph.changes.baseline({ branch: "none" })),
    usage: ({ graph }) => drained(graph.changes.baseline({ types: ["Nobody"] })),
  },
  readResolutions: {
    json_invalid: () => readResolutions("nonsense"),
    resolutions_invalid: () => readResolutions("[]"),
    // Cast: what a caller without types gives.
    usage: () => readResolutions(5 as never),
  },
};

/** Failures that take a race, a simulated store or damage: tests of their own have them. */
const ELSEWHERE: readonly Reason[] = [
  "aborted",
  "change_feed_gap",
  "closed",
  "commit_sealed",
  "deadline_exceeded",
  "format_newer",
  "graph_replaced",
  "log_corrupt",
  "log_torn",
  "memory_exceeded",
  "object_corrupt",
  "outcome_unknown",
  "read_set_conflict",
  "store_denied",
  "store_full",
  "store_transient",
  "store_unsupported",
  "table_version_missing",
  "too_contended",
  "usage",
  "write_discarded",
];

const documented = publicDocs().flatMap(({ name: owner, doc, members }) => [
  { name: owner, doc },
  ...members.map(({ name, doc: own }) => ({ name: `${owner}.${name}`, doc: own })),
]);
const DOCUMENTED = documented.flatMap(({ name, doc }) =>
  doc.throws.flatMap(reasonsOf).map((reason) => ({ name, reason: reason as Reason })),
);

it("a reason that a docstring names has a call that fails so, and the reverse", () => {
  const told = DOCUMENTED.filter(({ name, reason }) => FAILURES[name]?.[reason] === undefined);
  expect(told.filter(({ reason }) => !ELSEWHERE.includes(reason))).toEqual([]);
  const shown = Object.entries(FAILURES).flatMap(([name, failures]) =>
    Object.keys(failures).map((reason) => `${name}: ${reason}`),
  );
  expect(
    shown.filter((each) => !DOCUMENTED.some(({ name, reason }) => `${name}: ${reason}` === each)),
  ).toEqual([]);
});

it.each(ELSEWHERE)("%s is expected by another test", (reason) => {
  const files = ["*.test.ts", ":!tests/graph/calls/reasons.test.ts"];
  const found = execFileSync("git", ["grep", "-lE", `["(|]${reason}["|)]`, "--", ...files], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(found).toMatch(/\.test\.ts/);
});

it.each(
  Object.entries(FAILURES).flatMap(([name, failures]) =>
    Object.entries(failures).map(([reason, fail]) => [name, reason, fail] as const),
  ),
)("%s fails with %s", async (_name, reason, fail) => {
  await using at = await place();
  const failure: unknown = await fail(at).catch((thrown: unknown) => thrown);
  expect(isError(failure) ? failure.reason : failure).toBe(reason);
});
