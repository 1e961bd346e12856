import { systemEnvironment } from "@omnigraph/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type S3Server, startS3Server } from "../../../../../tests/support/stores/s3-server.ts";
import { type S3Connection, connectS3 } from "./connect.ts";
import { PROVED } from "./own-keys.ts";
import { isProved, keepProof } from "./proof-record.ts";
import { proveStore } from "./proof.ts";
import { S3Objects } from "./s3-objects.ts";

const connectTo = ({ bucket, endpoint, credentials }: S3Server, prefix = "root"): Promise<S3Connection> =>
  connectS3(`s3://${bucket}/${prefix}`, { endpoint, region: "us-east-1", ...credentials });
const isRace = (request: string): boolean => request.includes("/.omnigraph/race-");

describe("the proof of a store", () => {
  let server: S3Server;
  beforeEach(async () => {
    server = await startS3Server();
  });
  afterEach(() => server.close());

  it.each([true, "in races"] as const)(
    "a store that lets several of eight racing puts succeed is refused, and nothing is left in it (careless: %s)",
    async (careless) => {
      const unfit = await startS3Server({ careless });
      const connection = await connectTo(unfit);
      await expect(proveStore(connection, systemEnvironment)).rejects.toMatchObject({
        reason: "store_unsupported",
        details: { uri: "s3://graphs/root/", endpoint: unfit.endpoint, server: null },
        message: expect.stringMatching(
          /of 8 conditional puts of one key at the same time \d succeeded, where one may .*; use AWS S3, MinIO, versitygw or ministack/,
        ),
      });
      expect(unfit.keys()).toEqual([]);
      // Asked again it is refused again: nobody took it for proved.
      await expect(proveStore(connection, systemEnvironment)).rejects.toMatchObject({
        reason: "store_unsupported",
      });
      await unfit.close();
    },
  );

  it("a store is raced for once in a process, however many roots of a bucket are opened at a time", async () => {
    const connections = await Promise.all(["a", "b", "c"].map((prefix) => connectTo(server, prefix)));
    await Promise.all(connections.map((connection) => proveStore(connection, systemEnvironment)));
    const races = new Set(server.requests.filter(isRace).map((request) => request.replace(/^\w+ /, "")));
    expect(races.size).toBe(10);
    const before = server.requests.length;
    await proveStore(await connectTo(server, "d"), systemEnvironment);
    expect(server.requests).toHaveLength(before);
    expect(server.keys()).toEqual([]);
  });

  it("a store whose every third answer is lost is proved all the same, and one that never answers is not", async () => {
    let asked = 0;
    server.interfere = ({ method }) => (method === "PUT" && asked++ % 3 === 0 ? "lose" : null);
    await proveStore(await connectTo(server), systemEnvironment);
    const silent = await startS3Server();
    silent.interfere = ({ method }) => (method === "PUT" ? "lose" : null);
    await expect(proveStore(await connectTo(silent), systemEnvironment)).rejects.toMatchObject({
      reason: "store_transient",
      message: expect.stringContaining("repeat the call"),
    });
    await silent.close();
  });

  it("a proof that was kept holds for the same bucket behind the same endpoint, and no listing shows it", async () => {
    const connection = await connectTo(server);
    expect(await isProved(connection)).toBe(false);
    const proof = await proveStore(connection, systemEnvironment);
    await proof.keep();
    expect(server.keys()).toEqual([`root/${PROVED}`]);
    expect(await isProved(await connectTo(server))).toBe(true);
    const objects = new S3Objects(connection);
    expect(await objects.list("")).toEqual([]);
    await objects.deletePrefix("");
    expect(await isProved(connection)).toBe(true);
    const elsewhere = await connectTo({
      ...server,
      endpoint: server.endpoint.replace("127.0.0.1", "localhost"),
    });
    expect(await isProved(elsewhere)).toBe(false);
    const renamed: S3Connection = { ...connection, heard: { server: null } };
    await keepProof({ ...renamed, heard: { server: "Another/1.0" } }, systemEnvironment.clock);
    expect(await isProved(connection)).toBe(false);
    await objects.close();
  });
});
