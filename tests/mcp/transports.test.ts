import { LIMITS } from "@omnigraph/base";
import { Omnigraph } from "omnigraph";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ended, run, start } from "../support/cli/cli.ts";
import { Agent } from "../support/mcp/agent.ts";
import { testFolder } from "../support/running/folders.ts";
import {
  DATA,
  PEOPLE,
  SCHEMA,
  type Sent,
  type TestServer,
  testServer,
  type Told,
} from "../support/server/server.ts";

const folder = testFolder("mcp-transports");
const open = testFolder("mcp-open");
let server: TestServer;
let unauthenticated: TestServer;
beforeAll(async () => {
  server = await testServer(folder);
  unauthenticated = await testServer(open, { tokens: null, hasPolicy: false });
  const graph = await Omnigraph.init(join(folder, "local.omni"), { schema: SCHEMA });
  await graph.load(DATA, { mode: "append" });
  const many = Array.from({ length: 2000 }, (_, i) => ({
    type: "Person",
    data: { slug: `p${i}`, name: `P ${i}` },
  }));
  await graph.load(many, { mode: "append", branch: "many", from: "main" });
  await graph.close();
});
afterAll(async () => {
  await server.stop();
  await unauthenticated.stop();
});

/** A read that takes hours. */
const ENDLESS = `match { $a: Person $b: Person $c: Person $d: Person
  length($a.name) + length($b.name) > length($c.name) * length($d.name) + 100 } return { $a.name, count($b) as n }`;

const message = (id: number, method: string, params: object = {}): string =>
  `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`;
const HELLO = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "1" } };

describe("omnigraph mcp", () => {
  it("answers every request that came before the input ended, says nothing else, and ends with 0", async () => {
    const child = start(["mcp", "local.omni", "--actor", "helper"], { cwd: folder });
    const over = ended(child);
    child.stdin?.end(
      message(1, "initialize", HELLO) +
        message(2, "tools/call", {
          name: "run-mutation",
          arguments: { mutation: 'insert Team { slug: "piped" }' },
        }),
    );
    const { status, out, err } = await over;
    expect({ status, err }).toEqual({ status: 0, err: "" });
    const answers: { id: number; result: object }[] = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(answers.map(({ id }) => id)).toEqual([1, 2]);
    expect(answers[0]?.result).toMatchObject({ serverInfo: { name: "omnigraph" } });
    expect(answers[1]?.result).toMatchObject({ structuredContent: { actor_id: "helper" } });
  });

  it("a call that is cancelled stops, and so the command can end", async () => {
    const agent = await Agent.overStdio(["local.omni", "--branch", "many"], folder);
    const { pid } = agent.client.transport as { pid?: number };
    const stop = new AbortController();
    const endless = agent.call("run-query", { query: ENDLESS }, stop.signal);
    const refused = expect(endless).rejects.toThrow();
    // What is asked later is answered while it runs.
    expect((await agent.call("get-schema")).isError).toBe(false);
    stop.abort();
    await refused;
    expect((await agent.call("run-query", { query: PEOPLE, branch: "main" })).json).toMatchObject({
      row_count: 2,
    });
    await agent.close();
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it("with --read-only there is no tool that writes", async () => {
    const agent = await Agent.overStdio(["local.omni", "--read-only"], folder);
    for (const { name, annotations } of agent.tools.values())
      expect(annotations?.readOnlyHint, name).toBe(true);
    expect(agent.tools.size).toBe(10);
    await expect(agent.callAnyway("run-mutation", { mutation: "delete Person" })).rejects.toThrow("no tool");
    await agent.close();
  });

  it.each([
    [["local.omni", "--policy", "team.yaml"], "--actor"],
    [["none.omni"], "graph_not_found"],
    [["local.omni", "--queries", "nowhere"], "nowhere"],
  ])("what cannot be served is said on standard error: %j", async (args, words) => {
    const { status, out, err } = await run(["mcp", ...args], { cwd: folder });
    expect(status).not.toBe(0);
    expect(out).toBe("");
    expect(err).toContain(words);
  });
});

function isRunning(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("the endpoint of the server", () => {
  const post = (body: unknown, sent: Sent = {}): Promise<Told> =>
    server.call("POST", "/graphs/team/mcp", { as: "root", body, ...sent });
  const list = { jsonrpc: "2.0", id: "one", method: "tools/list" };

  it("answers one message by JSON, whatever came before it", async () => {
    expect(await post(list)).toMatchObject({
      status: 200,
      json: { id: "one", result: { tools: expect.any(Array) } },
    });
    const hello = await post({ jsonrpc: "2.0", id: 1, method: "initialize", params: HELLO });
    expect(hello.headers.get("mcp-session-id")).toMatch(/^[0-9a-f-]{36}$/);
    const notified = await post({ jsonrpc: "2.0", method: "notifications/initialized" });
    expect(notified).toMatchObject({ status: 202, text: "" });
    const unknown = await post({ jsonrpc: "2.0", id: 2, method: "tools/none" });
    expect(unknown).toMatchObject({ status: 200, json: { error: { code: -32601 } } });
  });

  it.each<readonly [string, unknown, Sent, number]>([
    ["no token", list, { as: "nobody" }, 401],
    ["several messages at once", [list, list], {}, 400],
    ["a message of nothing", {}, {}, 400],
    ["a message of another protocol", { ...list, jsonrpc: "1.0" }, {}, 400],
    ["a version of the protocol that there is not", list, { headers: { "mcp-protocol-version": "1" } }, 400],
  ])("%s is refused", async (_, body, sent, status) => {
    const answer = await fetch(`${server.address}/graphs/team/mcp`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${sent.as ?? "secret-of-root"}`,
        ...sent.headers,
      },
      body: JSON.stringify(body),
    });
    expect(answer.status, await answer.text()).toBe(status);
  });

  it("takes no other method, and no graph that there is not", async () => {
    expect((await server.call("GET", "/graphs/team/mcp", { as: "root" })).status).toBe(405);
    expect((await server.call("DELETE", "/graphs/team/mcp", { as: "root" })).status).toBe(405);
    expect((await server.call("POST", "/graphs/none/mcp", { as: "root", body: list })).status).toBe(404);
  });

  it("web pages of other places are refused where there are no tokens", async () => {
    const from = async (origin: string): Promise<number> =>
      (await unauthenticated.call("POST", "/graphs/team/mcp", { body: list, headers: { origin } })).status;
    expect(await from("https://evil.example")).toBe(403);
    expect(await from("http://localhost.evil.example")).toBe(403);
    expect(await from("null")).toBe(403);
    expect(await from("http://localhost:6274")).toBe(200);
    expect((await post(list, { headers: { origin: "https://studio.example" } })).status).toBe(200);
  });

  it("a call that is cancelled stops, by a message or as the caller leaves, and by nobody else", async () => {
    const agent = await Agent.overHttp(`${server.address}/graphs/team/mcp`, "secret-of-root");
    const lines = Array.from(
      { length: 2000 },
      (_, i) => `{"type":"Person","data":{"slug":"p${i}","name":"P ${i}"}}`,
    );
    await agent.call("load-data", { data: lines.join("\n"), branch: "many", from: "main" });
    const stopped = (): number => server.log.filter((line) => line.includes('"reason":"aborted"')).length;
    const stop = new AbortController();
    const endless = { query: ENDLESS, branch: "many" };
    const refused = expect(agent.call("run-query", endless, stop.signal)).rejects.toThrow();
    expect((await agent.call("get-schema")).isError).toBe(false);
    // The ids of requests are known to everybody, sessions are not.
    for (const requestId of [0, 1, 2, 3, 4, 5])
      await post({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId } });
    expect(stopped()).toBe(0);
    stop.abort();
    await refused;
    await expect.poll(stopped).toBe(1);
    await agent.close();
    const leave = new AbortController();
    const left = fetch(`${server.address}/graphs/team/mcp`, {
      method: "POST",
      signal: leave.signal,
      headers: { "content-type": "application/json", authorization: "Bearer secret-of-root" },
      body: message(1, "tools/call", { name: "run-query", arguments: endless }),
    });
    const gone = expect(left).rejects.toThrow();
    expect((await post(list)).status).toBe(200);
    leave.abort();
    await gone;
    // A server that stops waits for what still runs, until a limit.
    const began = Date.now();
    await server.stop();
    expect(Date.now() - began).toBeLessThan(LIMITS.httpStopMs.value);
  });
});
