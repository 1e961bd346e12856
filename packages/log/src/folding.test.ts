import { systemEnvironment } from "@omnigraph/base";
import { MemoryObjects } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { TYPE, writeOf } from "../../../tests/support/log/log-writes.ts";
import type { CommitRecord } from "./commit/header.ts";
import { GraphLog } from "./graph-log.ts";

// What of a snapshot can be folded, and whether it still can be at a later commit.

/** Three commits that share one object. */
async function begun(name: string): Promise<{ log: GraphLog; commits: readonly CommitRecord[] }> {
  const options = { schema: Buffer.from("{}"), actor: null, message: null };
  const log = await GraphLog.init(new MemoryObjects(name), systemEnvironment, options);
  const writer = log.writer(await log.branch("main"));
  const answers = await Promise.all(["a", "b", "c"].map((id) => writer.submit(writeOf(id))));
  const commits = answers.map(({ commit }) => commit ?? expect.unreachable());
  expect(commits.map(({ address }) => [address.slot, address.index])).toEqual([
    [1, 0],
    [1, 1],
    [1, 2],
  ]);
  return { log, commits };
}

test("a fold reaches into a tail only up to the end of an object", async () => {
  const { log, commits } = await begun("fold reach");
  for (const commit of commits) {
    const pieces = (await log.snapshot(commit)).pieces(TYPE);
    const isLast = commit.address.index === 2;
    expect(await log.folds.reach(commit, [{ type: TYPE, pieces }])).toEqual(
      isLast ? { through: commit.address } : null,
    );
    expect(await log.folds.reach(commit, [])).toEqual({ through: null });
  }
  await log.close();
});

test("a fold is void under another schema, and where what it folds is not there", async () => {
  const { log, commits } = await begun("fold schema");
  const head = commits[2] ?? expect.unreachable();
  const { schema } = head.header;
  const pieces = (await log.snapshot(head)).pieces(TYPE);
  const fold = { runs: [{ type: TYPE, pieces, layer: null }], through: head.address };
  expect(await log.folds.hold(head, fold, schema)).toBe(true);
  expect(await log.folds.hold(head, fold, "0".repeat(64))).toBe(false);
  expect(await log.folds.hold(commits[1] ?? expect.unreachable(), fold, schema)).toBe(false);
  await log.close();
});
