import { systemEnvironment } from "@omnigraph/base";
import { applyCluster, lookAtCluster, planCluster, type Surroundings } from "@omnigraph/cluster";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type FolderOf, writeCluster } from "../support/cluster/folder.ts";
import { testFolder } from "../support/running/folders.ts";
import { type S3Server, startS3Server } from "../support/stores/s3-server.ts";

const folder = testFolder("cluster-costs");
let server: S3Server;
beforeAll(async () => {
  server = await startS3Server();
  vi.stubEnv("AWS_ENDPOINT_URL", server.endpoint);
  vi.stubEnv("AWS_ACCESS_KEY_ID", server.credentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", server.credentials.secretAccessKey);
  vi.stubEnv("AWS_REGION", "us-east-1");
});
afterAll(() => server.close());

/** A folder of so many graphs, the first of which has a schema of its own. */
function write(graphs: number, first: string): void {
  const all = Array.from({ length: graphs }, (_, i) => [
    `g${i}`,
    {
      schema: i === 0 ? first : "node A { k: String @key }",
      queries: "query all() { match { $a: A } return { $a.k } }",
    },
  ]);
  const described: FolderOf = {
    storage: `s3://${server.bucket}/of-${graphs}`,
    graphs: Object.fromEntries(all),
  };
  writeCluster(folder, described);
}

/** The requests that a call sends. */
async function requestsOf(call: () => Promise<unknown>): Promise<readonly string[]> {
  const before = server.requests.length;
  await call();
  return server.requests.slice(before);
}

it("a plan and an apply cost what changes, however many graphs there are", async () => {
  const around: Surroundings = { environment: systemEnvironment, s3: { variables: process.env } };
  const apply = (): Promise<unknown> => applyCluster(folder, around, { actor: null });
  const costs: number[][] = [];
  for (const graphs of [2, 20]) {
    write(graphs, "node A { k: String @key }");
    await lookAtCluster(folder, "import", around);
    await apply();
    const idle = [await requestsOf(() => planCluster(folder, around)), await requestsOf(apply)];
    write(graphs, "node A { k: String @key  n: I32? }");
    const changed = [await requestsOf(() => planCluster(folder, around)), await requestsOf(apply)];
    for (const requests of idle)
      expect(requests.filter((request) => request.includes("/graphs/"))).toEqual([]);
    for (const requests of changed)
      for (const request of requests.filter((each) => each.includes("/graphs/")))
        expect(request).toContain("/graphs/g0.omni/");
    costs.push([...idle, ...changed].map(({ length }) => length));
  }
  expect(costs[1]).toEqual(costs[0]);
});
