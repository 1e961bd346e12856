import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { ADD, PEOPLE, type TestServer, testServer, type Told } from "../support/server/server.ts";

// docs/security.md names the test of each thing that somebody might try; those that no other file has are here.

const folder = testFolder("server-security");
let server: TestServer;
beforeAll(async () => {
  server = await testServer(folder);
});
afterAll(() => server.stop());

const post = (path: string, as: string, body: object): Promise<Told> =>
  server.call("POST", `/graphs/team${path}`, { as, body });

/** What a server answers to bytes as they are, until it closes the connection. */
function answersTo(text: string): Promise<string> {
  const { hostname, port } = new URL(server.address);
  return new Promise((done, fail) => {
    let answered = "";
    const socket = connect(Number(port), hostname, () => socket.end(text));
    socket.on("data", (piece: Buffer) => (answered += piece.toString()));
    socket.on("error", fail).on("close", () => done(answered));
  });
}

const statusesOf = (answered: string): readonly string[] =>
  [...answered.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = ""]) => status);

describe("calls within calls", () => {
  const inner = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
  const head = "POST /graphs/team/query HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";

  it.each([
    ["a length and chunks", `content-length: ${inner.length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["two lengths", `content-length: 0\r\ncontent-length: ${inner.length}\r\n\r\n`],
    ["a length that is none", "content-length: +0\r\n\r\n"],
    ["another encoding behind the chunks", "transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n"],
    ["a space before the colon", `content-length : ${inner.length}\r\n\r\n`],
    ["a header that is folded", `x-a: b\r\n content-length: ${inner.length}\r\n\r\n`],
    ["a header without a name", `: x\r\ncontent-length: ${inner.length}\r\n\r\n`],
    ["a chunk of no size", "transfer-encoding: chunked\r\n\r\nzz\r\n"],
  ])("%s end the connection, and nothing behind is taken for a call", async (_, rest) => {
    const answered = await answersTo(head + rest + inner);
    expect(statusesOf(answered), answered).not.toContain("200");
    expect(statusesOf(answered).length, answered).toBeLessThanOrEqual(1);
  });

  it("headers without an end are refused", async () => {
    const answered = await answersTo(`${head}x-long: ${"a".repeat(100_000)}\r\n\r\n`);
    expect(statusesOf(answered)).toEqual(["431"]);
  });

  it("no header makes another method, path or caller of a call", async () => {
    const headers = {
      "x-http-method-override": "DELETE",
      "x-original-url": "/healthz",
      "x-rewrite-url": "/healthz",
      "x-forwarded-user": "root",
      "x-forwarded-for": "127.0.0.1",
      forwarded: "for=127.0.0.1",
    };
    expect((await server.call("GET", "/graphs/team/snapshot", { headers })).status).toBe(401);
    expect((await server.call("GET", "/graphs/team/snapshot", { as: "guest", headers })).status).toBe(403);
    expect((await server.call("GET", "/graphs/team/branches/main", { as: "root", headers })).status).toBe(
      405,
    );
  });
});

describe("who has no token", () => {
  it("is told the same of what is there and of what is not", async () => {
    const paths = ["team/snapshot", "none/snapshot", "team/queries/people", "team/queries/none", "%2e%2e/x"];
    const told = await Promise.all(
      paths.flatMap((path) => [
        server.call("POST", `/graphs/${path}`, { body: {} }),
        server.call("GET", `/graphs/${path}`),
      ]),
    );
    const known = told.filter(({ status }) => status !== 404);
    for (const { status, text } of known) expect([status, text]).toEqual([401, known[0]?.text]);
    for (const { text } of told) expect(text).not.toContain("team");
  });

  it("no guess is nearer than another", async () => {
    const guesses = ["secret-of-roo", "secret-of-root ", "SECRET-OF-ROOT", "secret-of-root\t", "root", ""];
    const texts = await Promise.all(
      guesses.map(async (guess) => {
        const headers = { authorization: `Bearer ${guess}x` };
        return (await server.call("GET", "/graphs/team/snapshot", { headers })).text;
      }),
    );
    expect(new Set(texts).size).toBe(1);
  });
});

describe("ways around a policy", () => {
  const everybody = async (): Promise<unknown> =>
    (await post("/query", "root", { query: PEOPLE })).json["rows"];
  const add = { query: ADD, params: { s: "sneaked" } };

  it("an older name of a call needs what the call needs", async () => {
    for (const [path, body] of [
      ["/read", { query_source: PEOPLE }],
      ["/query", { query: PEOPLE }],
      ["/explain", { query: PEOPLE }],
      ["/change", add],
      ["/mutate", add],
      ["/ingest", { data: '{"type":"Team","data":{"slug":"sneaked"}}' }],
      ["/load", { data: '{"type":"Team","data":{"slug":"sneaked"}}' }],
      ["/branches/merge", { source: "main", target: "other", dry_run: true }],
    ] as const)
      expect((await post(path, "guest", body)).status, path).toBe(403);
  });

  it("no spelling of a protected branch is another branch", async () => {
    const { json } = await server.call("GET", "/graphs/team/commits", { as: "root" });
    const [{ graph_commit_id: head }] = json["commits"] as [{ graph_commit_id: string }];
    const before = await everybody();
    const names = [
      "main",
      "MAIN",
      " main",
      "main ",
      "main/",
      "/main",
      "./main",
      "main~0",
      "main^",
      "refs/main",
    ];
    const others = [
      "%6dain",
      "\uff4dain",
      "ma\u0131n",
      "main\u0000",
      "main\n",
      "",
      head,
      head.slice(0, 12),
      "__proto__",
    ];
    for (const branch of [...names, ...others]) {
      const told = await post("/mutate", "ann", { ...add, branch });
      expect([400, 403, 404], `${JSON.stringify(branch)}: ${told.text}`).toContain(told.status);
      const loaded = await post("/load", "ann", {
        data: '{"type":"Team","data":{"slug":"sneaked"}}',
        branch,
      });
      expect([400, 403, 404], `${JSON.stringify(branch)}: ${loaded.text}`).toContain(loaded.status);
      const merged = await post("/branches/merge", "ann", { source: branch, target: "main" });
      expect([400, 403, 404], `${JSON.stringify(branch)}: ${merged.text}`).toContain(merged.status);
    }
    expect(await everybody()).toEqual(before);
  });

  it("no text of a query does more than its call", async () => {
    const before = await everybody();
    const both = `${PEOPLE}\n${ADD}`;
    for (const [path, as, body] of [
      ["/query", "bob", add],
      ["/query", "bob", { query: both, name: "add", params: { s: "sneaked" } }],
      ["/read", "bob", { query_source: both, query_name: "add", params: { s: "sneaked" } }],
      ["/mutate", "bob", { query: both, name: "add", params: { s: "sneaked" } }],
      ["/queries/people", "bot", { query: ADD, name: "add", params: { s: "sneaked" } }],
      ["/queries/people", "bot", { params: { s: 'x" } } insert Person { slug: "sneaked' } }],
      ["/queries/add", "bot", { params: { s: "sneaked" }, expect_mutation: true }],
    ] as const)
      await post(path, as, body);
    expect(await everybody()).toEqual(before);
    const told = await post("/queries/add", "root", {
      params: { s: 'q" } delete Person where slug = "ann' },
    });
    expect(told.status).toBe(200);
    const after = JSON.stringify(await everybody());
    for (const slug of ["ann", "bob", 'q\\" } delete Person where slug']) expect(after).toContain(slug);
  });

  it("no member of a body reaches what is shared", async () => {
    const body =
      '{"query":"match { $p: Person } return { $p.slug }","__proto__":{"actor":"root"},"params":{"__proto__":{"x":1},"constructor":1}}';
    const told = await server.call("POST", "/graphs/team/query", { as: "bob", body });
    expect(told.status).toBeLessThan(500);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect((await post("/mutate", "bob", add)).status).toBe(403);
  });
});

describe("what costs much", () => {
  it.each([
    ["brackets within brackets", `match { ${"not { ".repeat(5000)}${"} ".repeat(5000)}} return { 1 }`],
    ["conditions without an end", `match { $p: Person  ${"($p.slug = 1 or ".repeat(2000)}`],
    [
      "a number of a hundred thousand digits",
      `match { $p: Person { level: ${"9".repeat(100_000)} } } return { $p.slug }`,
    ],
  ])("%s are refused in a moment", async (_, query) => {
    const told = await post("/query", "root", { query });
    expect([200, 400], told.text.slice(0, 200)).toContain(told.status);
    expect(told.text.length).toBeLessThan(100_000);
  });

  it("a call of much work ends at its deadline", async () => {
    const query = `match { ${Array.from({ length: 12 }, (_, i) => `$p${i}: Person`).join("  ")} } return { count($p0) as n }`;
    const told = await server.call("POST", "/graphs/team/query", {
      as: "root",
      headers: { "omnigraph-deadline-ms": "200" },
      body: { query },
    });
    expect([200, 400, 408, 413], told.text).toContain(told.status);
  });
});
