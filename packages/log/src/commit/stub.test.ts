import { isError } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import { describe, expect, test } from "vitest";
import { LogWorld } from "../../../../tests/support/log/log-world.ts";
import { TYPE, writeOf } from "../../../../tests/support/log/log-writes.ts";
import { MAIN_LOG_ID, slotKey } from "../address.ts";
import { decodeObject } from "./codec.ts";
import { stubOf } from "./stub.ts";

const READER = { access: "write", store: "store", graph: null } as const;

async function slots(): Promise<{ readonly world: LogWorld; readonly bytes: readonly Uint8Array[] }> {
  const world = await LogWorld.make();
  const { log, writer } = await world.begin("writer");
  await writer.submit(writeOf("a"));
  await Promise.all(["b", "c"].map((id) => writer.submit(writeOf(id))));
  await writer.submit(writeOf("d"));
  await log.close();
  const store = world.objects.connect("test");
  const read = [0, 1, 2, 3].map((slot) => store.get(slotKey(MAIN_LOG_ID, slot)));
  const bytes = (await Promise.all(read)).map((each) => each ?? expect.fail("no object"));
  return { world, bytes };
}

describe("a stub", () => {
  test("it has the headers of its object, its checksum, and the types that were changed", async () => {
    const { bytes } = await slots();
    const [, , group = new Uint8Array(0)] = bytes;
    const stub = stubOf(group, "slot 2")?.bytes ?? expect.fail("no stub");
    expect(stubOf(group, "slot 2")?.commits).toBe(2);
    const before = decodeObject(group, MAIN_LOG_ID, 2, READER);
    const after = decodeObject(stub, MAIN_LOG_ID, 2, READER);
    expect(after.commits.map(({ header }) => header)).toEqual(before.commits.map(({ header }) => header));
    expect({ ...after, commits: [], size: 0 }).toEqual({ ...before, commits: [], size: 0 });
    expect(after.commits.map(({ changes }) => changes)).toEqual(
      before.commits.map(() => ({ kind: "reclaimed", types: [TYPE] })),
    );
    expect(stub.length).toBeLessThan(group.length);
    expect(Buffer.from(stub).toString("latin1")).toContain('"needs":{"read":["stub"],"write":[]}');
  });

  test("one is made of each object once, and of none that has no rows", async () => {
    const { bytes } = await slots();
    const [genesis = new Uint8Array(0), first = new Uint8Array(0)] = bytes;
    expect(stubOf(genesis, "genesis")).toBeNull();
    const stub = stubOf(first, "slot 1") ?? expect.fail("no stub");
    expect(stubOf(first, "slot 1")).toEqual(stub);
    expect(stubOf(stub.bytes, "slot 1")).toBeNull();
  });

  test("a log with stubs is opened, walked and written; only their changes are gone", async () => {
    const { world, bytes } = await slots();
    const store = world.objects.connect("cleaner");
    for (const slot of [1, 2]) {
      const stub = stubOf(bytes[slot] ?? new Uint8Array(0), "") ?? expect.fail("no stub");
      await store.put(slotKey(MAIN_LOG_ID, slot), stub.bytes);
    }
    const { log, main, writer } = await world.begin("later");
    const head = await main.head();
    const kinds: string[] = [];
    for await (const { changes } of log.history(head)) kinds.push(changes.kind);
    expect(kinds).toEqual(["rows", "reclaimed", "reclaimed", "reclaimed", "rows"]);
    expect((await writer.submit(writeOf("e"))).commit?.header.depth).toBe(6);
    const range = { logId: MAIN_LOG_ID, from: 1, fromIndex: 0, to: 3, toIndex: 0 };
    const error: unknown = await log.readChanges(range, TYPE).catch((thrown: unknown) => thrown);
    expect(isError(error) ? error.reason : error).toBe("history_reclaimed");
    expect(await log.readChanges({ ...range, from: 3 }, TYPE)).toHaveLength(1);
    // Cast: it stands for a type that nothing was written of.
    const other = "01M84AR2A0000000000000000Z" as TypeId;
    await expect(log.readChanges(range, other)).rejects.toThrow("cleanup");
    await log.close();
  });
});
