import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { systemEnvironment } from "@omnigraph/base";
import { MemoryObjects } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { put, removeBranch, rowsAt } from "../../../../tests/support/log/log-writes.ts";
import { GraphLog } from "../graph-log.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

const GRAPH = { schema: Buffer.from("{}"), actor: null, message: null };
const BRANCHES = 7_000;
/** What stays of the branches used last, by their logs and by their writers. */
const MOST_LOGS = 4_096;
const MOST_WRITERS = 1_024;

function alive(references: readonly WeakRef<object>[]): number {
  return references.filter((each) => each.deref() !== undefined).length;
}

test("a handle lets go of the logs and writers of branches used long ago, and finds them again", async () => {
  const log = await GraphLog.init(new MemoryObjects("many branches"), systemEnvironment, GRAPH);
  const base = await log.head("main");
  const logs: WeakRef<object>[] = [];
  const writers: WeakRef<object>[] = [];
  for (let i = 0; i < BRANCHES; i++) {
    const branch = await log.createBranch(`b${i}`, base, null);
    await put(log, branch, `row ${i}`);
    logs.push(new WeakRef(branch));
    writers.push(new WeakRef(log.writer(branch)));
    if (i % 7 === 3) await removeBranch(log, `b${i}`);
  }
  await systemEnvironment.clock.sleep(1);
  collect();
  expect(alive(logs)).toBeLessThanOrEqual(MOST_LOGS);
  expect(alive(writers)).toBeLessThanOrEqual(MOST_WRITERS);
  const first = await log.branch("b0");
  await put(log, first, "one more");
  expect(await rowsAt(log, "b0")).toBe(2);
  await expect(log.head("b3")).rejects.toMatchObject({ reason: "branch_not_found" });
  await log.close();
});
