import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serve } from "@omnigraph/server";
import { Omnigraph } from "omnigraph";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { ADD, PEOPLE, SCHEMA, type TestServer, testServer, TOKENS } from "../support/server/server.ts";

const folder = testFolder("server-reload");
const tokens = new Map(TOKENS);
let server: TestServer;
beforeAll(async () => {
  server = await testServer(folder, { tokens });
});
afterAll(() => server.stop());

const statusOf = async (as: string, method: string, path: string, body?: object): Promise<number> =>
  (await server.call(method, path, { as, ...(body === undefined ? {} : { body }) })).status;
const policy = join(folder, "team.yaml");
const query = { query: PEOPLE };

describe("what changes while the server runs", () => {
  it("a token that is taken away is nobody's, and a new one counts", async () => {
    expect(await statusOf("new-token", "GET", "/graphs/team/snapshot")).toBe(401);
    tokens.delete("bob");
    tokens.set("root2", "new-token");
    await server.reload();
    expect(await statusOf("bob", "GET", "/graphs/team/snapshot")).toBe(401);
    expect(await statusOf("new-token", "GET", "/graphs/team/snapshot")).toBe(403);
    tokens.set("bob", "secret-of-bob");
    await server.reload();
  });

  it("another policy counts for the next call", async () => {
    const before = readFileSync(policy, "utf8");
    expect(await statusOf("guest", "POST", "/graphs/team/query", query)).toBe(403);
    writeFileSync(policy, before.replace("readers: [ann, bob, root]", "readers: [guest, root]"));
    await server.reload();
    expect(await statusOf("guest", "POST", "/graphs/team/query", query)).toBe(200);
    expect(await statusOf("bob", "POST", "/graphs/team/query", query)).toBe(403);
    writeFileSync(policy, before);
    await server.reload();
  });

  it("stored queries come and go", async () => {
    const file = join(folder, "queries/more.gq");
    writeFileSync(file, "query teams() { match { $t: Team } return { $t.slug } }\n");
    expect(await statusOf("root", "POST", "/graphs/team/queries/teams", {})).toBe(404);
    await server.reload();
    expect(await statusOf("root", "POST", "/graphs/team/queries/teams", {})).toBe(200);
    writeFileSync(file, "");
    await server.reload();
    expect(await statusOf("root", "POST", "/graphs/team/queries/teams", {})).toBe(404);
  });

  it.each([
    ["a policy", policy, "version: 7\n"],
    ["a query", join(folder, "queries/team.gq"), "query broken("],
  ])("%s that cannot be understood leaves all as it was, and is told", async (_, file, wrong) => {
    const before = readFileSync(file, "utf8");
    tokens.set("eve", "token-of-eve");
    writeFileSync(file, wrong);
    await server.reload();
    expect(await statusOf("bob", "POST", "/graphs/team/query", query)).toBe(200);
    expect(await statusOf("ann", "POST", "/graphs/team/queries/people", {})).toBe(200);
    expect(await statusOf("token-of-eve", "GET", "/graphs/team/snapshot")).toBe(401);
    expect(server.log.some((line) => line.includes("the former one stays"))).toBe(true);
    expect((await server.call("GET", "/readyz")).json).toEqual({ status: "ready", configuration: "stale" });
    const metrics = await server.call("GET", "/metrics", { as: "root" });
    expect(metrics.text).toContain("omnigraph_configuration_stale 1");
    writeFileSync(file, before);
    tokens.delete("eve");
    await server.reload();
    expect((await server.call("GET", "/readyz")).json).toMatchObject({ configuration: "current" });
  });

  it("graphs come, go and move", async () => {
    const addresses = ["one", "two"].map((name) => `memory://server-reload-${name}`);
    for (const [i, address] of addresses.entries()) {
      const graph = await Omnigraph.init(address, { schema: SCHEMA });
      await graph.load(`{"type":"Team","data":{"slug":"of-${i}"}}`, { mode: "append" });
      await graph.close();
    }
    let graphs = new Map([["a", addresses[0] ?? ""]]);
    const moving = await serve({
      read: async () => ({
        source: {
          id: null,
          graphs: [...graphs].map(([id, uri]) => ({
            id,
            uri,
            policies: [],
            queries: [],
            isManaged: false,
            schema: null,
          })),
          policies: [],
        },
        tokens: null,
        tls: null,
      }),
      watchMs: 600_000,
      host: "127.0.0.1",
      port: 0,
      release: { version: "0.0.0", format: 1 },
      requireAllGraphs: true,
      log: { write: () => undefined },
    });
    const teamOf = async (id: string): Promise<string | number> => {
      const answer = await fetch(`${moving.address}/graphs/${id}/export`, { method: "POST" });
      return answer.ok ? (/of-\d/.exec(await answer.text())?.[0] ?? "none") : answer.status;
    };
    try {
      expect([await teamOf("a"), await teamOf("b")]).toEqual(["of-0", 404]);
      graphs = new Map(["a", "b"].map((id) => [id, addresses[1] ?? ""]));
      await moving.reload();
      expect([await teamOf("a"), await teamOf("b")]).toEqual(["of-1", "of-1"]);
      graphs.delete("a");
      await moving.reload();
      expect([await teamOf("a"), await teamOf("b")]).toEqual([404, "of-1"]);
    } finally {
      await moving.stop();
    }
  });

  it("what was written counts without a signal", async () => {
    const watching = await testServer(testFolder("server-watched"), { tokens, watchMs: 20 });
    try {
      tokens.set("fay", "token-of-fay");
      const seen = async (): Promise<number> =>
        (await watching.call("GET", "/graphs/team/snapshot", { as: "token-of-fay" })).status;
      await expect.poll(seen, { timeout: 60_000 }).toBe(403);
    } finally {
      tokens.delete("fay");
      await watching.stop();
    }
  });
});

describe("a stream of changes", () => {
  /** Reads events until enough of them have come. */
  async function events(answer: Response, isEnough: (text: string) => boolean): Promise<string> {
    let text = "";
    for await (const piece of answer.body ?? []) {
      text += Buffer.from(piece).toString();
      if (isEnough(text)) return text;
    }
    return text;
  }
  const open = (as: string, headers: Readonly<Record<string, string>> = {}, behind = ""): Promise<Response> =>
    fetch(`${server.address}/graphs/team/changes/stream${behind}`, {
      headers: { authorization: `Bearer ${tokens.get(as) ?? as}`, ...headers },
    });
  const add = (s: string): Promise<unknown> =>
    server.call("POST", "/graphs/team/mutate", { as: "root", body: { query: ADD, params: { s } } });

  it("tells what is committed, and goes on where a reader left", async () => {
    const answer = await open("root");
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    const reading = events(answer, (text) => text.includes("event: changes"));
    await add("first");
    const text = await reading;
    expect(text).toContain('"id":"first"');
    const id = [...text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? "";
    await add("second");
    const resumed = await events(await open("root", { "last-event-id": id }), (more) =>
      more.includes("event: changes"),
    );
    expect(resumed).toContain('"id":"second"');
    expect(resumed).not.toContain('"id":"first"');
  });

  it.each([
    ["an id that is none", "root", { "last-event-id": "x" }, "", 400],
    ["a cursor that is none", "root", { "last-event-id": "c.garbage" }, "", 400],
    ["a start that is none", "root", {}, "?start=sideways", 400],
    ["a branch that is not there", "root", {}, "?branch=none", 404],
    ["a caller who may not read", "guest", {}, "", 403],
    ["nobody", "nobody", {}, "", 401],
  ])("%s is refused before it begins", async (_, as, headers, behind, status) => {
    const answer = await open(as, headers, behind);
    expect(answer.status).toBe(status);
    await answer.body?.cancel();
  });

  it("ends when the token is taken away, and tells when the permission is", async () => {
    const before = readFileSync(policy, "utf8");
    const whole = (answer: Response): Promise<string> => events(answer, () => false);
    const [byToken, byPolicy] = [whole(await open("ann")), whole(await open("bob"))];
    tokens.delete("ann");
    writeFileSync(policy, before.replace("readers: [ann, bob, root]", "readers: [ann, root]"));
    await server.reload();
    expect(await byToken).not.toContain("event: failure");
    expect(await byPolicy).toMatch(/event: failure\ndata: \{.*"reason":"permission_denied"/);
    tokens.set("ann", "secret-of-ann");
    writeFileSync(policy, before);
    await server.reload();
  });

  it("ends at a deadline, and when the server stops", async () => {
    await events(await open("root", { "omnigraph-deadline-ms": "100" }), () => false);
    const stopping = await testServer(testFolder("server-stopping"));
    const answer = await fetch(`${stopping.address}/graphs/team/changes/stream`, {
      headers: { authorization: "Bearer secret-of-root" },
    });
    await Promise.all([events(answer, () => false), stopping.stop()]);
  });
});
