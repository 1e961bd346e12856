import { connect } from "node:net";
import { LIMITS } from "@omnigraph/base";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { PEOPLE, type TestServer, testServer } from "../support/server/server.ts";

const folder = testFolder("server-limits");
let server: TestServer;
beforeAll(async () => {
  server = await testServer(folder, { hasPolicy: false, tokens: null });
});
afterAll(() => server.stop());

const NDJSON = { "content-type": "application/x-ndjson" };

describe("bodies", () => {
  const large = (bytes: number): string => JSON.stringify({ query: "x".repeat(bytes) });

  it.each<readonly [string, string, string | Uint8Array, Readonly<Record<string, string>>, number, string]>([
    ["a large one", "/query", large(LIMITS.httpBodyBytes.value), {}, 413, "body_too_large"],
    [
      "a large load",
      "/load",
      JSON.stringify({ data: "x".repeat(LIMITS.httpLoadBytes.value) }),
      {},
      413,
      "body_too_large",
    ],
    [
      "a deep one",
      "/query",
      `{"params":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
      {},
      400,
      "json_invalid",
    ],
    ["one with a member twice", "/query", '{"query":"a","query":"b"}', {}, 400, "json_invalid"],
    ["one that is no JSON", "/query", "{not json", {}, 400, "json_invalid"],
    ["one that is no text", "/query", new Uint8Array([0x22, 0xff, 0x22]), {}, 400, "request_invalid"],
    ["one that is no object", "/query", "[]", {}, 400, "request_invalid"],
    ["null", "/query", "null", {}, 400, "request_invalid"],
    ["none", "/query", "", {}, 400, "request_invalid"],
    [
      "a form",
      "/query",
      "query=x",
      { "content-type": "application/x-www-form-urlencoded" },
      415,
      "media_type_unsupported",
    ],
    ["lines where JSON is taken", "/query", "{}", NDJSON, 415, "media_type_unsupported"],
    [
      "a compressed one",
      "/query",
      gzipSync(large(100)),
      { "content-encoding": "gzip" },
      415,
      "media_type_unsupported",
    ],
  ])("%s is refused", async (_, path, body, headers, status, reason) => {
    const told = await server.call("POST", `/graphs/team${path}`, { body, headers });
    expect(told, told.text.slice(0, 200)).toMatchObject({ status, json: { reason } });
  });

  it("lines may be of any size, and what is made of them is read as it comes", async () => {
    const lines = 40_000;
    const text = "x".repeat(1000);
    async function* body(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < lines; i++)
        yield Buffer.from(`{"type":"Person","data":{"slug":"p${i}","name":"${text}"}}\n`);
    }
    const answer = await fetch(`${server.address}/graphs/team/load/ndjson?branch=large&from=main`, {
      method: "POST",
      headers: NDJSON,
      body: body(),
      duplex: "half",
    });
    expect(await answer.json()).toMatchObject({ total_entities: lines });
    let bytes = 0;
    const exported = await fetch(`${server.address}/graphs/team/export`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ branch: "large", type_names: ["Person"] }),
    });
    for await (const piece of exported.body ?? []) bytes += piece.length;
    expect(bytes).toBeGreaterThan(lines * text.length);
  });

  it("whoever leaves in the midst of a load leaves nothing behind, and the server goes on", async () => {
    const { hostname, port } = new URL(server.address);
    const socket = connect(Number(port), hostname);
    socket.write(
      "POST /graphs/team/load/ndjson HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\ncontent-length: 100000\r\n\r\n" +
        '{"type":"Team","data":{"slug":"half"}}\n',
    );
    await new Promise((done) => setTimeout(done, 200));
    socket.destroy();
    const read = { query: 'query t() { match { $t: Team { slug: "half" } } return { $t.slug } }' };
    const told = await server.call("POST", "/graphs/team/query", { body: read });
    expect(told).toMatchObject({ status: 200, json: { row_count: 0 } });
  });
});

describe("many writes at once", () => {
  it("those beyond what one actor may have in flight are told to come again, and did nothing", async () => {
    const most = LIMITS.httpWrites.value;
    const held: (() => void)[] = [];
    const load = (i: number): Promise<Response> => {
      async function* body(): AsyncGenerator<Uint8Array> {
        yield Buffer.from("\n");
        await new Promise<void>((done) => held.push(done));
        yield Buffer.from(`{"type":"Team","data":{"slug":"busy${i}"}}\n`);
      }
      return fetch(`${server.address}/graphs/team/load/ndjson`, {
        method: "POST",
        headers: NDJSON,
        body: body(),
        duplex: "half",
      });
    };
    const running = Array.from({ length: most }, (_, i) => load(i));
    await expect.poll(() => held.length).toBe(most);
    const add = { body: { data: '{"type":"Team","data":{"slug":"late"}}' } };
    await expect.poll(async () => (await server.call("POST", "/graphs/team/load", add)).status).toBe(429);
    const refused = await server.call("POST", "/graphs/team/load", add);
    expect(refused).toMatchObject({ json: { code: "too_many_requests" } });
    const tool = { name: "run-mutation", arguments: { mutation: 'insert Team { slug: "late" }' } };
    const message = { jsonrpc: "2.0", id: 1, method: "tools/call", params: tool };
    expect(await server.call("POST", "/graphs/team/mcp", { body: message })).toMatchObject({
      status: 200,
      json: { result: { isError: true, structuredContent: { reason: "too_many_requests" } } },
    });
    expect(refused.headers.get("retry-after")).toBe("1");
    expect((await server.call("POST", "/graphs/team/query", { body: { query: PEOPLE } })).status).toBe(200);
    for (const go of held) go();
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual(running.map(() => 200));
    expect((await server.call("POST", "/graphs/team/load", add)).status).toBe(200);
  });
});

describe("whatever is sent", () => {
  const METHODS = ["GET", "POST", "DELETE", "PUT", "PATCH"];
  const PATHS = [
    "/graphs",
    ...[
      "query",
      "read",
      "mutate",
      "change",
      "mutate/if-graph-commit",
      "load",
      "ingest",
      "load/ndjson",
      "export",
      "snapshot",
    ].map((path) => `/graphs/team/${path}`),
    ...[
      "schema",
      "schema/apply",
      "branches",
      "branches/merge",
      "commits",
      "changes",
      "changes/baseline",
      "queries",
    ].map((path) => `/graphs/team/${path}`),
  ];
  const part = fc.oneof(
    fc.constantFrom("main", "people", "add", "~", "..", "main~1"),
    fc.string({ unit: "grapheme", minLength: 1 }),
  );
  const path = fc.oneof(
    fc.constantFrom(...PATHS),
    fc
      .tuple(
        fc.constantFrom("branches", "commits", "queries"),
        part,
        fc.constantFrom("", "/changes", "/if-graph-commit"),
      )
      .map(([kind, name, rest]) => `/graphs/team/${kind}/${encodeURIComponent(name)}${rest}`),
  );
  const NAMES = [
    "query",
    "query_source",
    "name",
    "params",
    "branch",
    "snapshot",
    "data",
    "mode",
    "from",
    "source",
    "target",
  ];
  const member = fc.constantFrom(
    ...NAMES,
    "delete_branch",
    "type_names",
    "kind",
    "op",
    "type",
    "schema_source",
    "expect_mutation",
  );
  const value = fc.oneof(
    fc.constantFrom(PEOPLE, "main", "merge", "", null, true, 0, -1, 1e308),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const query = fc.array(
    fc.tuple(
      fc.constantFrom("branch", "from", "mode", "limit", "cursor", "start", "page_token", "kind", "op"),
      fc.string(),
    ),
    { maxLength: 3 },
  );

  it("no call fails by a fault of the server, and each failure has a reason", async () => {
    const seen = new Map<number, number>();
    const call = fc.record({
      method: fc.constantFrom(...METHODS),
      path,
      query,
      body: fc.option(fc.oneof(fc.dictionary(member, value), fc.jsonValue(), fc.string()), {
        nil: undefined,
      }),
      type: fc.constantFrom(
        "application/json",
        "application/x-ndjson",
        "text/plain",
        "application/json; charset=x",
      ),
    });
    await fc.assert(
      fc.asyncProperty(call, async ({ method, path: to, query: behind, body, type }) => {
        const search = new URLSearchParams(behind);
        const sent =
          method === "GET" || body === undefined ? {} : { body, headers: { "content-type": type } };
        const told = await server.call(method, `${to}?${search.toString()}`, sent);
        expect(told.status, `${method} ${to} ${JSON.stringify(body)}: ${told.text}`).toBeLessThan(500);
        seen.set(told.status, (seen.get(told.status) ?? 0) + 1);
      }),
      { numRuns: 1000 },
    );
    for (const status of [200, 400, 404, 405, 415])
      expect(seen.get(status) ?? 0, `${status}`).toBeGreaterThan(0);
  });
});

it("a server that stops does not wait for a connection on which no request has come", async () => {
  const stopping = await testServer(testFolder("server-unused"), { hasPolicy: false, tokens: null });
  const { hostname, port } = new URL(stopping.address);
  const silent = connect(Number(port), hostname);
  const over = new Promise((done) => silent.once("close", done));
  await new Promise((done) => silent.once("connect", done));
  // The server has seen the connection before what comes later.
  expect((await stopping.call("GET", "/healthz")).status).toBe(200);
  const began = Date.now();
  await stopping.stop();
  await over;
  // Node would keep it for a minute.
  expect(Date.now() - began).toBeLessThan(LIMITS.httpStopMs.value);
});
