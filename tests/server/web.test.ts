import { type IncomingHttpHeaders, request } from "node:http";
import { request as secureRequest } from "node:https";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { CERTIFICATE, OTHER_CERTIFICATE } from "../support/server/certificates.ts";
import { type TestServer, testServer } from "../support/server/server.ts";

const PAGE = "https://app.example.org";
const ROOT = "Bearer secret-of-root";

let server: TestServer;
beforeAll(async () => {
  server = await testServer(testFolder("server-web"), { origins: [PAGE] });
  const data = Array.from({ length: 200 }, (_, i) => `{"type":"Team","data":{"slug":"team-${i}"}}`).join(
    "\n",
  );
  await server.call("POST", "/graphs/team/load", { as: "root", body: { data } });
});
afterAll(() => server.stop());

interface Raw {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A call whose answer is left as it comes. */
function raw(path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<Raw> {
  return new Promise((done, fail) => {
    const method = body === undefined ? "GET" : "POST";
    const sent = { authorization: ROOT, "content-type": "application/json", ...headers };
    request(server.address + path, { method, headers: sent }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on("data", (piece: Buffer) => pieces.push(piece));
      answer
        .on("error", fail)
        .on("end", () =>
          done({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces) }),
        );
    })
      .on("error", fail)
      .end(body);
  });
}

describe("compression", () => {
  const teams = '{"query":"match { $t: Team } return { $t.slug }"}';

  it.each([
    ["gzip", gunzipSync],
    ["br", brotliDecompressSync],
  ] as const)("an answer comes in %s where it is taken so, and is the same", async (encoding, unpack) => {
    const plain = await raw("/graphs/team/query", {}, teams);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    const packed = await raw("/graphs/team/query", { "accept-encoding": encoding }, teams);
    expect(packed.headers).toMatchObject({
      "content-encoding": encoding,
      vary: "accept, origin, accept-encoding",
    });
    expect(packed.body.length).toBeLessThan(plain.body.length / 2);
    expect(unpack(packed.body).toString()).toBe(plain.body.toString());
    const stream = await raw("/graphs/team/export", { "accept-encoding": encoding }, "{}");
    expect(unpack(stream.body).toString()).toBe((await raw("/graphs/team/export", {}, "{}")).body.toString());
  });

  it("what is small is left as it is, and so are failures, which repeat what was sent", async () => {
    const accepted = { "accept-encoding": "gzip, br" };
    expect((await raw("/healthz", accepted)).headers["content-encoding"]).toBeUndefined();
    const long = await raw(
      "/graphs/team/mutate",
      accepted,
      `{"query":"query q() { ${"ghost ".repeat(300)} }"}`,
    );
    expect(long.status).toBe(400);
    expect(long.headers["content-encoding"]).toBeUndefined();
  });
});

describe("pages of other origins", () => {
  const preflight = (origin: string): Promise<Response> =>
    fetch(`${server.address}/graphs/team/query`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type",
      },
    });

  it("those that are named may call", async () => {
    const asked = await preflight(PAGE);
    expect(asked.status).toBe(204);
    expect(asked.headers.get("access-control-allow-origin")).toBe(PAGE);
    expect(asked.headers.get("access-control-allow-headers")).toContain("authorization");
    expect(asked.headers.get("access-control-allow-credentials")).toBeNull();
    const called = await raw("/graphs/team/snapshot", { origin: PAGE });
    expect(called.headers["access-control-allow-origin"]).toBe(PAGE);
    expect(called.headers["access-control-expose-headers"]).toContain("omnigraph-effects");
  });

  it.each([`${PAGE}.evil.test`, "https://evil.test", "http://app.example.org", "null", `${PAGE}:8443`])(
    "%s may not",
    async (origin) => {
      const asked = await preflight(origin);
      expect(asked.status).toBe(401);
      expect(asked.headers.get("access-control-allow-origin")).toBeNull();
      const called = await raw("/graphs/team/snapshot", { origin });
      expect(called.headers["access-control-allow-origin"]).toBeUndefined();
    },
  );
});

describe("TLS", () => {
  /** The status of a call, by whoever trusts one certificate. */
  const health = (address: string, ca: string): Promise<number | string> =>
    new Promise((done) => {
      secureRequest(`${address}/healthz`, { ca, agent: false }, (answer) => {
        answer.resume().on("end", () => done(answer.statusCode ?? 0));
      })
        .on("error", (error) => done(error.message))
        .end();
    });

  it("is spoken with a certificate, which can be replaced while the server runs", async () => {
    let tls = CERTIFICATE;
    const secure = await testServer(testFolder("server-tls"), { tls: () => tls });
    try {
      expect(secure.address).toMatch(/^https:/);
      expect(await health(secure.address, CERTIFICATE.cert)).toBe(200);
      expect(await health(secure.address, OTHER_CERTIFICATE.cert)).toMatch(/self-signed/);
      tls = OTHER_CERTIFICATE;
      await secure.reload();
      expect(await health(secure.address, OTHER_CERTIFICATE.cert)).toBe(200);
      tls = { cert: CERTIFICATE.cert, key: OTHER_CERTIFICATE.key };
      await secure.reload();
      expect(await health(secure.address, OTHER_CERTIFICATE.cert)).toBe(200);
      const failed = secure.log.find((line) => line.includes("the former one stays")) ?? "";
      expect(failed).toContain("config_invalid");
      expect(failed).not.toContain("PRIVATE KEY");
    } finally {
      await secure.stop();
    }
  });
});
