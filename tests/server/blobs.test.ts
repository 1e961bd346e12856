import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { BLOB_SCHEMA, bytesOf, doc } from "../support/graphs/blob-graph.ts";
import { testFolder } from "../support/running/folders.ts";
import { type Sent, type TestServer, testServer, TOKENS } from "../support/server/server.ts";

const ELSEWHERE = "https://files.example.com/docs/a.pdf";
const CONTENT = bytesOf("served", 3_000_000);
const DATA = [
  doc("a", CONTENT),
  doc("empty", Buffer.alloc(0)),
  doc("none", null),
  { type: "Doc", data: { slug: "x", body: ELSEWHERE } },
];

const folder = testFolder("server-blobs");
let server: TestServer;
beforeAll(async () => {
  vi.stubEnv("OMNIGRAPH_EXTERNAL_BLOBS", "https://files.example.com/docs/ s3://archive/");
  const data = DATA.map((line) => JSON.stringify(line)).join("\n");
  server = await testServer(folder, { schema: BLOB_SCHEMA, data, queries: "" });
});
afterAll(() => server.stop());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

const pathOf = (id: string, more: Readonly<Record<string, string>> = {}): string =>
  `/graphs/team/blob?${new URLSearchParams({ entity: "node", type: "Doc", id, property: "body", ...more }).toString()}`;

async function asked(
  id: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<Answer> {
  const answer = await fetch(server.address + pathOf(id), {
    method,
    redirect: "manual",
    headers: { authorization: `Bearer ${TOKENS.get("bob") ?? ""}`, ...headers },
  });
  const { status, headers: told } = answer;
  return { status, headers: told, bytes: Buffer.from(await answer.arrayBuffer()) };
}

describe("the content of a Blob", () => {
  it("is answered whole, with its size, its tag and the commit", async () => {
    const { status, headers, bytes } = await asked("a");
    expect(status).toBe(200);
    expect(bytes.equals(CONTENT)).toBe(true);
    const told = ["content-type", "content-length", "accept-ranges"].map((name) => headers.get(name));
    expect(told).toEqual(["application/octet-stream", "3000000", "bytes"]);
    expect(headers.get("etag")).toMatch(/^"[0-9a-f]{64}"$/);
    expect(headers.get("omnigraph-snapshot-id")).toMatch(/^[0-9A-Z]{26}$/);
    const empty = await asked("empty");
    expect([empty.status, empty.headers.get("content-length"), empty.bytes.length]).toEqual([200, "0", 0]);
  });

  it.each([
    ["bytes=0-4", 0, 5],
    ["bytes=2999990-", 2_999_990, 3_000_000],
    ["bytes=2999990-9999999", 2_999_990, 3_000_000],
    ["bytes=-7", 2_999_993, 3_000_000],
    ["bytes=-9999999", 0, 3_000_000],
    ["bytes=1000000-2500000", 1_000_000, 2_500_001],
  ])("the range %s is answered as such", async (range, from, to) => {
    const { status, headers, bytes } = await asked("a", { range });
    expect([status, headers.get("content-range")]).toEqual([206, `bytes ${from}-${to - 1}/3000000`]);
    expect(headers.get("content-length")).toBe(String(to - from));
    expect(bytes.equals(CONTENT.subarray(from, to))).toBe(true);
  });

  it.each(["bytes=5-2", "bytes=0-1,3-4", "lines=0-4", "bytes=-", "bytes 0-4"])(
    "the range %s is ignored",
    async (range) => {
      const { status, headers } = await asked("a", { range });
      expect([status, headers.get("content-length")]).toEqual([200, "3000000"]);
    },
  );

  it.each([
    ["a", "bytes=3000000-"],
    ["a", "bytes=-0"],
    ["empty", "bytes=0-0"],
  ])("of %s the range %s cannot be satisfied", async (id, range) => {
    const { status, headers, bytes } = await asked(id, { range });
    expect([status, headers.get("content-range")]).toEqual([416, `bytes */${id === "a" ? 3_000_000 : 0}`]);
    expect(JSON.parse(bytes.toString())).toMatchObject({ code: "bad_request", reason: "blob_range_invalid" });
  });

  it("is not answered to whoever has it, and not where it is another than was expected", async () => {
    const tag = (await asked("a")).headers.get("etag") ?? "";
    for (const held of [tag, `W/${tag}`, `"x", ${tag}`, "*"]) {
      const { status, headers, bytes } = await asked("a", { "if-none-match": held, range: "bytes=0-1" });
      expect([status, headers.get("etag"), bytes.length]).toEqual([304, tag, 0]);
    }
    expect((await asked("a", { "if-none-match": '"x"' })).status).toBe(200);
    for (const wanted of [tag, "*"]) expect((await asked("a", { "if-match": wanted })).status).toBe(200);
    for (const wanted of ['"x"', `W/${tag}`, "x"]) {
      const refused = await asked("a", { "if-match": wanted, "if-none-match": tag });
      expect([refused.status, refused.headers.get("etag")]).toEqual([412, tag]);
    }
    const range = "bytes=0-1";
    expect((await asked("a", { range, "if-range": tag })).status).toBe(206);
    expect((await asked("a", { range, "if-range": '"x"' })).status).toBe(200);
  });

  it("HEAD has the headers alone, of the whole whatever the range", async () => {
    const { status, headers, bytes } = await asked("a", { range: "bytes=0-1" }, "HEAD");
    expect([status, headers.get("content-length"), headers.get("accept-ranges"), bytes.length]).toEqual([
      200,
      "3000000",
      "bytes",
      0,
    ]);
    const held = await asked("a", { "if-none-match": headers.get("etag") ?? "" }, "HEAD");
    expect(held.status).toBe(304);
    expect((await asked("none", {}, "HEAD")).status).toBe(404);
  });

  it("that lies elsewhere is a redirection there", async () => {
    for (const method of ["GET", "HEAD"]) {
      const { status, headers } = await asked("x", { range: "bytes=0-1" }, method);
      expect([status, headers.get("location"), headers.get("cache-control")]).toEqual([
        302,
        ELSEWHERE,
        "no-store",
      ]);
    }
  });

  it.each([
    [pathOf("none"), 404, "blob_not_found"],
    [pathOf("ghost"), 404, "blob_not_found"],
    [pathOf("a", { property: "title" }), 400, "blob_selector_invalid"],
    [pathOf("a", { type: "Ghost" }), 400, "blob_selector_invalid"],
    [pathOf("a", { entity: "both" }), 400, "request_invalid"],
    [pathOf("a", { branch: "main", snapshot: "main" }), 400, "request_invalid"],
    [pathOf("a", { branch: "gone" }), 404, "branch_not_found"],
    ["/graphs/team/blob?entity=node", 400, "request_invalid"],
  ])("%s is refused", async (path, status, reason) => {
    const sent: Sent = { as: "bob" };
    expect(await server.call("GET", path, sent)).toMatchObject({ status, json: { reason } });
    expect((await server.call("GET", path, { as: "guest" })).status).toBe(
      status === 400 && reason === "request_invalid" ? 400 : 403,
    );
    expect((await server.call("GET", path)).status).toBe(401);
  });

  it("a reader that leaves in the middle hurts nobody", async () => {
    const { port } = new URL(server.address);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(
      `GET ${pathOf("a")} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKENS.get("bob") ?? ""}\r\n\r\n`,
    );
    await new Promise((first) => socket.once("data", first));
    socket.destroy();
    expect((await asked("a")).bytes.length).toBe(3_000_000);
  });
});
