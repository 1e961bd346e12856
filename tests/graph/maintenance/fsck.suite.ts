import { systemEnvironment } from "@omnigraph/base";
import { type ObjectStore, openBackend } from "@omnigraph/storage";
import { type FindingClass, Omnigraph } from "omnigraph";
import { beforeAll, expect, it } from "vitest";
import { type CommitHeader, MAIN_LOG_ID } from "@omnigraph/log";
import { slotKey } from "../../../packages/log/src/address.ts";
import { decodeObject, encodeObject } from "../../../packages/log/src/commit/codec.ts";
import { next } from "../../../packages/log/src/commit/next.ts";

const SCHEMA = `node Person { name: String @key  age: I32?  tags: [String]? }
node Item { key: String @key  price: F64? }
edge Owns: Person -> Item { since: Date? }
`;
const ADD = "query q($n: String, $age: I32?) { insert Person { name: $n, age: $age } }";
/** So many commits that a block has a digest. */
const COMMITS = 64;
/** The last slot of main. */
const SLOTS = COMMITS + 4;

export function people(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) =>
    JSON.stringify({ type: "Person", data: { name: `p${from + i}`, age: (from + i) % 90, tags: ["a"] } }),
  ).join("\n");
}

/** A graph with two branches, tables with deletions beside them, and small commits after a fold. */
export async function grown(uri: string): Promise<void> {
  await using graph = await Omnigraph.init(uri, { schema: SCHEMA, inlineRows: 20 });
  await graph.load(people(0, 60), { mode: "append" });
  await graph.load('{"type":"Item","data":{"key":"i1","price":1.5}}\n{"edge":"Owns","from":"p1","to":"i1"}', {
    mode: "append",
  });
  await graph.mutate("query q() { delete Person where age = 3 }");
  await graph.maintenance.optimize();
  await graph.branches.create("draft");
  await graph.mutate(ADD, { n: "of draft" }, { branch: "draft" });
  for (let n = 0; n < COMMITS; n++) await graph.mutate(ADD, { n: `n${n}`, age: n });
}

interface Damage {
  /** What a key must match. Of those that do, the last in order is damaged. */
  readonly key: RegExp;
  readonly how: "flip" | "cut" | "remove";
  readonly finds: FindingClass;
  readonly severity?: "warning";
  /** The living branches that it harms. */
  readonly branches?: readonly string[];
}

const slot = (number: number): RegExp =>
  new RegExp(`^${slotKey(MAIN_LOG_ID, number).replaceAll(".", "\\.")}$`);

const DAMAGES: Readonly<Record<string, Damage>> = {
  "format.json that is cut": {
    key: /format\.json$/,
    how: "cut",
    finds: "format_damaged",
    branches: ["draft", "main"],
  },
  "a branch record with another byte": {
    key: /refs\/draft@/,
    how: "flip",
    finds: "record_damaged",
    branches: ["draft"],
  },
  "a slot with another byte": { key: slot(20), how: "flip", finds: "slot_damaged", branches: ["main"] },
  "a slot that is cut": { key: slot(1), how: "cut", finds: "slot_damaged", branches: [] },
  "a slot that is missing": { key: slot(30), how: "remove", finds: "slot_missing", branches: ["main"] },
  "a missing slot of a fork point": {
    key: slot(4),
    how: "remove",
    finds: "slot_missing",
    branches: ["draft", "main"],
  },
  "a layout that is missing": { key: /layouts\//, how: "remove", finds: "layout_damaged" },
  "a layout with another byte": { key: /layouts\//, how: "flip", finds: "layout_damaged" },
  "a schema that is missing": {
    key: /schemas\//,
    how: "remove",
    finds: "schema_damaged",
    branches: ["draft", "main"],
  },
  "tombstones that are cut": { key: /\.gone$/, how: "cut", finds: "tombstones_damaged" },
  "a column file with another byte": {
    key: /\.cols$/,
    how: "flip",
    finds: "column_file_damaged",
    severity: "warning",
    branches: [],
  },
  "a column file that is missing": {
    key: /\.cols$/,
    how: "remove",
    finds: "column_file_damaged",
    severity: "warning",
    branches: [],
  },
  "a digest that is cut": {
    key: /digests\/.*\/64\/0$/,
    how: "cut",
    finds: "digest_damaged",
    severity: "warning",
    branches: [],
  },
};

/** Damages an object; answers its key, and what puts it back. */
async function damage(
  store: ObjectStore,
  { key: wanted, how }: Damage,
): Promise<{ readonly key: string; readonly undo: () => Promise<void> }> {
  const keys = (await store.list("")).map(({ key }) => key).filter((key) => wanted.test(key));
  const key = keys.at(-1) ?? expect.fail(`nothing matches ${wanted}`);
  const bytes = Buffer.from((await store.get(key)) ?? []);
  const other = Buffer.from(bytes);
  const at = Math.floor(bytes.length / 2);
  other[at] = (other[at] ?? 0) ^ 1;
  if (how === "remove") await store.delete(key);
  else await store.put(key, how === "flip" ? other : bytes.subarray(0, bytes.length - 40));
  return { key, undo: () => store.put(key, bytes) };
}

/** Puts an object behind the last one of main: with a copy of its rows, and a header that `change` may make wrong. */
export async function putBehind(
  store: ObjectStore,
  last: number,
  change: (header: CommitHeader) => CommitHeader,
): Promise<string> {
  const reader = { access: "read", store: store.uri, graph: null } as const;
  const bytes = (await store.get(slotKey(MAIN_LOG_ID, last))) ?? new Uint8Array();
  const before = decodeObject(bytes, MAIN_LOG_ID, last, reader);
  const record = before.commits.at(-1) ?? expect.fail("no commit");
  const address = { logId: MAIN_LOG_ID, slot: last + 1, index: 0 };
  const { changes, header: request } = record;
  if (changes.kind !== "rows") expect.fail("no rows");
  const counts = new Map(
    changes.rows.map(({ type, after, before }) => [type, after.length - before.length] as const),
  );
  // The layout stays as it is, so an empty one will do.
  const parent = { header: record.header, layout: new Map() };
  const draft = { changes, counts };
  const { header } = next(
    parent,
    { request, authoredAt: request.authoredAt, draft },
    address,
    request.createdAt,
  );
  const frame = { ...before, graph: before.graph ?? "", slot: last + 1, predecessor: before.checksum };
  const encoded = encodeObject(frame, [{ ...record, address, header: change(header), changes }]);
  const key = slotKey(MAIN_LOG_ID, last + 1);
  await store.put(key, encoded.bytes);
  return key;
}

/** A graph in one kind of store: what is damaged is found, and nothing else. */
export function fsckSuite(uriOf: () => string): void {
  let uri = "";
  let store: ObjectStore;
  beforeAll(async () => {
    uri = uriOf();
    await grown(uri);
    store = (await openBackend(uri, systemEnvironment)).objects;
  });

  it("a graph without damage has no findings, for whoever has it open and for whoever has not", async () => {
    const phases = new Set<string>();
    const answer = await Omnigraph.fsck(uri, { onProgress: ({ phase }) => phases.add(phase) });
    const checked = { branches: 2, slots: SLOTS + 2 };
    expect(answer).toMatchObject({ isClean: true, errors: 0, findings: [], checked });
    expect([...phases]).toEqual(["slots", "tables", "rows"]);
    await using graph = await Omnigraph.open(uri);
    expect(await graph.maintenance.fsck()).toEqual(answer);
  });

  it.each(Object.entries(DAMAGES))(
    "%s is found, with who is harmed, and the rest is checked",
    async (_name, planned) => {
      const { key, undo } = await damage(store, planned);
      await store.put("tables/notes.txt", Buffer.from("?"));
      const told: string[] = [];
      const answer = await Omnigraph.fsck(uri, { onFinding: ({ place }) => told.push(place) });
      await undo();
      await store.delete("tables/notes.txt");
      const found = answer.findings.find(({ place }) => place === key);
      const severity = planned.severity ?? "error";
      expect(found ?? answer.findings).toMatchObject({ class: planned.finds, severity });
      if (planned.branches !== undefined) expect(found?.branches.toSorted()).toEqual(planned.branches);
      expect(answer.isClean).toBe(false);
      expect(told).toEqual(answer.findings.map(({ place }) => place));
      expect(told).toContain("tables/notes.txt");
    },
  );

  it("an object in the slot of another one is found", async () => {
    const [key, other] = [slotKey(MAIN_LOG_ID, 40), slotKey(MAIN_LOG_ID, 41)];
    const bytes = (await store.get(key)) ?? new Uint8Array();
    await store.put(key, (await store.get(other)) ?? new Uint8Array());
    const { findings } = await Omnigraph.fsck(uri);
    await store.put(key, bytes);
    expect(findings[0]).toMatchObject({ class: "slot_damaged", place: key, branches: ["main"] });
  });

  it("a commit whose header does not follow from the one before it is found, and rows that cannot be", async () => {
    const cases: readonly (readonly [string, (header: CommitHeader) => CommitHeader])[] = [
      ["it has depth ", (header) => ({ ...header, depth: header.depth + 1 })],
      ["it has generation ", (header) => ({ ...header, generation: header.generation + 1 })],
      [
        "it has counts ",
        (header) => ({
          ...header,
          counts: new Map([...header.counts].map(([type, count]) => [type, count + 1])),
        }),
      ],
      [
        "it has tail ",
        (header) => ({
          ...header,
          tail: header.tail.slice(-1).map((range) => ({ ...range, from: range.to })),
        }),
      ],
      ["it has first parent ", (header) => ({ ...header, parents: [header.id] })],
    ];
    for (const [problem, change] of cases) {
      const key = await putBehind(store, SLOTS, change);
      const { findings } = await Omnigraph.fsck(uri);
      await store.delete(key);
      const found = findings.filter((finding) => finding.class === "commit_wrong");
      expect(found[0]).toMatchObject({
        place: key,
        problem: expect.stringContaining(problem),
        branches: ["main"],
      });
      // The commit inserts once more what the one before it has inserted.
      const twice = {
        class: "rows_wrong",
        place: "main",
        problem: expect.stringMatching(/was there already|the commit counts/),
      };
      expect(findings).toContainEqual(expect.objectContaining(twice));
    }
  });

  it("a log without a name, a table without a commit and a damaged intent harm nobody", async () => {
    const staging = "01M84AR2A00000000000000000";
    const keys = [
      `__recovery/${staging}.json`,
      "tables/01M84AR2A10000000000000000/01M84AR2A20000000000000000.cols",
      "__manifest/log/0123456ab.1073741823.commit",
    ];
    for (const key of keys) await store.put(key, Buffer.from("{}"));
    const { findings } = await Omnigraph.fsck(uri);
    for (const key of keys) await store.delete(key);
    const classes = findings.filter(({ severity }) => severity === "note").map((finding) => finding.class);
    expect(classes.toSorted()).toEqual(["log_unnamed", "table_unnamed"]);
    expect(findings.map((finding) => finding.class)).toContain("intent_damaged");
    expect(findings.every(({ branches }) => branches.length === 0)).toBe(true);
  });
}
