import { renameSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { ADD, PEOPLE, TOKENS, type TestServer, testServer } from "../support/server/server.ts";

const folder = testFolder("server-access");
let server: TestServer;
beforeAll(async () => {
  server = await testServer(folder);
});
afterAll(() => server.stop());

/** Sends a path as it is, which `fetch` would tidy up. */
function raw(
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; text: string }> {
  return new Promise((done, fail) => {
    const { hostname, port } = new URL(server.address);
    request({ hostname, port, path, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      answer.on("end", () => done({ status: answer.statusCode ?? 0, text }));
    })
      .on("error", fail)
      .end();
  });
}

describe("who calls", () => {
  it.each([
    ["no token", {}],
    ["another scheme", { authorization: "Basic abc" }],
    ["an unknown token", { authorization: "Bearer nobody" }],
    ["the beginning of a token", { authorization: "Bearer secret-of-an" }],
    ["a token and more", { authorization: "Bearer secret-of-ann x" }],
    ["an empty token", { authorization: "Bearer " }],
    ["a token in the path", {}],
  ])("%s is refused", async (_, headers) => {
    const told = await server.call("GET", "/graphs/team/snapshot?access_token=secret-of-ann", { headers });
    expect(told).toMatchObject({ status: 401, json: { code: "unauthorized", reason: "unauthorized" } });
    expect(told.headers.get("www-authenticate")).toBe("Bearer");
  });

  it("the actor is that of the token, whatever else the call names", async () => {
    const told = await server.call("POST", "/graphs/team/mutate", {
      as: "root",
      headers: { "x-actor": "ann", "omnigraph-actor": "ann", from: "ann" },
      body: { query: ADD, params: { s: "by-root" }, actor: "ann", actor_id: "ann", as: "ann" },
    });
    expect(told).toMatchObject({ status: 200, json: { actor_id: "root" } });
    const loaded = await server.call("POST", "/graphs/team/load/ndjson?actor=ann&as=ann", {
      as: "root",
      headers: { "content-type": "application/x-ndjson" },
      body: '{"type":"Team","data":{"slug":"t1"}}\n',
    });
    expect(loaded).toMatchObject({ status: 200, json: { actor_id: "root", commit: { actor_id: "root" } } });
  });

  it("nothing needs a token to tell that the server runs", async () => {
    expect(await server.call("GET", "/healthz")).toMatchObject({ status: 200, json: { status: "ok" } });
    expect(await server.call("GET", "/readyz")).toMatchObject({ status: 200, json: { status: "ready" } });
    expect((await server.call("GET", "/openapi.json")).status).toBe(200);
  });
});

describe("what a caller may do", () => {
  const cases: readonly [string, number, string, string, object?][] = [
    ["bob", 200, "POST", "/graphs/team/query", { query: PEOPLE }],
    ["bob", 403, "POST", "/graphs/team/mutate", { query: ADD, params: { s: "x" } }],
    ["bob", 403, "POST", "/graphs/team/branches", { name: "bobs" }],
    ["ann", 403, "POST", "/graphs/team/mutate", { query: ADD, params: { s: "x" } }],
    ["ann", 403, "POST", "/graphs/team/branches/merge", { source: "anns" }],
    ["ann", 403, "POST", "/graphs/team/schema/apply", { schema_source: "node A { k: String @key }" }],
    ["guest", 403, "POST", "/graphs/team/query", { query: PEOPLE }],
    ["guest", 403, "GET", "/graphs/team/snapshot"],
    ["guest", 403, "GET", "/graphs/team/schema"],
    ["guest", 403, "GET", "/graphs/team/branches"],
    ["guest", 403, "GET", "/graphs/team/commits"],
    ["guest", 403, "GET", "/graphs/team/changes"],
    ["guest", 403, "GET", "/graphs/team/queries"],
    ["guest", 403, "POST", "/graphs/team/export", {}],
    ["guest", 403, "POST", "/graphs/team/changes/baseline", {}],
    ["guest", 404, "POST", "/graphs/team/queries/people", {}],
    ["guest", 404, "POST", "/graphs/team/queries/none", {}],
    ["bob", 404, "POST", "/graphs/team/queries/people", {}],
    ["bot", 200, "POST", "/graphs/team/queries/people", {}],
    ["bot", 403, "POST", "/graphs/team/query", { query: PEOPLE }],
    ["bot", 403, "POST", "/graphs/team/queries/add", { params: { s: "x" } }],
    ["ann", 403, "GET", "/graphs"],
    ["root", 200, "GET", "/graphs"],
  ];
  it.each(cases)("%s is answered %d by %s %s", async (...[as, status, method, path, body]) => {
    const told = await server.call(method, path, { as, ...(body === undefined ? {} : { body }) });
    expect(told.status, told.text).toBe(status);
  });

  it("what is refused had no effect", async () => {
    const { json } = await server.call("POST", "/graphs/team/query", { as: "bob", body: { query: PEOPLE } });
    expect(JSON.stringify(json["rows"])).not.toContain('"x"');
  });

  it("a graph is listed to those who may do anything on it", async () => {
    const listed = async (as: string) => (await server.call("GET", "/graphs", { as })).json["graphs"];
    expect(await listed("root")).toEqual([{ graph_id: "team", uri: "/graphs/team" }]);
    expect(await listed("guest")).toEqual([]);
  });

  it("neither a commit nor a stored query leads around a scope", async () => {
    const commits = await server.call("GET", "/graphs/team/commits", { as: "root" });
    const [{ graph_commit_id: head }] = commits.json["commits"] as [{ graph_commit_id: string }];
    expect(
      (await server.call("POST", "/graphs/team/branches", { as: "ann", body: { name: head.slice(0, 8) } }))
        .status,
    ).toBe(403);
    const conditional = await server.call("POST", "/graphs/team/queries/add/if-graph-commit", {
      as: "ann",
      headers: { "omnigraph-if-graph-commit": head },
      body: { params: { s: "sneaky" } },
    });
    expect(conditional.status).toBe(403);
  });

  it("each refusal is logged with who asked for what", async () => {
    await server.call("POST", "/graphs/team/mutate", { as: "bob", body: { query: ADD, params: { s: "x" } } });
    const refused = server.log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "refused");
    expect(refused).toContainEqual(
      expect.objectContaining({ actor: "bob", action: "change", branch: "main" }),
    );
  });
});

describe("paths", () => {
  it.each([
    "/graphs/none/snapshot",
    "/graphs/..%2fteam/snapshot",
    "/graphs/team%00/snapshot",
    "/graphs/TEAM/snapshot",
    "/graphs/__proto__/snapshot",
    "/graphs/constructor/snapshot",
    "/graphs/%2e%2e/snapshot",
    `/graphs/${"a".repeat(900)}/snapshot`,
    "/nothing",
    "/graphs/team/nothing",
    "/graphs/team/queries/__proto__",
  ])("%s is not there", async (path) => {
    const { status, text } = await raw(path, { authorization: "Bearer secret-of-root" });
    expect(status).toBe(path.includes("queries") ? 405 : 404);
    expect(JSON.parse(text)).toHaveProperty("reason");
  });

  it("a path that is no text is refused", async () => {
    const { status } = await raw("/graphs/%ff/snapshot", { authorization: "Bearer secret-of-root" });
    expect([400, 404]).toContain(status);
  });

  it("a method that a path does not take is told with those that it takes", async () => {
    const told = await server.call("PUT", "/graphs/team/query", { as: "root", body: {} });
    expect(told).toMatchObject({ status: 405, json: { code: "method_not_allowed" } });
    expect(told.headers.get("allow")).toBe("POST");
    expect((await server.call("PUT", "/graphs/team/query", { body: {} })).status).toBe(401);
    expect((await server.call("OPTIONS", "/graphs", { as: "root" })).status).toBe(405);
  });

  it("another contract is refused", async () => {
    const sent = { as: "root", headers: { "omnigraph-http-api": "0.13" } };
    expect(await server.call("GET", "/graphs/team/snapshot", sent)).toMatchObject({
      status: 400,
      json: { reason: "api_contract_mismatch" },
    });
    const same = { as: "root", headers: { "omnigraph-http-api": "0.10" } };
    expect((await server.call("GET", "/graphs/team/snapshot", same)).status).toBe(200);
  });
});

describe("failures", () => {
  it.each([
    ["POST", "/graphs/team/query", { query: PEOPLE, branch: "none" }],
    ["POST", "/graphs/team/query", { query: PEOPLE, snapshot: "01ARZ3NDEKTSV4RRFFQ69G5FAV" }],
    ["POST", "/graphs/team/branches", { name: "main" }],
    ["POST", "/graphs/team/branches/merge", { source: "none" }],
    ["DELETE", "/graphs/team/branches/none", undefined],
    ["GET", "/graphs/team/commits/01ARZ3NDEKTSV4RRFFQ69G5FAV", undefined],
    ["POST", "/graphs/team/export", { branch: "none" }],
  ])("%s %s does not tell where the graph is", async (method, path, body) => {
    const told = await server.call(method, path, { as: "root", ...(body === undefined ? {} : { body }) });
    expect(told.status).toBeGreaterThanOrEqual(400);
    expect(told.text).not.toContain(folder);
  });

  it("a fault of the store is told by its request alone, and the log has the rest", async () => {
    const away = join(folder, "away.omni");
    renameSync(join(folder, "team.omni"), away);
    try {
      const sent = {
        as: "root",
        headers: { "x-request-id": "lost-1" },
        body: { query: ADD, params: { s: "lost" } },
      };
      const told = await server.call("POST", "/graphs/team/mutate", sent);
      expect(told.status, told.text).toBeGreaterThanOrEqual(400);
      expect(told.text).not.toContain(folder);
      expect(told.text).not.toContain("away.omni");
    } finally {
      renameSync(away, join(folder, "team.omni"));
    }
  });
});

describe("the log", () => {
  it("a call has an id, which the caller may give, and the log has no secret and no data", async () => {
    const sent = {
      as: "root",
      headers: { "x-request-id": "mine-1" },
      body: { query: PEOPLE, params: { a: "datum" } },
    };
    const told = await server.call("POST", "/graphs/team/query?x=behind", sent);
    expect(told.headers.get("x-request-id")).toBe("mine-1");
    await server.call("GET", "/graphs", { headers: { "x-request-id": "no good\u00e4" } });
    await expect.poll(() => server.log.find((line) => line.includes("mine-1"))).toBeDefined();
    const line = JSON.parse(server.log.find((each) => each.includes("mine-1")) ?? "");
    expect(line).toMatchObject({
      request: "mine-1",
      method: "POST",
      route: "/graphs/:graph_id/query",
      graph: "team",
      actor: "root",
      status: 200,
    });
    const all = server.log.join("");
    for (const secret of [...TOKENS.values(), "datum", "behind", "Bearer"]) expect(all).not.toContain(secret);
  });
});

describe("a server without policies", () => {
  it("with tokens only reads are permitted", async () => {
    const other = await testServer(testFolder("server-no-policy"), { hasPolicy: false });
    try {
      expect(
        (await other.call("POST", "/graphs/team/query", { as: "bob", body: { query: PEOPLE } })).status,
      ).toBe(200);
      for (const [method, path, body] of [
        ["POST", "/graphs/team/mutate", { query: ADD, params: { s: "x" } }],
        ["POST", "/graphs/team/export", {}],
        ["POST", "/graphs/team/branches", { name: "x" }],
      ] as const)
        expect((await other.call(method, path, { as: "bob", body })).status, path).toBe(403);
      expect((await other.call("POST", "/graphs/team/queries/people", { as: "bob", body: {} })).status).toBe(
        404,
      );
      expect((await other.call("GET", "/graphs", { as: "bob" })).status).toBe(403);
    } finally {
      await other.stop();
    }
  });

  it("without tokens everything is permitted, and nobody is named", async () => {
    const other = await testServer(testFolder("server-open"), { hasPolicy: false, tokens: null });
    try {
      const told = await other.call("POST", "/graphs/team/mutate", {
        body: { query: ADD, params: { s: "x" } },
      });
      expect(told).toMatchObject({ status: 200, json: { actor_id: null } });
      expect((await other.call("GET", "/graphs")).status).toBe(200);
      expect((await other.call("POST", "/graphs/team/queries/people", { body: {} })).status).toBe(200);
    } finally {
      await other.stop();
    }
  });

  it("policies without tokens are refused at the start", async () => {
    await expect(testServer(testFolder("server-refused"), { tokens: null })).rejects.toMatchObject({
      reason: "usage",
    });
  });
});
