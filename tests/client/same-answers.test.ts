import { isError, writeJson } from "@omnigraph/base";
import { type GraphCalls, OmnigraphClient } from "@omnigraph/client";
import { Omnigraph } from "omnigraph";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { DATA, SCHEMA, type TestServer, testServer } from "../support/server/server.ts";

// The same calls on a graph of the library and on one of a server: what is answered, and how it fails, has to be the same.

const folder = testFolder("client-answers");
let server: TestServer;
let local: Omnigraph;
let remote: GraphCalls;
beforeAll(async () => {
  server = await testServer(folder, { tokens: null, hasPolicy: false });
  local = await Omnigraph.init("memory://client-answers", { schema: SCHEMA });
  await local.load(DATA, { mode: "append", actor: "setup" });
  remote = new OmnigraphClient(server.address).graph("team");
});
afterAll(async () => {
  await server.stop();
  await local.close();
});

/** What came of a call, with ids in the order of their appearance and without times, tokens and places. */
async function told(call: () => Promise<unknown>, ids: Map<string, string>): Promise<string> {
  const outcome = await call().catch((thrown: unknown) => {
    if (!isError(thrown)) throw thrown;
    return { reason: thrown.reason, message: thrown.message, details: thrown.details };
  });
  return writeJson(outcome ?? null)
    .replaceAll(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, (id) => named(id, ids))
    .replaceAll("memory://client-answers", "/graphs/team")
    .replaceAll(/("(?:createdAt|authoredAt)":)\d+/g, "$1time")
    .replaceAll(/("(?:cursor|nextPageToken)":)"[^"]*"/g, '$1"token"')
    .replaceAll(/"tables\/[^"]*"/g, '"place"');
}

function named(id: string, ids: Map<string, string>): string {
  const known = ids.get(id) ?? `id ${ids.size}`;
  ids.set(id, known);
  return known;
}

async function textOf(pieces: AsyncGenerator<Uint8Array, unknown>): Promise<string> {
  const read: Uint8Array[] = [];
  for (;;) {
    const next = await pieces.next();
    if (next.done === true)
      return `${Buffer.concat(read).toString()} ends with ${writeJson(next.value ?? null)}`;
    read.push(next.value);
  }
}

const BIG = 2n ** 63n - 1n;
/** A schema whose numbers reach beyond what a double holds. */
const WIDER = `${SCHEMA}node Count { name: String @key  n: I64?  f: F64?  at: DateTime?  day: Date?  v: Vector(2)? }
`;

const insertCount = (name: string, n: bigint): [string, Record<string, unknown>] => [
  "query q($s: String, $n: I64, $f: F64, $t: DateTime, $d: Date, $v: Vector(2)) { insert Count { name: $s, n: $n, f: $f, at: $t, day: $d, v: $v } }",
  { s: name, n, f: 0.1, t: new Date(5), d: new Date(86_400_000), v: new Float32Array([0.1, -0]) },
];

type Call = (graph: GraphCalls) => Promise<unknown>;

const CALLS: readonly (readonly [string, Call])[] = [
  ["a snapshot", (g) => g.snapshot()],
  ["a read", (g) => g.query("match { $p: Person } return { $p.slug, $p.level } order { $p.slug }")],
  ["a read that warns", (g) => g.query("match { $p: Person  $t: Team } return { $p.slug }")],
  ["a read that is wrong", (g) => g.query("match { $p: Persona } return { $p.slug }")],
  [
    "a read without a parameter",
    (g) => g.query("query q($s: String) { match { $p: Person { slug: $s } } return { $p.name } }"),
  ],
  [
    "a mutation",
    (g) => g.mutate('query add($s: String) { insert Person { slug: $s, name: "É\\u0000" } }', { s: "cyd" }),
  ],
  ["a mutation that touches nothing", (g) => g.mutate('delete Person where slug = "none"')],
  ["a key that is there", (g) => g.mutate('insert Person { slug: "ann", name: "Ann" }')],
  [
    "a write that is named",
    (g) => g.mutate('insert Person { slug: "dee", name: "Dee" }', null, { op: "dee" }),
  ],
  ["the same again", (g) => g.mutate('insert Person { slug: "dee", name: "Dee" }', null, { op: "dee" })],
  [
    "the name for another",
    (g) => g.mutate('insert Person { slug: "eve", name: "Eve" }', null, { op: "dee" }),
  ],
  [
    "a condition",
    async (g) =>
      g.mutate('update Person set { level: 9 } where slug = "bob"', null, {
        ifCommit: (await g.snapshot()).commit.id,
      }),
  ],
  [
    "a condition that does not hold",
    async (g) =>
      g.mutate('update Person set { level: 8 } where slug = "bob"', null, {
        ifCommit: (await g.commits.page({ limit: 2 })).commits.at(-1)?.id ?? "",
      }),
  ],
  ["a plan", (g) => g.schema.plan(WIDER)],
  ["a plan of what cannot be", (g) => g.schema.plan(SCHEMA.replace("level: I32?", "level: Bool?"))],
  ["a schema", (g) => g.schema.apply(WIDER)],
  ["the schema again", (g) => g.schema.apply(WIDER)],
  ["a schema that cannot be", (g) => g.schema.apply(WIDER.replace("level: I32?", "level: Bool?"))],
  ["the schema as it is", (g) => g.schema.show()],
  ["the schema as it was", (g) => g.schema.show({ at: "main~1" })],
  ["numbers of all sizes", (g) => g.mutate(...insertCount("max", BIG))],
  ["numbers that are less", (g) => g.mutate(...insertCount("min", -BIG - 1n))],
  [
    "numbers that are read",
    (g) => g.query("match { $c: Count } return { $c.n, $c.f, $c.at, $c.day, $c.v } order { $c.name }"),
  ],
  [
    "a parameter that is no JSON",
    (g) => g.mutate(insertCount("none", 1n)[0], { s: NaN }).catch((e: unknown) => isError(e) && e.reason),
  ],
  ["a sum", (g) => g.query('match { $c: Count  $c.name = "max" } return { sum($c.n) as sum }')],
  ["a branch", (g) => g.branches.create("draft")],
  ["a branch that is there", (g) => g.branches.create("draft")],
  ["a branch of a name that is none", (g) => g.branches.create("a//b")],
  ["branches", (g) => g.branches.list()],
  [
    "a load of objects, text and bytes",
    (g) =>
      g.load(
        [
          { type: "Team", data: { slug: "é1" } },
          '{"type":"Team","data":',
          '{"slug":"t2"}}\n',
          Buffer.from('{"type":"Team","data":{"slug":"t3"}}'),
        ],
        {
          mode: "append",
          branch: "draft",
        },
      ),
  ],
  [
    "a load that makes its branch",
    (g) => g.load('{"type":"Team","data":{"slug":"x"}}', { mode: "merge", branch: "import", from: "main" }),
  ],
  [
    "a load that is wrong",
    (g) => g.load('{"type":"Team","data":{"slug":7}}\n{"type":"Nope","data":{}}\n', { mode: "merge" }),
  ],
  ["a load of nothing", (g) => g.load([], { mode: "merge" })],
  [
    "a read of a branch",
    (g) => g.query("match { $t: Team } return { $t.slug } order { $t.slug }", null, { branch: "draft" }),
  ],
  ["a read of no branch", (g) => g.query("match { $t: Team } return { $t.slug }", null, { branch: "none" })],
  [
    "a read of the past",
    (g) => g.query("match { $p: Person } return { $p.slug } order { $p.slug }", null, { at: "main~4" }),
  ],
  [
    "changes on both sides",
    async (g) => {
      await g.mutate('update Person set { name: "A" } where slug = "ann"');
      await g.mutate('update Person set { name: "B" } where slug = "ann"', null, { branch: "draft" });
    },
  ],
  ["a merge with conflicts", (g) => g.branches.merge("draft")],
  [
    "a merge with a decision",
    async (g) => {
      await g.branches.create("other", { from: "draft" });
      const entities = [
        { kind: "node", type: "Person", id: "ann", properties: { name: { value: "C" } } },
      ] as const;
      return g.branches.merge("other", { into: "import", resolutions: { entities }, message: "decided" });
    },
  ],
  ["a merge", (g) => g.branches.merge("import", { deleteBranch: true })],
  [
    "a merge of nothing",
    (g) => g.branches.merge("main", { into: "draft" }).catch((e: unknown) => isError(e) && e.reason),
  ],
  ["a deletion", (g) => g.branches.delete("draft")],
  ["a deletion of nothing", (g) => g.branches.delete("none")],
  ["a deletion of main", (g) => g.branches.delete("main")],
  ["commits", (g) => g.commits.list()],
  ["some commits", (g) => g.commits.list({ limit: 3 })],
  ["a page of commits", (g) => g.commits.page({ limit: 2 })],
  [
    "the next page",
    async (g) =>
      g.commits.page({ pageToken: (await g.commits.page({ limit: 2 })).nextPageToken ?? "", limit: 1 }),
  ],
  ["a commit", (g) => g.commits.show("main~2")],
  ["a commit that is none", (g) => g.commits.show("01ZZZZZZZZZZZZZZZZZZZZZZZZ")],
  ["what a commit changed", (g) => g.commits.changes("main")],
  ["what a commit changed, in part", (g) => g.commits.changes("main~1", { kinds: ["node"], limit: 1 })],
  ["the feed", (g) => g.changes.poll({ start: "beginning" })],
  [
    "the feed of some",
    (g) => g.changes.poll({ start: "beginning", types: ["Team"], ops: ["insert"], limit: 2 }),
  ],
  [
    "the feed goes on",
    async (g) => {
      const { cursor } = await g.changes.poll();
      await g.mutate('insert Team { slug: "late" }');
      return g.changes.poll({ cursor: cursor ?? "" });
    },
  ],
  [
    "a baseline",
    (g) =>
      textOf(g.changes.baseline({ types: ["Team"] })).then((text) =>
        text.replaceAll(/cursor":"[^"]*"/g, "cursor"),
      ),
  ],
  ["an export", (g) => textOf(g.export())],
  ["an export of some", (g) => textOf(g.export({ types: ["Member", "Count"] }))],
  ["an export of what is not there", (g) => textOf(g.export({ types: ["Nope"] }))],
];

describe("the same calls on the library and on a server", () => {
  const ids = { local: new Map<string, string>(), remote: new Map<string, string>() };
  // Each call sees what those before it did, on both sides.
  it.each(CALLS)("%s", async (_, call) => {
    const [expected, found] = [
      await told(() => call(local), ids.local),
      await told(() => call(remote), ids.remote),
    ];
    expect(found).toBe(expected);
  });
});
