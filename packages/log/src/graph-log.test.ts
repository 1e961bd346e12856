import { systemEnvironment, ulidFactory } from "@omnigraph/base";
import { MemoryObjects } from "@omnigraph/storage";
import { expect, test } from "vitest";
import { type Draft, GraphLog, type Write } from "./index.ts";

const mint = ulidFactory(systemEnvironment);
const nothingRead: Draft = {
  kind: "mutation",
  changes: { kind: "rows", rows: [], replaced: [] },
  counts: new Map(),
  schema: null,
  meets: () => false,
  onMeeting: "conflict",
};

function write(): Write {
  return {
    op: mint(),
    content: null,
    actor: "ann",
    message: null,
    ifCommit: null,
    durability: "durable",
    evaluate: () => nothingRead,
  };
}

test("writes that wait together share a put, each with a commit of its own", async () => {
  const store = new MemoryObjects("shared put");
  const log = await GraphLog.init(store, systemEnvironment, {
    schema: Buffer.from("{}"),
    actor: null,
    message: null,
  });
  const main = await log.branch("main");
  const results = await Promise.all(Array.from({ length: 50 }, () => log.writer(main).submit(write())));
  const again = await GraphLog.open(store, systemEnvironment, { readOnly: true });
  const head = await (await again.branch("main")).head();
  expect(head.header.depth).toBe(51);
  expect(head.header.id).toBe(results.at(-1)?.commit?.header.id);
  expect(head.header.tail).toEqual([{ tag: "000000000", from: 0, fromIndex: 0, to: 2, toIndex: 17 }]);
});
