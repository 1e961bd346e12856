import { OmnigraphClient, type ClientOptions } from "@omnigraph/client";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

// A server that answers what a test says, over real sockets: what servers, proxies and networks do when they fail.

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let answers: Answer[] = [];
let calls: string[] = [];
const server = createServer((request, response) => {
  calls.push(`${request.method} ${request.url} ${request.headers.authorization ?? "nobody"}`);
  (answers.length > 1 ? answers.shift() : answers[0])?.(request, response);
});
let address = "";
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  // Cast: what listens at a port has an address of this kind.
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  calls = [];
});

const graph = (options: ClientOptions = {}): ReturnType<OmnigraphClient["graph"]> =>
  new OmnigraphClient(address, options).graph("team");

const json =
  (status: number, body: object): Answer =>
  (_, response) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
const refusal = (status: number, reason: string): Answer => json(status, { error: reason, reason });
const hangUp: Answer = (request) => void request.socket.destroy();
const cutOff: Answer = (_, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"schema_source":"node A {', () => response.destroy());
};
const SCHEMA = json(200, { schema_source: "node A { k: String @key }" });
const MUTATED = json(200, {
  branch: "main",
  query_name: "mutation",
  affected_nodes: 0,
  affected_edges: 0,
  actor_id: null,
  commit: null,
});

const add = (options: Parameters<ReturnType<typeof graph>["mutate"]>[2] = {}): Promise<unknown> =>
  graph().mutate('insert Person { slug: "a" }', null, options);

describe("a call that fails on its way", () => {
  it.each([
    ["too many writes", refusal(429, "too_many_requests")],
    ["a server that is stopping", refusal(503, "server_stopping")],
    ["a graph that cannot be opened now", refusal(503, "graph_unavailable")],
  ])("a write is repeated after %s, which did nothing", async (_, refused) => {
    answers = [refused, refused, MUTATED];
    await expect(add()).resolves.toMatchObject({ commit: null });
    expect(calls).toHaveLength(3);
  });

  it("a call is repeated no more often than was asked for", async () => {
    answers = [refusal(429, "too_many_requests")];
    await expect(graph({ retries: 1 }).mutate("insert A {}")).rejects.toMatchObject({
      reason: "too_many_requests",
    });
    expect(calls).toHaveLength(2);
  });

  it.each([
    ["its connection ends", hangUp],
    ["its answer is cut off", cutOff],
    [
      "a proxy fails",
      (_: IncomingMessage, response: ServerResponse) => response.writeHead(502).end("<html>"),
    ],
    ["the store did not say", refusal(503, "outcome_unknown")],
  ])("a write is never repeated where %s: it may have been done", async (_, lost) => {
    answers = [lost, MUTATED];
    await expect(add()).rejects.toMatchObject({ reason: "outcome_unknown" });
    answers = [lost, MUTATED];
    await expect(add({ op: "a" })).rejects.toMatchObject({ reason: "outcome_unknown" });
    expect(calls).toHaveLength(2);
  });

  it.each([
    ["its connection ends", hangUp],
    ["its answer is cut off", cutOff],
  ])("a read is repeated where %s", async (_, lost) => {
    answers = [lost, SCHEMA];
    await expect(graph().schema.show()).resolves.toContain("node A");
    expect(calls).toHaveLength(2);
  });

  it("a read that is cut off each time says so, and a failure is told as the server tells it", async () => {
    answers = [cutOff];
    await expect(graph({ retries: 1 }).schema.show()).rejects.toMatchObject({ reason: "answer_cut_off" });
    answers = [json(409, { error: "no", code: "conflict", reason: "op_reused", op: "x" })];
    await expect(add()).rejects.toMatchObject({ reason: "op_reused", message: "no", details: { op: "x" } });
  });

  it.each([
    ["a page of something else", (_: IncomingMessage, response: ServerResponse) => response.end("<html>")],
    ["a list", json(200, [1])],
    ["an answer without its members", json(200, {})],
    ["a reason of a later release", refusal(409, "not_yet_invented")],
  ])("%s is no answer of a server", async (_, answer) => {
    answers = [answer];
    await expect(graph().schema.show()).rejects.toMatchObject({ reason: "server_failed" });
  });

  it("a server that is not there did nothing, whatever was asked", async () => {
    const gone = createServer();
    await new Promise<void>((done) => gone.listen(0, "127.0.0.1", done));
    // Cast: as above.
    const { port } = gone.address() as AddressInfo;
    await new Promise((done) => gone.close(done));
    const nobody = new OmnigraphClient(`http://127.0.0.1:${port}`, { retries: 0 }).graph("team");
    for (const call of [() => nobody.schema.show(), () => nobody.mutate("insert A {}")])
      await expect(call()).rejects.toMatchObject({ reason: "server_unreachable", entry: { exit: 75 } });
  });

  it("a token is not sent to where a server points", async () => {
    answers = [(_, response) => response.writeHead(307, { location: `${address}/elsewhere` }).end()];
    await expect(graph({ token: "secret", retries: 0 }).schema.show()).rejects.toMatchObject({
      reason: "server_unreachable",
    });
    expect(calls).toEqual(["GET /graphs/team/schema Bearer secret"]);
  });

  it("each call asks for its token", async () => {
    answers = [SCHEMA];
    const tokens = ["one", "two"];
    const renewed = graph({ token: async () => tokens.shift() ?? "" });
    await renewed.schema.show();
    await renewed.schema.show();
    expect(calls.map((call) => call.split(" ").at(-1))).toEqual(["one", "two"]);
  });
});

describe("a call that its caller ends", () => {
  it("a read fails as its end says; a write that was sent may have been done", async () => {
    answers = [() => undefined];
    await expect(graph().query("match", null, { deadlineMs: 50 })).rejects.toMatchObject({
      reason: "deadline_exceeded",
    });
    await expect(add({ deadlineMs: 50 })).rejects.toMatchObject({ reason: "outcome_unknown" });
    const over = AbortSignal.abort();
    calls = [];
    await expect(add({ signal: over })).rejects.toMatchObject({ reason: "aborted" });
    expect(calls).toEqual([]);
  });

  it("its deadline counts the time between repeats too", async () => {
    answers = [refusal(429, "too_many_requests")];
    const patient = graph({ retries: 1000 });
    await expect(patient.mutate("insert A {}", null, { deadlineMs: 300 })).rejects.toMatchObject({
      reason: expect.stringMatching(/^(?:deadline_exceeded|outcome_unknown)$/),
    });
  });
});

describe("what a server does not take", () => {
  const remote = (): ReturnType<typeof graph> => graph();
  it.each<readonly [string, () => unknown, string]>([
    ["an author", () => remote().mutate("insert A {}", null, { actor: "ann" }), "not_on_server"],
    ["a message", () => remote().load("", { mode: "merge", message: "why" }), "not_on_server"],
    ["a schema of a branch", () => remote().schema.apply("", { branch: "draft" }), "not_on_server"],
    ["an export of the past", () => remote().export({ at: "main~1" }), "not_on_server"],
    ["tables", () => remote().snapshot({ tables: true }), "not_on_server"],
    [
      "another branch's past",
      () => remote().query("q", null, { branch: "draft", at: "2026-01-31" }),
      "not_on_server",
    ],
    ["an op that no header holds", () => remote().mutate("insert A {}", null, { op: "é\n" }), "usage"],
    ["a path that is none", () => remote().commits.show(".."), "usage"],
    ["an address with a user", () => new OmnigraphClient("http://ann:secret@localhost"), "usage"],
    ["an address of another kind", () => new OmnigraphClient("file:///team.omni"), "usage"],
  ])("%s is refused before anything is sent", async (_, call, reason) => {
    answers = [MUTATED];
    await expect((async () => call())()).rejects.toMatchObject({ reason });
    expect(calls).toEqual([]);
  });
});
