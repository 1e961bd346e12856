import { systemEnvironment } from "@omnigraph/base";
import { connectS3, openBackend, S3Objects, type S3Options } from "@omnigraph/storage";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type S3Server, startS3Server } from "../support/stores/s3-server.ts";
import { bytesOf, textOf } from "./bytes.ts";

describe("S3", () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3Server();
  });
  afterAll(() => server.close());
  const optionsOf = (options: S3Options = {}): S3Options => ({
    endpoint: server.endpoint,
    ...server.credentials,
    ...options,
  });
  const connect = async (prefix: string, options: S3Options = {}): Promise<S3Objects> =>
    new S3Objects(await connectS3(`s3://${server.bucket}/${prefix}`, optionsOf(options)));
  /** Does something to the next request of this method and key only. */
  const interfereOnce = (what: "lose" | "hang", method: string, end: string): void => {
    server.interfere = (request) => {
      if (request.method !== method || !request.key.endsWith(end)) return null;
      server.interfere = () => null;
      return what;
    };
  };

  it("a server that does not honour conditional puts is refused for writing", async () => {
    const careless = await startS3Server({ careless: true });
    const s3 = { endpoint: careless.endpoint, ...careless.credentials };
    const uri = `s3://${careless.bucket}/graph`;
    await expect(openBackend(uri, systemEnvironment, { s3, writable: true })).rejects.toMatchObject({
      reason: "store_unsupported",
      message: expect.stringMatching(
        /8 conditional puts of one key.*8 succeeded.*use AWS S3, MinIO, versitygw/,
      ),
    });
    const { objects: reader } = await openBackend(uri, systemEnvironment, { s3 });
    expect(await reader.list("")).toEqual([]);
    await reader.close();
    await careless.close();
  });

  it("one signal ends many reads, without a warning about listeners", async () => {
    const store = await connect("many-reads");
    await store.put("k", bytesOf("x"));
    const warnings: Error[] = [];
    const warned = (warning: Error): number => warnings.push(warning);
    process.on("warning", warned);
    const stop = new AbortController();
    const reads = async (): Promise<readonly (string | null)[]> =>
      Promise.all(Array.from({ length: 30 }, async () => textOf(await store.get("k", stop.signal))));
    expect(await reads()).toEqual(Array.from({ length: 30 }, () => "x"));
    let asked = 0;
    server.interfere = () => (++asked > 0 ? "hang" : null);
    const hanging = Promise.allSettled(Array.from({ length: 30 }, () => store.get("k", stop.signal)));
    await expect.poll(() => asked).toBeGreaterThan(10);
    const reason = new Error("enough");
    stop.abort(reason);
    for (const read of await hanging) expect(read).toEqual({ status: "rejected", reason });
    server.interfere = () => null;
    process.off("warning", warned);
    expect(warnings).toEqual([]);
    await store.close();
  });

  it("a store opens for writing by the usual variables, and its proof leaves nothing behind", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL", server.endpoint);
    vi.stubEnv("AWS_ACCESS_KEY_ID", server.credentials.accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", server.credentials.secretAccessKey);
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    try {
      const { objects: store } = await openBackend(`s3://${server.bucket}/variables/`, systemEnvironment, {
        writable: true,
      });
      expect(store.uri).toBe(`s3://${server.bucket}/variables/`);
      expect(await store.list("")).toEqual([]);
      expect(server.keys().filter((key) => key.startsWith("variables/"))).toEqual([]);
      expect(await store.putIfAbsent("k", bytesOf("x"))).toBe("stored");
      await store.close();
    } finally {
      vi.unstubAllEnvs();
    }
    expect(textOf(await (await connect("variables")).get("k"))).toBe("x");
  });

  it("a lost answer to a conditional put is unknown, once, and the put can be recognised", async () => {
    const store = await connect("lost");
    interfereOnce("lose", "PUT", "log/1");
    const from = server.requests.length;
    expect(await store.putIfAbsent("log/1", bytesOf("mine"))).toBe("unknown");
    expect(server.requests.slice(from)).toEqual(["PUT lost/log/1"]);
    expect(textOf(await store.get("log/1"))).toBe("mine");
    expect(await store.putIfAbsent("log/1", bytesOf("mine"))).toBe("exists");
    interfereOnce("lose", "PUT", "log/1");
    const version = (await store.getVersioned("log/1"))?.version ?? "";
    await expect(store.putIfMatch("log/1", bytesOf("next"), version)).rejects.toMatchObject({
      reason: "store_transient",
    });
    expect(textOf(await store.get("log/1"))).toBe("next");
  });

  it("a call to a server that hangs is given up", async () => {
    const store = await connect("hang", { timeoutMs: 200 });
    interfereOnce("hang", "PUT", "log/1");
    expect(await store.putIfAbsent("log/1", bytesOf("mine"))).toBe("unknown");
    expect(await store.get("log/1")).toBeNull();
    interfereOnce("hang", "GET", "log/1");
    expect(await store.get("log/1")).toBeNull();
    const reason = new Error("enough");
    interfereOnce("hang", "GET", "log/1");
    const slow = await connect("hang");
    await expect(slow.get("log/1", AbortSignal.timeout(100))).rejects.toMatchObject({ name: "TimeoutError" });
    await expect(slow.get("log/1", AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it("calls that can be repeated are retried", async () => {
    const store = await connect("repeat");
    interfereOnce("lose", "PUT", "k");
    await store.put("k", bytesOf("x"));
    interfereOnce("lose", "GET", "k");
    expect(textOf(await store.get("k"))).toBe("x");
    interfereOnce("lose", "DELETE", "k");
    await store.delete("k");
    expect(await store.exists("k")).toBe(false);
  });

  it("a large object is put by one request", async () => {
    const store = await connect("large");
    const bytes = new Uint8Array((64 << 20) + 12_345);
    for (let i = 0; i < bytes.length; i += 4096) bytes[i] = i / 4096;
    const from = server.requests.length;
    await store.put("k", bytes);
    expect(server.requests.slice(from).filter((request) => request === "PUT large/k")).toHaveLength(1);
    const read = await store.get("k");
    expect(read !== null && Buffer.from(read).equals(bytes)).toBe(true);
    await store.delete("k");
  });

  it("names that servers list in different ways are refused", async () => {
    await expect(connect("é")).rejects.toMatchObject({ reason: "store_uri_invalid" });
    const store = await connect("ascii");
    await expect(store.put("é", bytesOf("x"))).rejects.toMatchObject({ reason: "internal" });
  });

  it("denied, missing and silent are told apart, and no secret is shown", async () => {
    const stranger = await connect("x", { accessKeyId: "STRANGER", secretAccessKey: "no secret" });
    for (const call of [
      stranger.get("k"),
      stranger.put("k", bytesOf("x")),
      stranger.putIfAbsent("k", bytesOf("x")),
    ]) {
      await expect(call).rejects.toMatchObject({ reason: "store_denied" });
    }
    const nowhere = new S3Objects(await connectS3("s3://nowhere/x", optionsOf()));
    await expect(nowhere.get("k")).rejects.toMatchObject({ reason: "store_uri_invalid" });
    await expect(nowhere.putIfAbsent("k", bytesOf("x"))).rejects.toMatchObject({
      reason: "store_uri_invalid",
    });
    const silent = await connect("x", { endpoint: "http://127.0.0.1:9" });
    const failure = await silent.get("k").catch((cause: unknown) => cause);
    expect(failure).toMatchObject({ reason: "store_transient" });
    expect(await silent.putIfAbsent("k", bytesOf("x"))).toBe("unknown");
    const denied = await stranger.get("k").catch((cause: unknown) => cause);
    for (const error of [failure, denied]) {
      const cause = error instanceof Error ? error.cause : null;
      expect(Object.keys(cause ?? {})).toEqual(["name"]);
    }
  });
});
