import { LIMITS } from "@omnigraph/base";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { ADD, PEOPLE, type Sent, type TestServer, testServer, type Told } from "../support/server/server.ts";

// What the server has besides the contract.

const folder = testFolder("server-additions");
let server: TestServer;
beforeAll(async () => {
  server = await testServer(folder);
});
afterAll(() => server.stop());

const at = (method: string, path: string, sent: Sent = {}): Promise<Told> =>
  server.call(method, `/graphs/team${path}`, { as: "root", ...sent });
const post = (path: string, body: object, sent: Sent = {}): Promise<Told> =>
  at("POST", path, { ...sent, body });
const rename = (name: string, branch: string): Promise<Told> =>
  post("/mutate", {
    query: `query r() { update Person set { name: "${name}" } where slug = "bob" }`,
    branch,
  });
const nameOfBob = async (branch = "main"): Promise<unknown> => {
  const query = 'query b() { match { $p: Person { slug: "bob" } } return { $p.name as name } }';
  return (await post("/query", { query, branch })).json["rows"];
};

describe("merges", () => {
  beforeAll(async () => {
    await post("/branches", { name: "draft/1" });
    await rename("Ours", "main");
    await rename("Theirs", "draft/1");
  });

  it("a preview tells what a merge would do, and does nothing", async () => {
    const { json } = await post("/branches/merge", { source: "draft/1", dry_run: true });
    expect(json).toMatchObject({
      would: "conflict",
      merge_conflicts: [{ entity_id: "bob", properties: ["name"] }],
    });
    const decided = await post("/branches/merge", { source: "draft/1", dry_run: true, strategy: "ours" });
    expect(decided.json).toMatchObject({
      would: "merge",
      merge_conflicts: [],
      resolved: [{ entity_id: "bob" }],
    });
    expect(await nameOfBob()).toEqual([{ name: "Ours" }]);
  });

  it("who may read may look, and not merge", async () => {
    const sent = { as: "bob", body: { source: "draft/1", dry_run: true } };
    expect((await at("POST", "/branches/merge", sent)).status).toBe(200);
    const merge = { as: "bob", body: { source: "draft/1", strategy: "ours" } };
    expect((await at("POST", "/branches/merge", merge)).status).toBe(403);
  });

  it.each([
    ["a side that is none", { strategy: "mine" }, "request_invalid"],
    ["two strategies", { strategy: "ours", strategy_entity: "theirs" }, "resolutions_invalid"],
    ["decisions that are none", { resolutions: { entities: [{ kind: "node" }] } }, "resolutions_invalid"],
    [
      "a decision on what is in no conflict",
      {
        resolutions: {
          entities: [{ kind: "node", type: "Person", id: "ann", take: "ours" }],
          strategy: "ours",
        },
      },
      "resolutions_invalid",
    ],
  ])("%s is refused", async (_, decisions, reason) => {
    const told = await post("/branches/merge", { source: "draft/1", ...decisions });
    expect(told, told.text).toMatchObject({ status: 400, json: { reason } });
  });

  it("decisions merge what is in conflict, and the answer tells which", async () => {
    const entities = [{ kind: "node", type: "Person", id: "bob", properties: { name: { value: "Both" } } }];
    const told = await post("/branches/merge", {
      source: "draft/1",
      resolutions: { entities },
      message: "agreed",
    });
    expect(told.json, told.text).toMatchObject({
      outcome: "merged",
      commit: { message: "agreed", kind: "merge" },
      resolved: [{ entity_id: "bob" }],
    });
    expect(await nameOfBob()).toEqual([{ name: "Both" }]);
  });

  it("a diff has what differs, all of it or its counts", async () => {
    const path = "/branches/draft%2F1/diff/main";
    const whole = await at("GET", path);
    expect(whole.json).toMatchObject({
      stat: [{ type_name: "Person", updated: 1 }],
      changes: [{ id: "bob", op: "update", changed: ["name"] }],
    });
    const counted = await at("GET", `${path}?stat=true`);
    expect(counted.json).not.toHaveProperty("changes");
    expect((await at("GET", `${path}?type=Team&kind=node`)).json).toMatchObject({ stat: [], changes: [] });
    expect((await at("GET", "/branches/main~1/diff/main?since_base=true")).status).toBe(200);
    for (const [wrong, status] of [
      ["/branches/none/diff/main", 404],
      [`${path}?stat=maybe`, 400],
      [`${path}?type=Ghost`, 400],
    ] as const)
      expect((await at("GET", wrong)).status, wrong).toBe(status);
    expect((await at("GET", path, { as: "guest" })).status).toBe(403);
  });
});

describe("explain", () => {
  it("tells the steps of a read, and runs it where that is asked for", async () => {
    const planned = await post("/explain", { query: PEOPLE });
    expect(planned.json).toMatchObject({ kind: "read", totals: null });
    const ran = await post("/explain", { query: PEOPLE, analyze: true });
    expect(ran.json).toMatchObject({ totals: { rows: 2 } });
  });

  it("evaluates a mutation, writes nothing, and needs no more than reading", async () => {
    const body = { query: ADD, params: { s: "nobody" }, analyze: true };
    expect((await at("POST", "/explain", { as: "bob", body })).json).toMatchObject({
      kind: "mutation",
      touches: [{ type_name: "Person", inserted: 1 }],
    });
    const { json } = await post("/query", { query: PEOPLE });
    expect(json).toMatchObject({ row_count: 2 });
    expect((await at("POST", "/explain", { as: "guest", body })).status).toBe(403);
  });
});

describe("the fate of a write", () => {
  const fateOf = ({ headers }: Told): readonly (string | null)[] =>
    ["execution", "effects", "action"].map((name) => headers.get(`omnigraph-${name}`));

  it.each<readonly [string, string, object, Sent, number, readonly string[]]>([
    ["a wrong body", "/mutate", { query: 7 }, {}, 400, ["not_started", "none", "fix"]],
    ["a wrong query", "/mutate", { query: "query {" }, {}, 400, ["completed", "none", "fix"]],
    [
      "a refusal",
      "/mutate",
      { query: ADD, params: { s: "x" } },
      { as: "bob" },
      403,
      ["not_started", "none", "fix"],
    ],
    ["an unknown token", "/mutate", { query: ADD }, { as: "nobody" }, 401, ["not_started", "none", "fix"]],
    [
      "a key that is there",
      "/load",
      { data: '{"type":"Team","data":{"slug":"core"}}', mode: "append" },
      {},
      409,
      ["completed", "none", "fix"],
    ],
  ])("%s tells it in headers", async (_, path, body, sent, status, fate) => {
    const told = await post(path, body, sent);
    expect(told.status, told.text).toBe(status);
    expect(fateOf(told)).toEqual(fate);
  });

  it("a read tells none, nor does a write that is done", async () => {
    expect(fateOf(await post("/query", { query: 7 }))).toEqual([null, null, null]);
    expect(fateOf(await post("/mutate", { query: ADD, params: { s: "fine" } }))).toEqual([null, null, null]);
  });

  it("is looked up by the key of the write", async () => {
    const sent = { headers: { "idempotency-key": "add gil/1" } };
    const path = `/writes/${encodeURIComponent("add gil/1")}`;
    expect((await at("GET", path)).json).toEqual({
      key: "add gil/1",
      branch: "main",
      execution: "unknown",
      effects: "none",
      action: "retry",
      commit: null,
    });
    const done = await post("/mutate", { query: ADD, params: { s: "gil" } }, sent);
    const { graph_commit_id: commit } = done.json["commit"] as { graph_commit_id: string };
    expect((await at("GET", path)).json).toMatchObject({
      execution: "completed",
      effects: "committed",
      action: null,
      commit: { graph_commit_id: commit, actor_id: "root" },
    });
    expect((await at("GET", `${path}?branch=draft%2F1`)).json).toMatchObject({ effects: "none" });
    expect((await at("GET", `${path}?branch=none`)).status).toBe(404);
    expect((await at("GET", path, { as: "guest" })).status).toBe(403);
    expect(
      (await at("GET", `/writes/${"x".repeat(LIMITS.opBytes.value + 1)}`)).status,
    ).toBeGreaterThanOrEqual(400);
  });
});

describe("deadlines", () => {
  it("end a call that takes longer, which then left nothing behind", async () => {
    const over = new AbortController();
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"type":"Team","data":{"slug":"late"}}\n');
      await new Promise<void>((done) => over.signal.addEventListener("abort", () => done()));
    }
    const answer = await fetch(`${server.address}/graphs/team/load/ndjson`, {
      method: "POST",
      headers: {
        authorization: "Bearer secret-of-root",
        "content-type": "application/x-ndjson",
        "omnigraph-deadline-ms": "100",
      },
      body: body(),
      duplex: "half",
    });
    expect(await answer.json()).toMatchObject({ reason: "deadline_exceeded" });
    expect(answer.status).toBe(408);
    expect(answer.headers.get("omnigraph-effects")).toBe("none");
    expect(answer.headers.get("omnigraph-action")).toBe("retry");
    over.abort();
  });

  it("are numbers", async () => {
    const within = (ms: string): Promise<Told> =>
      post("/query", { query: PEOPLE }, { headers: { "omnigraph-deadline-ms": ms } });
    expect((await within("600000")).status).toBe(200);
    for (const wrong of ["soon", "-1", "1.5", "", "9999999999"])
      expect(await within(wrong), wrong).toMatchObject({ status: 400, json: { reason: "request_invalid" } });
  });
});

describe("metrics", () => {
  it("count calls, need a token, and name no graph and no actor", async () => {
    await at("GET", "/snapshot");
    const { status, text, headers } = await server.call("GET", "/metrics", { as: "guest" });
    expect(status).toBe(200);
    expect(headers.get("content-type")).toContain("text/plain");
    expect(text).toMatch(
      /^omnigraph_http_requests_total\{method="GET",route="\/graphs\/:graph_id\/snapshot",status="200"\} \d+$/m,
    );
    expect(text).toMatch(/^omnigraph_graphs_open 1$/m);
    expect(text).toMatch(/^omnigraph_http_requests_in_flight [1-9]\d*$/m);
    for (const name of ["team", "root", "guest", folder]) expect(text).not.toContain(name);
    expect((await server.call("GET", "/metrics")).status).toBe(401);
  });
});
