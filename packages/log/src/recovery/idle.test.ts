import { beforeEach, expect, test } from "vitest";
import { GraphLog } from "@omnigraph/log";
import { LogWorld } from "../../../../tests/support/log/log-world.ts";
import { commitsOf, keysOf } from "../../../../tests/support/log/log-writes.ts";
import { StagedWrite } from "../../../../tests/support/log/staged-write.ts";

let world: LogWorld;
beforeEach(async () => {
  world = await LogWorld.make();
});

/** A write that was staged completely by a process that is gone. */
async function staged(): Promise<StagedWrite> {
  const store = world.objects.connect("owner");
  const log = await world.open("owner", store);
  const write = new StagedWrite(log, await log.branch("main"), store);
  await write.upTo("staged");
  world.objects.crash("owner");
  return write;
}

test("a handle that only idles settles what others left, also what they leave later", async () => {
  const log = await world.open("settler");
  const { clock } = world.objects.process("settler");
  for (let n = 0; n < 2; n++) {
    const write = await staged();
    await clock.sleep(100_000);
    expect(keysOf(world, "__recovery/")).toEqual([]);
    expect(keysOf(world, "tables/")).toContain(write.tableKey);
  }
  expect((await commitsOf(log)).map(({ header }) => [header.kind, header.recovered])).toEqual([
    ["genesis", false],
    ["load", true],
    ["load", true],
  ]);
});

test("a handle that was closed settles nothing, and one for reading only never does", async () => {
  const closed = await world.open("closed");
  await closed.close();
  const reader = await GraphLog.open(world.objects.connect("reader"), world.objects.process("reader"), {
    readOnly: true,
  });
  reader.intents.start(null);
  await staged();
  await world.objects.process("reader").clock.sleep(200_000);
  expect(keysOf(world, "__recovery/").length).toBeGreaterThan(1);
});
