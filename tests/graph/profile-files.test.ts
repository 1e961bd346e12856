import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { type S3Server, type ServedRequest, startS3Server } from "../support/stores/s3-server.ts";

const SCHEMA = "node Person { name: String @key }";
const PEOPLE = '{"type":"Person","data":{"name":"Ann"}}\n{"type":"Person","data":{"name":"Bob"}}\n';
const REGION = "eu-central-1";

describe("a graph on S3 that only profile files say how to reach", () => {
  const folder = testFolder("profile-files");
  let server: S3Server;
  let written = 0;
  beforeAll(async () => {
    server = await startS3Server();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    const [credentials, config] = [join(folder, `credentials-${written}`), join(folder, `config-${written}`)];
    written++; // the SDK reads each path once
    const { accessKeyId, secretAccessKey } = server.credentials;
    writeFileSync(
      credentials,
      `[work]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    );
    writeFileSync(config, `[profile work]\nregion = ${REGION}\nendpoint_url = ${server.endpoint}\n`);
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", credentials);
    vi.stubEnv("AWS_CONFIG_FILE", config);
    vi.stubEnv("AWS_PROFILE", "work");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    server.interfere = () => null;
  });

  /** Makes a graph, loads rows by way of tables, and answers the requests that wrote those. */
  async function stagedLoad(name: string): Promise<readonly ServedRequest[]> {
    const requests: ServedRequest[] = [];
    server.interfere = (request) => {
      requests.push(request);
      return null;
    };
    const uri = `s3://${server.bucket}/${name}.omni`;
    const graph = await Omnigraph.init(uri, { schema: SCHEMA, inlineRows: 1 });
    await graph.load(PEOPLE, { mode: "merge" });
    await graph.close();
    const reader = await Omnigraph.open(uri, { readOnly: true });
    const { rows } = await reader.query(
      "query all() { match { $p: Person } return { $p.name as name } order { name } }",
    );
    expect(rows).toEqual([{ name: "Ann" }, { name: "Bob" }]);
    await reader.close();
    expect(requests.length).toBeGreaterThan(0);
    for (const { headers } of requests) {
      expect(headers["authorization"]).toContain(`Credential=${server.credentials.accessKeyId}/`);
      expect(headers["authorization"]).toContain(`/${REGION}/s3/`);
    }
    return requests.filter(({ method, key }) => method === "PUT" && key.includes(".lance/"));
  }

  it("a staged load uses the keys, region and endpoint of the profile for objects and tables", async () => {
    expect((await stagedLoad("profile")).length).toBeGreaterThan(0);
  });

  it("a staged load uses the profile beside other keys in the environment", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "OTHER");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "OTHER");
    expect((await stagedLoad("beside-keys")).length).toBeGreaterThan(0);
  });

  it("a staged load with which Lance would send a session token of the environment is refused", async () => {
    vi.stubEnv("AWS_SESSION_TOKEN", "OTHER");
    await expect(stagedLoad("beside-token")).rejects.toMatchObject({
      reason: "store_denied",
      message: expect.stringMatching(
        /AWS_SESSION_TOKEN is set and is not of the credentials in use.*unset it/,
      ),
    });
  });
});
