import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemEnvironment } from "@omnigraph/base";
import { connectS3, LocalObjects, MemoryObjects, openBackend, S3Objects } from "@omnigraph/storage";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type S3Server, startS3Server } from "../support/stores/s3-server.ts";
import { describeObjectStore } from "./objects.contract.ts";
import { SeededRandom } from "../support/simulation/seeded-random.ts";
import { SimulatedTime } from "../support/simulation/time.ts";
import { seededNetwork } from "../support/simulation/network.ts";
import { SimulatedDisk } from "../support/simulation/disk.ts";
import { SimulatedObjects } from "../support/simulation/objects.ts";

describeObjectStore("local folder", async () => {
  const root = await mkdtemp(join(tmpdir(), "objects-"));
  return {
    open: async () => (await openBackend(join(root, "graph"), systemEnvironment)).objects,
    close: () => rm(root, { recursive: true }),
  };
});

describeObjectStore("local folder on a simulated disk", async () => {
  const disk = new SimulatedDisk(systemEnvironment.clock);
  return {
    open: async () =>
      new LocalObjects("/home/graph", { disk: { blocking: disk, mixed: disk, background: disk } }),
    close: async () => undefined,
  };
});

let names = 0;
describeObjectStore("memory", async () => {
  const name = `contract-${names++}`;
  return { open: async () => new MemoryObjects(name), close: async () => undefined };
});

describeObjectStore("simulated", async () => {
  const random = new SeededRandom(1);
  const calm = { lost: 0, late: 0, refused: 0, repeated: 0, delayMs: 20, lateMs: 0, timeoutMs: 1_000 };
  const world = new SimulatedObjects(new SimulatedTime(), seededNetwork(random, calm), 2);
  let clients = 0;
  return { open: async () => world.connect(`client ${clients++}`), close: async () => undefined };
});

describe("S3 over HTTP", () => {
  let server: S3Server;
  let spaces = 0;
  beforeAll(async () => {
    server = await startS3Server();
  });
  afterAll(() => server.close());
  const open = async (prefix: string): Promise<S3Objects> =>
    new S3Objects(
      await connectS3(`s3://${server.bucket}/${prefix}`, {
        endpoint: server.endpoint,
        ...server.credentials,
      }),
    );

  it("the server of the tests honours the conditions: 80 racing puts of 2 clients, none lost", async () => {
    const clients = [await open("proof"), await open("proof")];
    const won: string[] = [];
    await Promise.all(
      clients.map(async (client, i) => {
        for (let slot = 0, mine = 0; mine < 40; slot++) {
          const who = `${i}:${mine}`;
          const outcome = await client.putIfAbsent(`log/${slot}`, new TextEncoder().encode(who));
          if (outcome === "stored") mine = won.push(`${slot} ${who}`) && mine + 1;
        }
      }),
    );
    const there = await Promise.all(
      Array.from({ length: 80 }, async (_, slot) => {
        const bytes = await clients[0]?.get(`log/${slot}`);
        return `${slot} ${new TextDecoder().decode(bytes ?? undefined)}`;
      }),
    );
    expect(won.toSorted()).toEqual(there.toSorted());
    await Promise.all(clients.map((client) => client.close()));
  });

  const isAscii = (name: string): boolean => /^[ -~]*$/.test(name);
  describeObjectStore(
    "contract",
    async () => {
      const prefix = `space ${spaces++}/&`;
      return { open: () => open(prefix), close: async () => undefined };
    },
    isAscii,
  );
});
