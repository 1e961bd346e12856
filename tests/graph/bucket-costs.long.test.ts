import { readFileSync } from "node:fs";
import { systemEnvironment } from "@omnigraph/base";
import { Omnigraph } from "omnigraph";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ROOT } from "../support/running/markdown.ts";
import { type S3Server, startS3Server } from "../support/stores/s3-server.ts";

// How many requests of a bucket an operation makes, those of Lance among them: the table of docs/scale-out.md. No time is measured.

const PAGE = "docs/scale-out.md";
const SCHEMA = "node Person { name: String @key  age: I32 }\nedge Knows: Person -> Person { weight: F64 }";
const AGE = "query age($k: String) { match { $p: Person { name: $k } } return { $p.age as age } }";
const HOP =
  "query hop($k: String) { match { $p: Person { name: $k } $p knows $q } return { count($q) as n } }";
const SET = "query set($k: String, $n: I32) { update Person set { age: $n } where name = $k }";
const PEOPLE = 12_000;
/** A file of a Lance table has some 6 MiB of Arrow buffers: one of these edges, and several of the others. */
const EDGES = 30_000;
const MANY_EDGES = 300_000;
const OFF = { maintenance: "off" } as const;

let server: S3Server;
beforeAll(async () => {
  // Time stands still: what a handle does once a second is no part of what an operation costs.
  vi.spyOn(systemEnvironment.clock, "monotonicMs").mockReturnValue(0);
  server = await startS3Server();
  vi.stubEnv("AWS_ENDPOINT_URL", server.endpoint);
  vi.stubEnv("AWS_ACCESS_KEY_ID", server.credentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", server.credentials.secretAccessKey);
  vi.stubEnv("AWS_REGION", "us-east-1");
});
afterAll(async () => {
  vi.restoreAllMocks();
  await server.close();
});

function* linesOf(edges: number): Generator<Uint8Array> {
  for (let i = 0; i < PEOPLE; i++)
    yield Buffer.from(`{"type":"Person","data":{"name":"p${i}","age":${i % 90}}}\n`);
  for (let i = 0; i < edges; i++)
    yield Buffer.from(
      `{"edge":"Knows","from":"p${i % PEOPLE}","to":"p${(i * 7) % PEOPLE}","data":{"weight":${i}}}\n`,
    );
}

const at = (name: string): string => `s3://${server.bucket}/${name}`;

/** The requests of an operation, and of what it has begun beside it. */
async function requestsOf(operation: () => Promise<unknown>): Promise<readonly string[]> {
  const before = server.requests.length;
  await operation();
  for (let seen = -1; seen < server.requests.length;) {
    seen = server.requests.length;
    await new Promise((go) => setTimeout(go, 200));
  }
  return server.requests.slice(before);
}

/** What the page says of an operation. */
function figures(): ReadonlyMap<string, number> {
  const text = readFileSync(ROOT + PAGE, "utf8").split("\n### Requests\n")[1] ?? "";
  return new Map(
    [...text.matchAll(/^\| ([^|]+?) \| (\d+) \|/gm)].map(([, what = "", n]) => [what, Number(n)]),
  );
}

/** Makes each operation of the page once, and counts. */
async function counted(): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const count = async (what: string, operation: () => Promise<unknown>): Promise<void> => {
    counts.set(what, (await requestsOf(operation)).length);
  };
  await using graph = await Omnigraph.init(at("g"), { ...OFF, schema: SCHEMA });
  await count("load of two types, staged", () => graph.load(linesOf(EDGES), { mode: "append" }));
  await graph.query(AGE, { k: "p1" });
  await graph.mutate(SET, { k: "p1", n: 1 });
  await count("commit of one row", () => graph.mutate(SET, { k: "p2", n: 1 }));
  await count("read, nothing new", () => graph.query(AGE, { k: "p3" }));
  await count("branch create", () => graph.branches.create("b"));
  await graph.mutate(SET, { k: "p2", n: 3 }, { branch: "b" });
  await graph.mutate(SET, { k: "p3", n: 3 });
  await count("merge of one changed row", () => graph.branches.merge("b"));
  await count("branch delete", () => graph.branches.delete("b"));
  await count("full fold of two types, with their indexes", () => graph.maintenance.optimize({ full: true }));
  await count("cleanup that finds commits and tables that nobody needs", () =>
    graph.maintenance.cleanup({ keep: 1, graceMs: 0, confirm: true }),
  );
  await graph.tables.export(at("out"), { format: "lance" });
  await using other = await Omnigraph.init(at("h"), { ...OFF, schema: SCHEMA, inlineRows: 1000 });
  await count("adoption of nodes", () => other.tables.adopt(at("out/Person.lance"), { type: "Person" }));
  await count("adoption of edges", () => other.tables.adopt(at("out/Knows.lance"), { type: "Knows" }));
  await cold(count);
  return counts;
}

async function cold(
  count: (what: string, operation: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const opened: Omnigraph[] = [];
  await count("first read by key of a new process", async () => {
    const graph = await Omnigraph.open(at("g"), OFF);
    opened.push(graph);
    await graph.query(AGE, { k: "p5" });
  });
  await using graph = opened[0] ?? expect.unreachable();
  await count("first step along an edge", () => graph.query(HOP, { k: "p5" }));
}

describe("requests of a bucket", () => {
  test("an operation makes about as many as the page says, and not more", async () => {
    const said = figures();
    const counts = await counted();
    expect([...counts.keys()].toSorted()).toEqual([...said.keys()].toSorted());
    for (const [what, requests] of counts) {
      const most = said.get(what) ?? 0;
      expect(requests, what).toBeLessThanOrEqual(most);
      expect(requests, what).toBeGreaterThan(most * 0.6);
    }
  });

  test("each further file of a table costs a load three puts", async () => {
    const puts = async (name: string, edges: number): Promise<readonly string[]> => {
      await using graph = await Omnigraph.init(at(name), { ...OFF, schema: SCHEMA });
      const requests = await requestsOf(() => graph.load(linesOf(edges), { mode: "append" }));
      return requests.filter((request) => /^PUT .*\.lance\//.test(request));
    };
    const files = (requests: readonly string[]): number =>
      requests.filter((request) => /\.lance\/data\/[^/]+$/.test(request)).length;
    const [few, many] = [await puts("few", EDGES), await puts("many", MANY_EDGES)];
    expect(files(many)).toBeGreaterThan(files(few));
    expect(many.length - few.length).toBe(3 * (files(many) - files(few)));
  });
});
