import {
  type Clock,
  type Environment,
  isUlid,
  LAST_STAMP,
  stampAfter,
  stampOf,
  systemEnvironment,
  ulidFactory,
} from "@omnigraph/base";
import { MemoryObjects, NOTHING } from "@omnigraph/storage";
import { describe, expect, test } from "vitest";
import { branchNames, put, rowsAt, writeOf } from "../../../tests/support/log/log-writes.ts";
import { commitId, MAIN_LOG_ID } from "./address.ts";
import { genesisHeader, next } from "./commit/next.ts";
import { decodeObject, encodeObject } from "./commit/codec.ts";
import { GraphLog } from "./graph-log.ts";

const GRAPH = { schema: Buffer.from("{}"), actor: null, message: null };
const NOW = systemEnvironment.clock.nowMicros();

const CLOCKS: readonly (readonly [string, number])[] = [
  ["before 1970", -1_000_000_000_000],
  ["shortly before 1970", -1],
  ["of no number", NaN],
  ["of parts of a microsecond", 1_700_000_000_000_000.5],
  ["after 2255", 2 ** 53],
  ["in the far future", 1e300],
  ["endless", Infinity],
  ["endless the other way", -Infinity],
];

function environmentAt(micros: () => number): Environment {
  const { clock } = systemEnvironment;
  const own: Clock = {
    nowMicros: micros,
    monotonicMs: () => clock.monotonicMs(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
  return { ...systemEnvironment, clock: own };
}

describe.each(CLOCKS)("with a clock %s", (name, micros) => {
  test("a graph is made, written, branched and staged, and everyone can read it and write on", async () => {
    const store = new MemoryObjects(`clock ${name}`);
    let now = micros;
    const log = await GraphLog.init(
      store,
      environmentAt(() => now),
      GRAPH,
    );
    const main = await log.branch("main");
    const one = await put(log, main, "a");
    const draft = await log.createBranch("draft", one, "ann");
    await put(log, draft, "b");
    const intent = await log.intents.begin({
      request: writeOf("c", { kind: "load" }),
      branch: main,
      base: one,
    });
    expect(isUlid(intent.staging)).toBe(true);
    await intent.abandon();
    // It goes wrong, right, and wrong again.
    for (now of [NOW, micros]) await put(log, main, `at ${now}`);
    await log.close();

    const other = await GraphLog.open(store, systemEnvironment, { readOnly: false });
    expect(await branchNames(other)).toEqual(["draft", "main"]);
    await put(other, await other.branch("main"), "d");
    const reader = await GraphLog.open(store, systemEnvironment, { readOnly: true });
    expect([await rowsAt(reader, "main"), await rowsAt(reader, "draft")]).toEqual([4, 2]);
    const stamps: number[] = [];
    for await (const { header } of reader.history(await reader.head("main")))
      stamps.unshift(header.createdAt);
    expect(stamps).toEqual([...new Set(stamps)].toSorted((a, b) => a - b));
    await other.close();
  });

  test("two processes with such a clock make different ids", () => {
    const [a, b] = [ulidFactory(environmentAt(() => micros)), ulidFactory(environmentAt(() => micros))];
    const ids = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? a() : b()));
    expect(new Set(ids).size).toBe(20);
    expect(ids.every(isUlid)).toBe(true);
    expect(stampOf(environmentAt(() => micros).clock)).toSatisfy(Number.isSafeInteger);
  });
});

test("a commit after one with the last timestamp is written and read, and timestamps stop growing", () => {
  expect([stampAfter(5, 3), stampAfter(5, 9), stampAfter(LAST_STAMP, 3)]).toEqual([6, 9, LAST_STAMP]);
  const header = genesisHeader({ op: "g", actor: null, message: null }, "0".repeat(64), LAST_STAMP);
  const address = { logId: MAIN_LOG_ID, slot: 1, index: 0 };
  const request = { op: "o", content: null, kind: "mutation", actor: null, message: null } as const;
  const write = { request, authoredAt: LAST_STAMP, draft: NOTHING };
  const after = next({ header, layout: new Map() }, write, address, NOW).header;
  expect(after.id).toBe(commitId(LAST_STAMP, address));
  const frame = {
    graph: "01M84AR2A00000000000000001",
    logId: MAIN_LOG_ID,
    slot: 1,
    branch: "main",
    nonce: "0".repeat(32),
    predecessor: "ab".repeat(32),
    durability: "durable",
  } as const;
  const { bytes } = encodeObject(frame, [
    { header: after, address, branch: "main", changes: NOTHING.changes },
  ]);
  expect(
    decodeObject(bytes, MAIN_LOG_ID, 1, { access: "read", store: "store", graph: null }).commits[0]?.header,
  ).toEqual(after);
});
