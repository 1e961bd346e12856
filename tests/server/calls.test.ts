import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import {
  ADD,
  PEOPLE,
  SCHEMA,
  type Sent,
  type TestServer,
  testServer,
  type Told,
} from "../support/server/server.ts";

// What the server answers is compared with the shapes of the wire in `testServer`; here is what it does.

const STORED = `query people() @description("All of them") { match { $p: Person } return { $p.slug as slug } order { $p.slug } }
query add($s: String) { insert Person { slug: $s, name: $s } }
query typed($a: Bool, $b: I32, $c: U64?, $d: F32, $e: Date, $f: DateTime, $g: [String]?, $h: Vector(3)?) {
  match { $p: Person } return { $p.slug }
}
`;

const folder = testFolder("server-calls");
let server: TestServer;
beforeAll(async () => {
  server = await testServer(folder, { queries: STORED });
});
afterAll(() => server.stop());

const at = (method: string, path: string, sent: Sent = {}): Promise<Told> =>
  server.call(method, `/graphs/team${path}`, { as: "root", ...sent });
const post = (path: string, body: object, sent: Sent = {}): Promise<Told> =>
  at("POST", path, { ...sent, body });
const slugs = async (branch = "main"): Promise<unknown> => {
  const { json } = await post("/query", { query: PEOPLE, branch });
  return (json["rows"] as { slug: string }[]).map(({ slug }) => slug);
};
const commitOf = ({ json }: Told): string => (json["commit"] as { graph_commit_id: string }).graph_commit_id;

describe("reads", () => {
  it("a read has its rows, its columns and the commit that was read", async () => {
    const told = await post("/query", { query: PEOPLE, unknown: 1 });
    expect(told.json).toMatchObject({
      query_name: "people",
      target: { branch: "main", snapshot: null },
      row_count: 2,
      columns: ["slug"],
      rows: [{ slug: "ann" }, { slug: "bob" }],
    });
    const past = { query: PEOPLE, snapshot: told.json["graph_commit_id"] };
    expect((await post("/query", past)).json).toMatchObject({ row_count: 2, target: { branch: null } });
    expect((await post("/query", { ...past, branch: "main" })).status).toBe(400);
  });

  it("a deprecated call points to what takes its place", async () => {
    const told = await post("/read", { query_source: PEOPLE });
    expect(told.json).not.toHaveProperty("graph_commit_id");
    expect(told.headers.get("deprecation")).toBe("true");
    expect(told.headers.get("link")).toBe('</graphs/team/query>; rel="successor-version"');
  });

  it("integers beyond 2^53 keep their digits, in parameters and in answers", async () => {
    const query = 'query big($n: I64) { match { $p: Person { slug: "ann" } } return { sum($p.level) as s } }';
    const told = await at("POST", "/query", {
      body: `{"query":${JSON.stringify(query)},"params":{"n":9007199254740993}}`,
    });
    expect(told.status, told.text).toBe(200);
  });

  it.each([
    ["a text that is no query", { query: "query x( {" }, 400, "query_invalid"],
    ["a type that is not there", { query: "match { $p: Ghost } return { $p.a }" }, 400, "query_invalid"],
    ["a mutation", { query: ADD, params: { s: "x" } }, 400, "query_kind_mismatch"],
    ["a branch that is not there", { query: PEOPLE, branch: "none" }, 404, "branch_not_found"],
    [
      "a commit that is not there",
      { query: PEOPLE, snapshot: "01ARZ3NDEKTSV4RRFFQ69G5FAV" },
      404,
      "commit_not_found",
    ],
    ["no query", {}, 400, "request_invalid"],
    ["a query that is no text", { query: 7 }, 400, "request_invalid"],
    ["parameters that are no object", { query: PEOPLE, params: [] }, 400, "request_invalid"],
  ])("%s is refused", async (_, body, status, reason) => {
    expect(await post("/query", body)).toMatchObject({ status, json: { reason } });
  });
});

describe("writes", () => {
  it("a mutation is a commit by the actor, or none where it touches nothing", async () => {
    const told = await post("/mutate", { query: ADD, params: { s: "cyd" } });
    expect(told.json).toMatchObject({ affected_nodes: 1, actor_id: "root", commit: { actor_id: "root" } });
    const nothing = await post("/change", {
      query_source: 'query d() { delete Person where slug = "none" }',
    });
    expect(nothing.json).toMatchObject({ affected_nodes: 0, commit: null });
  });

  it.each([
    [
      "a unique value that is there",
      'update Person set { email: "ann@x.org" } where slug = "bob"',
      400,
      "unique_violation",
    ],
    ["one edge too many", 'insert Member { from: "ann", to: "core" }', 400, "cardinality_violation"],
    ["an end that is missing", 'insert Member { from: "ghost", to: "core" }', 400, "endpoint_missing"],
  ])("%s is refused", async (_, statement, status, reason) => {
    const told = await post("/mutate", { query: `query q() { ${statement} }` });
    expect(told, told.text).toMatchObject({ status, json: { reason } });
  });

  it("a condition holds or not, and stands only where it is taken", async () => {
    const first = commitOf(await post("/mutate", { query: ADD, params: { s: "dee" } }));
    const conditional = (commit: string, s: string): Promise<Told> =>
      post(
        "/mutate/if-graph-commit",
        { query: ADD, params: { s } },
        { headers: { "omnigraph-if-graph-commit": commit } },
      );
    expect((await conditional(first, "eve")).status).toBe(200);
    const lost = await conditional(first, "fay");
    expect(lost).toMatchObject({ status: 412, json: { precondition_failure: { expected: first } } });
    expect(lost.json).not.toHaveProperty("code");
    expect((await conditional("main", "fay")).status).toBe(400);
    expect((await conditional(`${first}, ${first}`, "fay")).status).toBe(400);
    expect((await post("/mutate/if-graph-commit", { query: ADD, params: { s: "x" } })).status).toBe(400);
    const plain = await post(
      "/mutate",
      { query: ADD, params: { s: "x" } },
      { headers: { "omnigraph-if-graph-commit": first } },
    );
    expect(plain.status).toBe(400);
    expect(await slugs()).toEqual(["ann", "bob", "cyd", "dee", "eve"]);
  });

  it("a write that is repeated under its key is written once, and the key is of one write", async () => {
    const sent = { headers: { "idempotency-key": "add-gus" } };
    const first = await post("/mutate", { query: ADD, params: { s: "gus" } }, sent);
    const again = await post("/mutate", { query: ADD, params: { s: "gus" } }, sent);
    expect(commitOf(again)).toBe(commitOf(first));
    expect(await post("/mutate", { query: ADD, params: { s: "hal" } }, sent)).toMatchObject({
      status: 409,
      json: { reason: "op_reused" },
    });
  });

  it("loads take a JSON text and NDJSON, and make a branch", async () => {
    const data = '{"type":"Team","data":{"slug":"edge"}}\n';
    expect((await post("/load", { data })).json).toMatchObject({
      mode: "merge",
      total_entities: 1,
      uri: "/graphs/team",
    });
    expect((await post("/ingest", { data, mode: "append" })).status).toBe(409);
    const ndjson = { headers: { "content-type": "application/x-ndjson" }, body: data };
    const made = await at("POST", "/load/ndjson?branch=import&from=main&mode=merge", ndjson);
    expect(made.json).toMatchObject({ branch: "import", branch_created: true, base_branch: "main" });
    expect((await at("POST", "/load/ndjson?branch=none", ndjson)).status).toBe(404);
    expect(
      (await at("POST", "/load/ndjson", { ...ndjson, headers: { "content-type": "text/csv" } })).status,
    ).toBe(415);
    expect((await at("POST", "/load/ndjson", { ...ndjson, headers: {} })).status).toBe(415);
    const wrong = await at("POST", "/load/ndjson?mode=sideways", ndjson);
    expect(wrong).toMatchObject({ status: 400, json: {} });
    expect(wrong.headers.get("content-type")).toContain("text/plain");
    const bad = await at("POST", "/load/ndjson", { ...ndjson, body: "{broken" });
    expect(bad).toMatchObject({ status: 400, json: { reason: "load_invalid" } });
  });

  it("exports and baselines are lines, and what is wrong with them is told before the first", async () => {
    const lines = (await post("/export", { type_names: ["Team"] })).text.trim().split("\n");
    expect(new Set(lines.map((line) => JSON.parse(line).data.slug))).toEqual(new Set(["core", "edge"]));
    expect(await post("/export", { type_names: ["Ghost"] })).toMatchObject({
      status: 400,
      json: { reason: "type_not_found" },
    });
    expect((await post("/export", { branch: "none" })).status).toBe(404);
    const baseline = (await post("/changes/baseline", {})).text.trim().split("\n");
    const { baseline: end } = JSON.parse(baseline.at(-1) ?? "");
    const feed = await at("GET", `/changes?cursor=${encodeURIComponent(end.resume_cursor)}`);
    expect(feed.json).toMatchObject({ blocks: [], caught_up: true });
  });
});

describe("branches and history", () => {
  it("a branch is made, changed, merged and deleted", async () => {
    expect((await post("/branches", { name: "review/1" })).json).toMatchObject({
      from: "main",
      actor_id: "root",
    });
    expect((await post("/branches", { name: "review/1" })).status).toBe(409);
    await post("/mutate", { query: ADD, params: { s: "ivy" }, branch: "review/1" });
    expect((await at("GET", "/branches")).json["branches"]).toContain("review/1");
    expect((await post("/branches/merge", { source: "review/1" })).json).toMatchObject({
      outcome: "fast_forward",
      target: "main",
    });
    const merged = await post("/branches/merge", { source: "review/1", delete_branch: true });
    expect(merged.json).toMatchObject({ outcome: "already_up_to_date", branch_deleted: true });
    expect((await at("DELETE", "/branches/review%2F1")).status).toBe(404);
    expect((await at("DELETE", "/branches/main")).status).toBe(400);
    expect(await slugs()).toContain("ivy");
  });

  it("all conflicts of a merge are told, each with its entity", async () => {
    const rename = (n: string, branch: string): Promise<Told> =>
      post("/mutate", {
        query: `query r() { update Person set { name: "${n}" } where slug = "bob" }`,
        branch,
      });
    await post("/branches", { name: "other" });
    await rename("B1", "other");
    await rename("B2", "main");
    const told = await post("/branches/merge", { source: "other" });
    expect(told.status).toBe(409);
    expect(told.json["merge_conflicts"]).toEqual([
      {
        entity_kind: "node",
        type_name: "Person",
        entity_id: "bob",
        kind: "divergent_update",
        message: expect.any(String),
      },
    ]);
  });

  it("commits are listed whole or by pages, and shown with what they changed", async () => {
    const all = (await at("GET", "/commits")).json["commits"] as { graph_commit_id: string }[];
    const page = await at("GET", "/commits?limit=2");
    expect(page.json["commits"]).toEqual(all.slice(0, 2));
    const token = String(page.json["next_page_token"]);
    const rest = await at("GET", `/commits?limit=100&page_token=${encodeURIComponent(token)}`);
    expect(rest.json["commits"]).toEqual(all.slice(2));
    const id = all[0]?.graph_commit_id ?? "";
    expect((await at("GET", `/commits/${id}`)).json).toEqual(all[0]);
    const changes = await at("GET", `/commits/${id}/changes?kind=node&kind=edge&op=update&limit=10`);
    expect(changes.json["changes"]).toMatchObject([{ id: "bob", op: "update" }]);
    for (const wrong of ["colour=red", "op=fly", "limit=x", "kind=node&kind=thing"])
      expect((await at("GET", `/commits/${id}/changes?${wrong}`)).status, wrong).toBe(400);
    expect((await at("GET", "/commits?limit=99999999")).status).toBe(413);
  });

  it("the feed begins where it is told to, and goes on after its cursor", async () => {
    const from = await at("GET", "/changes?start=beginning");
    const cursor = encodeURIComponent(String(from.json["cursor"]));
    expect((await at("GET", `/changes?cursor=${cursor}&type=Team`)).status).toBe(400);
    expect((await at("GET", `/changes?cursor=${cursor}`)).json).toMatchObject({ caught_up: true });
    expect((await at("GET", "/changes")).json).toMatchObject({ blocks: [], caught_up: true });
    for (const wrong of ["start=sideways", "cursor=garbage", "start=now&cursor=x", "colour=red"])
      expect((await at("GET", `/changes?${wrong}`)).status, wrong).toBe(400);
  });

  it("a graph that no cluster has takes another schema", async () => {
    expect((await at("GET", "/schema")).json).toEqual({ schema_source: SCHEMA });
    const source = `${SCHEMA}node Note { text: String }\n`;
    expect((await post("/schema/apply", { schema_source: source })).json).toMatchObject({
      applied: true,
      step_count: 1,
    });
    expect((await at("GET", "/schema")).json).toEqual({ schema_source: source });
    expect(await post("/schema/apply", { schema_source: "node {" })).toMatchObject({ status: 400 });
  });
});

describe("stored queries", () => {
  it("their catalog has every kind of parameter", async () => {
    const { json } = await at("GET", "/queries");
    const queries = json["queries"] as { name: string; params: object[] }[];
    expect(queries.map(({ name }) => name)).toEqual(["add", "people", "typed"]);
    expect(queries[1]).toMatchObject({ mutation: false, description: "All of them", tool_name: "people" });
    expect(queries[2]?.params).toEqual([
      { name: "a", kind: "bool", nullable: false },
      { name: "b", kind: "int", nullable: false },
      { name: "c", kind: "bigint", nullable: true },
      { name: "d", kind: "float", nullable: false },
      { name: "e", kind: "date", nullable: false },
      { name: "f", kind: "datetime", nullable: false },
      { name: "g", kind: "list", nullable: true, item_kind: "string" },
      { name: "h", kind: "vector", nullable: true, vector_dim: 3 },
    ]);
  });

  it("a read and a mutation run, with a body or without", async () => {
    expect((await at("POST", "/queries/people")).status).toBe(200);
    expect((await post("/queries/add", { params: { s: "jo" } })).json).toMatchObject({ affected_nodes: 1 });
    const commits = await at("GET", "/commits");
    const [{ graph_commit_id: head }] = commits.json["commits"] as [{ graph_commit_id: string }];
    const headers = { "omnigraph-if-graph-commit": head };
    expect((await post("/queries/add/if-graph-commit", { params: { s: "kit" } }, { headers })).status).toBe(
      200,
    );
    expect((await post("/queries/add/if-graph-commit", { params: { s: "lu" } }, { headers })).status).toBe(
      412,
    );
    expect((await post("/queries/people/if-graph-commit", {}, { headers })).status).toBe(400);
  });

  it.each([
    ["a query that is not there", "none", {}, 404],
    ["another kind than is expected", "people", { expect_mutation: true }, 400],
    ["a missing parameter", "add", {}, 400],
    ["a mutation of the past", "add", { params: { s: "x" }, snapshot: "01ARZ3NDEKTSV4RRFFQ69G5FAV" }, 400],
  ])("%s is refused", async (_, name, body, status) => {
    expect((await post(`/queries/${name}`, body)).status).toBe(status);
  });
});
