import { once } from "node:events";
import { createServer } from "node:http";
import { Omnigraph } from "omnigraph";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { type S3Server, startS3Server } from "../support/stores/s3-server.ts";

// A role of a container gives temporary keys: a handle that outlives them goes on with others, and so do its tables.

const MINUTE_MS = 60_000;
const SCHEMA = "node Item { slug: String @key  number: I64? }";

/** A provider of a container's credentials, over http as the SDK asks for them. */
interface Provider {
  readonly uri: string;
  /** Of the keys that are given now. */
  token: string;
  validMs: number;
  asked: number;
  close(): Promise<void>;
}

async function startProvider({ accessKeyId, secretAccessKey }: S3Server["credentials"]): Promise<Provider> {
  const server = createServer((_, answer) => {
    provider.asked++;
    const Expiration = new Date(Date.now() + provider.validMs).toISOString();
    answer.setHeader("content-type", "application/json");
    answer.end(
      JSON.stringify({
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        Token: provider.token,
        Expiration,
      }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const provider: Provider = {
    uri: `http://127.0.0.1:${port}/role`,
    token: "",
    validMs: 0,
    asked: 0,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return provider;
}

describe("credentials that expire", () => {
  let server: S3Server;
  let provider: Provider;
  /** The tokens of the requests so far, and of those that Lance sent. */
  let tokens = new Set<string>();
  let ofTables = new Set<string>();
  beforeAll(async () => {
    server = await startS3Server();
    provider = await startProvider(server.credentials);
    server.interfere = ({ key, headers }) => {
      const token = String(headers["x-amz-security-token"]);
      (key.includes(".lance/") ? ofTables : tokens).add(token);
      return null;
    };
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_ENDPOINT_URL", server.endpoint);
    vi.stubEnv("AWS_REGION", "us-east-1");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials");
    vi.stubEnv("AWS_CONFIG_FILE", "/nowhere/config");
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", provider.uri);
  });
  afterEach(() => {
    provider.asked = 0;
  });
  afterAll(async () => {
    await provider.close();
    await server.close();
  });

  /** A write of each kind, and a read of what it wrote; answers the tokens of their requests. */
  async function used(graph: Omnigraph, name: string): Promise<readonly string[]> {
    [tokens, ofTables] = [new Set(), new Set()];
    await graph.mutate(`query q() { insert Item { slug: "${name}", number: 1 } }`);
    await graph.load(`{"type":"Item","data":{"slug":"${name} of a load"}}\n`, { mode: "append" });
    const { rows } = await graph.query(
      `query q() { match { $i: Item { slug: "${name} of a load" } } return { $i.slug } }`,
    );
    expect(rows).toHaveLength(1);
    expect(ofTables.size).toBeGreaterThan(0);
    return [...new Set([...tokens, ...ofTables])];
  }

  it("are asked for once as long as they are valid", async () => {
    Object.assign(provider, { token: "first", validMs: 60 * MINUTE_MS });
    await using graph = await Omnigraph.init(`s3://${server.bucket}/expiring.omni`, {
      schema: SCHEMA,
      maintenance: "off",
      inlineRows: 0,
    });
    expect(await used(graph, "a")).toEqual(["first"]);
    expect(provider.asked).toBeLessThan(4);
  });

  it("that are about to expire are renewed in an open handle, for commits and tables alike", async () => {
    Object.assign(provider, { token: "short", validMs: 0 });
    await using graph = await Omnigraph.open(`s3://${server.bucket}/expiring.omni`, {
      maintenance: "off",
      inlineRows: 0,
    });
    expect(await used(graph, "b")).toEqual(["short"]);
    Object.assign(provider, { token: "next", validMs: 60 * MINUTE_MS });
    expect(await used(graph, "c")).toEqual(["next"]);
    provider.asked = 0;
    expect(await used(graph, "d")).toEqual(["next"]);
    expect(provider.asked).toBe(0);
  });
});
