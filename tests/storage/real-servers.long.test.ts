import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import S3rver from "s3rver";
import { afterEach, describe, expect, it, vi } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { codeBlocks, ROOT } from "../support/running/markdown.ts";
import { type RealServer, startMinistack, startMoto } from "../support/stores/real-servers.ts";

/** s3rver as it is. */
async function startS3rver(): Promise<RealServer> {
  const directory = await mkdtemp(join(tmpdir(), "omnigraph-s3rver-"));
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory,
    vhostBuckets: false,
    allowMismatchedSignatures: true,
    configureBuckets: [{ name: "graphs" }],
  });
  const { port } = await server.run();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket: "graphs",
    credentials: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
    close: async () => {
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}

const folder = testFolder("s3-page");
const SCHEMA = "node Person { name: String @key }";

describe("S3 servers as they are", () => {
  let server: RealServer | null = null;
  afterEach(async () => {
    vi.unstubAllEnvs();
    await server?.close();
    server = null;
  });
  const begin = async (starting: Promise<RealServer>): Promise<string> => {
    const { endpoint, bucket, credentials } = (server = await starting);
    vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
    vi.stubEnv("AWS_ACCESS_KEY_ID", credentials.accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey);
    vi.stubEnv("AWS_REGION", "us-east-1");
    return `s3://${bucket}/g.omni`;
  };

  it.each([
    ["moto", startMoto, /it is moto, .*Server: Werkzeug/],
    ["s3rver", startS3rver, /of 8 conditional puts of one key at the same time \d succeeded/],
  ] as const)("%s is refused before anything of a graph is there", async (_name, start, why) => {
    const uri = await begin(start());
    await expect(Omnigraph.init(uri, { schema: SCHEMA })).rejects.toMatchObject({
      reason: "store_unsupported",
      message: expect.stringMatching(
        new RegExp(`${why.source}.*; use AWS S3, MinIO, versitygw or ministack`),
      ),
    });
    await expect(Omnigraph.open(uri)).rejects.toMatchObject({ reason: "store_unsupported" });
    await expect(Omnigraph.open(uri, { readOnly: true })).rejects.toMatchObject({
      reason: "graph_not_found",
    });
  });

  it("ministack holds a graph", async () => {
    const uri = await begin(startMinistack());
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
    await graph.mutate('query q() { insert Person { name: "Ann" } }');
    await using again = await Omnigraph.open(uri, { readOnly: true });
    const { rows } = await again.query("query all() { match { $p: Person } return { $p.name as name } }");
    expect(rows).toEqual([{ name: "Ann" }]);
  });

  it("the commands of the page docs/s3.md run on ministack", async () => {
    const { endpoint } = (server = await startMinistack());
    const [commands] = codeBlocks("docs/s3.md", "Trying it").filter(({ language }) => language === "sh");
    const text = (commands?.text ?? "").replaceAll("http://127.0.0.1:4566", endpoint);
    const env = { ...process.env, PATH: `${ROOT}node_modules/.bin:${process.env["PATH"]}`, NO_COLOR: "1" };
    const ran = spawnSync("bash", ["-euo", "pipefail", "-c", text], { cwd: folder, env, encoding: "utf8" });
    expect(ran).toMatchObject({ status: 0, stdout: expect.stringMatching(/\n +imo\n-+\n9074729\n$/) });
  });
});
