import { setTimeout } from "node:timers/promises";
import { Omnigraph, type OpenOptions } from "omnigraph";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type RealServer, startMinistack } from "../support/stores/real-servers.ts";
import { type SentRequest, startRecordingProxy } from "../support/stores/recording-proxy.mjs";
import { Rounds } from "../support/stores/rounds.ts";
import { GET, HOP, linesOf, ROWS, SCHEMA, SET } from "./s3-calls.ts";

// The requests that a real server is sent: how many follow each other, and of what kind they are.

const OPTIONS = { maintenance: "off", inlineRows: 100 } as const;

describe("requests to a real S3 server", () => {
  // A request comes by way of sockets, so a turn of the loop is too short to tell that there is none.
  const rounds = new Rounds(() => setTimeout(1));
  let isCounting = false;
  let server: RealServer;
  let requests: readonly SentRequest[];
  let close: () => Promise<void>;
  const uri = (name: string): string => `s3://${server.bucket}/${name}.omni`;
  beforeAll(async () => {
    server = await startMinistack();
    const proxy = await startRecordingProxy(server.endpoint, (request, perform) =>
      isCounting ? rounds.call(`${request.method} ${request.path}`, perform) : perform(),
    );
    ({ requests, close } = proxy);
    vi.stubEnv("AWS_ENDPOINT_URL", proxy.endpoint);
    vi.stubEnv("AWS_ACCESS_KEY_ID", server.credentials.accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", server.credentials.secretAccessKey);
    vi.stubEnv("AWS_REGION", "us-east-1");
    const graph = await Omnigraph.init(uri("large"), { ...OPTIONS, schema: SCHEMA });
    await graph.load(linesOf(ROWS), { mode: "append" });
    await graph.mutate(SET, { k: "i7", n: 1n });
    await graph.close();
  });
  afterAll(async () => {
    await close();
    await server.close();
  });
  const took = async (action: () => Promise<unknown>): Promise<readonly number[]> => {
    isCounting = true;
    try {
      return (await rounds.of(action)).map((calls) => calls.length);
    } finally {
      isCounting = false;
    }
  };

  it("a commit takes one, of three requests, a read one, and a commit after a lost race three", async () => {
    await using graph = await Omnigraph.open(uri("large"), OPTIONS);
    await using other = await Omnigraph.open(uri("large"), OPTIONS);
    await graph.mutate(SET, { k: "i8", n: 1n });
    expect(await took(() => graph.mutate(SET, { k: "i9", n: 1n }))).toEqual([3]);
    expect(await took(() => graph.query(GET, { k: "i9" }))).toEqual([2]);
    await other.mutate(SET, { k: "i10", n: 1n });
    expect(await took(() => graph.mutate(SET, { k: "i9", n: 2n }))).toHaveLength(3);
  });

  it("a process that opens a large graph and does one thing takes few", async () => {
    const one = (options: OpenOptions, use: (graph: Omnigraph) => Promise<unknown>) =>
      took(async () => {
        const graph = await Omnigraph.open(uri("large"), { ...OPTIONS, ...options });
        await use(graph);
        await graph.close();
      });
    const look = await one({ readOnly: true }, (graph) => graph.query(GET, { k: "i5" }));
    const hop = await one({ readOnly: true }, (graph) => graph.query(HOP, { k: "i5" }));
    const commit = await one({}, (graph) => graph.mutate(SET, { k: "i5", n: 1n }));
    expect([look.length, hop.length, commit.length]).toEqual([6, 9, 9]);
  });

  it("none of ours copies, sends parts, or asks for escaped names; keys are plain, and none is made again after it was deleted", async () => {
    const graph = await Omnigraph.init(uri("whole"), { ...OPTIONS, schema: SCHEMA });
    await graph.load(linesOf(20_000), { mode: "append" });
    await graph.branches.create("draft/e");
    await graph.mutate(SET, { k: "i1", n: 1n }, { branch: "draft/e" });
    await graph.mutate(SET, { k: "i2", n: 1n });
    await graph.branches.merge("draft/e");
    await graph.branches.delete("draft/e");
    await graph.maintenance.optimize();
    await graph.maintenance.cleanup({ keep: 1, graceMs: 0, confirm: true });
    await graph.maintenance.backup(uri("copy"));
    await graph.close();
    const ours = requests.filter(({ path }) => !path.includes(".lance/"));
    expect(ours.length).toBeGreaterThan(100);
    const deleted = new Set<string>();
    for (const { method, path, query, headers } of ours) {
      expect(Object.keys(headers)).not.toContain("x-amz-copy-source");
      expect([...query.keys()].filter((name) => /^(uploads|uploadId|encoding-type)$/.test(name))).toEqual([]);
      expect(path).toMatch(/^[A-Za-z0-9._/~@-]*$/);
      if (method === "DELETE") deleted.add(path);
      if (method === "PUT") expect(deleted).not.toContain(path);
    }
    expect(deleted.size).toBeGreaterThan(0);
  });
});
