import { systemEnvironment } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import { MemoryObjects, type ObjectStore, textAt } from "@omnigraph/storage";
import { beforeAll, describe, expect, test } from "vitest";
import { type Disturbance, disturbed, grow } from "../../../../tests/support/log/long-log.ts";
import { type CommitId, commitId, MAIN_LOG_ID } from "../address.ts";
import type { LocatedLink } from "../ancestry/link.ts";
import type { CommitRecord } from "../commit/header.ts";
import { GraphLog } from "../graph-log.ts";
import { BLOCK_SLOTS, blockKey, SPAN_SLOTS, spanKey } from "./blocks.ts";
import { SeededRandom } from "../../../../tests/support/simulation/seeded-random.ts";

const TYPE = "01M84AR2A00000000000000000" as TypeId; // Cast: it stands for one of a catalog.
const OPTIONS = { schema: Buffer.from("{}"), actor: null, message: null };
const DIGESTS = "__manifest/digests/";
const SLOTS = 10_000;
/** Slots whose commits touch the entity that is searched. */
const SELDOM = [17, 4_200, 5_000, 9_990];
const SMALLER = 4_300;

let named = 0;
let store: MemoryObjects;
/** Another graph, with one span and some blocks. */
let smaller: MemoryObjects;

beforeAll(async () => {
  store = await grown(SLOTS);
  smaller = await grown(SMALLER);
});

async function grown(slots: number): Promise<MemoryObjects> {
  const made = new MemoryObjects(`digests ${named++}`);
  const log = await GraphLog.init(made, systemEnvironment, OPTIONS);
  const ids = Array.from({ length: slots - 1 }, (_, i) => (SELDOM.includes(i + 1) ? "seldom" : `n${i + 1}`));
  await grow(log, await log.branch("main"), TYPE, ids);
  await log.close();
  return made;
}

function open(on: ObjectStore, readOnly = true): Promise<GraphLog> {
  return GraphLog.open(on, systemEnvironment, { readOnly });
}

/** A store that counts the calls about the log and its digests. */
function counted(options: Disturbance = {}): { readonly on: ObjectStore; readonly calls: string[] } {
  const calls: string[] = [];
  const onCall: Disturbance["onCall"] = (operation, key) => {
    if (key.startsWith(DIGESTS) || key.endsWith(".commit")) calls.push(`${operation} ${key}`);
  };
  return { on: disturbed(store, { ...options, onCall }), calls };
}

async function all(commits: AsyncIterable<CommitRecord>): Promise<readonly CommitRecord[]> {
  const found: CommitRecord[] = [];
  for await (const commit of commits) found.push(commit);
  return found;
}

async function walked(log: GraphLog, from: CommitId): Promise<readonly LocatedLink[]> {
  const found: LocatedLink[] = [];
  for (let id: CommitId | undefined = from; id !== undefined;) {
    const link: LocatedLink = await log.links.link(id);
    found.push(link);
    [id] = link.parents;
  }
  return found;
}

async function head(log: GraphLog): Promise<CommitRecord> {
  return (await log.branch("main")).head();
}

function touches({ changes }: CommitRecord, id: string): boolean {
  if (changes.kind !== "rows") return true;
  return changes.rows.some(({ after }) => {
    const ids = after.columns.get("id");
    return ids?.kind === "text" && textAt(ids, 0) === id;
  });
}

interface Answers {
  readonly history: readonly unknown[];
  readonly rows: readonly unknown[];
  readonly seldom: readonly number[];
  readonly nothing: readonly number[];
  readonly links: readonly LocatedLink[];
}

/** Everything that digests have a part in, asked of handles that know nothing yet. */
async function answers(disturbance: Disturbance, readOnly = true): Promise<Answers> {
  const on = disturbed(smaller, disturbance);
  const [reading, searching, linking] = [
    await open(on, readOnly),
    await open(on, readOnly),
    await open(on, readOnly),
  ];
  const from = await head(reading);
  const slotsOf = async (id: string): Promise<readonly number[]> => {
    const found = await all(searching.touching(await head(searching), { type: TYPE, id }));
    return found.filter((commit) => touches(commit, id)).map(({ address }) => address.slot);
  };
  const range = { logId: MAIN_LOG_ID, from: 3, fromIndex: 0, to: SMALLER - 90, toIndex: 0 };
  const rows = await reading.readChanges(range, TYPE);
  const history = await all(reading.history(from));
  const given = {
    history: history.map(({ header, address, branch }) => ({ ...header, address, branch })),
    rows: rows
      .map(({ after }) => after.columns.get("id"))
      .map((ids) => (ids?.kind === "text" ? textAt(ids, 0) : null)),
    seldom: await slotsOf("seldom"),
    nothing: await slotsOf("nobody"),
    links: await walked(linking, from.header.id),
  };
  for (const log of [reading, searching, linking]) await log.close();
  return given;
}

/** Equality of answers; a text says faster that 4000 commits are equal. */
function expectSame(answered: Answers, expected: Answers): void {
  if (JSON.stringify(answered) !== JSON.stringify(expected)) expect(answered).toEqual(expected);
}

const isDigest = (key: string): boolean => key.startsWith(DIGESTS);
const onDigests =
  (change: (bytes: Uint8Array, key: string) => Uint8Array | null): NonNullable<Disturbance["read"]> =>
  (key, bytes) =>
    bytes === null || !isDigest(key) ? bytes : change(bytes, key);

describe("a log of 10,000 commits", () => {
  test("every full block and span of a log has a digest, and each is put once", async () => {
    const keys = (await store.list(DIGESTS)).map(({ key }) => key);
    const expected = [
      ...Array.from({ length: Math.floor(SLOTS / BLOCK_SLOTS) }, (_, n) => blockKey(MAIN_LOG_ID, n)),
      ...Array.from({ length: Math.floor(SLOTS / SPAN_SLOTS) }, (_, n) => spanKey(MAIN_LOG_ID, n)),
    ];
    expect(keys).toEqual(expected.toSorted());
  });

  test("a log is walked by its blocks", async () => {
    const { on, calls } = counted();
    const log = await open(on);
    expect(await all(log.history(await head(log)))).toHaveLength(SLOTS);
    expect(calls.length).toBeLessThan(SLOTS / BLOCK_SLOTS + 30);
    expect(new Set(calls).size).toBe(calls.length);
  });

  test("the rows of a range are read by blocks, for several types at a time", async () => {
    const { on, calls } = counted();
    const log = await open(on);
    const range = { logId: MAIN_LOG_ID, from: 0, fromIndex: 0, to: SLOTS - 1, toIndex: 0 };
    const other = "01M84AR2B00000000000000000" as TypeId; // Cast: as above.
    const [rows, none] = await Promise.all([log.readChanges(range, TYPE), log.readChanges(range, other)]);
    expect([rows.length, none.length]).toEqual([SLOTS - 1, 0]);
    expect(calls.length).toBeLessThan(SLOTS / BLOCK_SLOTS + 50);
  });

  test("a log is searched for an entity by its spans", async () => {
    const { on, calls } = counted();
    const log = await open(on);
    const found = await all(log.touching(await head(log), { type: TYPE, id: "seldom" }));
    const inDigests = found.filter(({ address }) => address.slot < 2 * SPAN_SLOTS);
    expect(inDigests.map(({ address }) => address.slot)).toEqual([5_000, 4_200, 17]);
    // Two spans, the slots that vouch for them, three commits, the blocks after the spans, the slots after these, the look for the head.
    expect(calls.length).toBeLessThan(2 + 2 + 3 + 28 + 20 + 3);
  });

  test("a search reads no more than is asked for", async () => {
    const { on, calls } = counted();
    const log = await open(on);
    await head(log);
    const from = (await log.commits(MAIN_LOG_ID, 8_190, 8_190))[0] ?? expect.fail("no commit");
    const [newest] = await all(log.touching(from, { type: TYPE, id: "seldom" }));
    expect(newest?.address.slot).toBe(5_000);
    expect(calls.length).toBeLessThanOrEqual(11);
  });

  test("links of a log are walked by its spans", async () => {
    const { on, calls } = counted();
    const log = await open(on);
    const links = await walked(log, (await head(log)).header.id);
    expect(calls.length).toBeLessThanOrEqual(66);
    expect(links).toHaveLength(SLOTS);
    expect(log.links.link(links[4_000]?.id ?? expect.fail())).not.toBeInstanceOf(Promise);
  });

  test("a missing commit has no link", async () => {
    const log = await open(store);
    const at = (await head(log)).header;
    const absent = [
      `${at.id.slice(0, 25)}1`,
      commitId(at.createdAt, { logId: MAIN_LOG_ID, slot: 70, index: 0 }),
    ];
    await log.links.link((await log.commits(MAIN_LOG_ID, 69, 69))[0]?.header.id ?? expect.fail());
    for (const id of [...absent, commitId(1, { logId: MAIN_LOG_ID, slot: SLOTS, index: 0 })])
      await expect((async () => log.links.link(id as CommitId))()).rejects.toMatchObject({
        reason: "commit_not_found",
      });
  });
});

describe("answers are the same", () => {
  let whole: Answers;
  const random = new SeededRandom(7);
  const foreign = new Map<string, Uint8Array>();
  beforeAll(async () => {
    whole = await answers({ read: onDigests(() => null) });
    for (const { key } of await store.list(DIGESTS))
      foreign.set(key, (await store.get(key)) ?? expect.fail("no digest"));
  });

  test("answers by digests equal those of the commits themselves", () => {
    expect(whole.seldom).toEqual([4_200, 17]);
    expect(whole.nothing).toEqual([]);
    expect(whole.rows).toHaveLength(SMALLER - 92);
    const linked = whole.history.map((each) => {
      const { id, parents, generation, address, createdAt, depth, kind } = each as LocatedLink; // Cast: a header and an address.
      return { id, parents, generation, address, createdAt, depth, kind };
    });
    expect(whole.links).toEqual(linked);
  });

  test.each<[string, (bytes: Uint8Array, key: string) => Uint8Array | null]>([
    ["with digests", (bytes) => bytes],
    ["with cut digests", (bytes) => bytes.subarray(0, random.integer(bytes.length))],
    [
      "with a flipped bit in each digest",
      (bytes) => {
        bytes[random.integer(bytes.length)]! ^= 1 << random.integer(8);
        return bytes;
      },
    ],
    ["with digests of another graph", (bytes, key) => foreign.get(key) ?? bytes],
    [
      "with some digests of another graph",
      (bytes, key) => (random.chance(0.5) ? bytes : (foreign.get(key) ?? bytes)),
    ],
  ])("answers are the same %s", async (_, change) => {
    const readOnly = random.chance(0.5);
    expectSame(await answers({ read: onDigests(change), keepsOut: isDigest }, readOnly), whole);
  });

  test("answers are the same with digests under the names of others", async () => {
    const other = (key: string): string =>
      key.replace(
        /(64|4096)\/(\d+)$/,
        (_, kind, number) => `${kind}/${kind === "64" ? Number(number) ^ 1 : 1}`,
      );
    const read = onDigests((_, key) => foreign.get(other(key)) ?? null);
    expectSame(await answers({ read }), whole);
  });
});

describe("who reads", () => {
  test("a reader that may write puts a missing digest", async () => {
    const put = new Map<string, Uint8Array>();
    const keepsOut = (key: string, bytes: Uint8Array): boolean =>
      isDigest(key) && put.set(key, bytes).size > 0;
    const on = disturbed(store, { read: onDigests(() => null), keepsOut });
    const readOnly = await open(on);
    await all(readOnly.touching(await head(readOnly), { type: TYPE, id: "seldom" }));
    await readOnly.close();
    expect(put.size).toBe(0);
    const log = await open(on, false);
    await all(log.touching(await head(log), { type: TYPE, id: "seldom" }));
    await expect.poll(() => put.size).toBe(158);
    await log.close();
    for (const [key, bytes] of put)
      expect(Buffer.compare(bytes, (await store.get(key)) ?? Buffer.alloc(0))).toBe(0);
  });

  test("a reader asks for a missing digest once, and never for that of a block that is not full", async () => {
    const { on, calls } = counted({ read: onDigests(() => null) });
    const log = await open(on);
    await head(log);
    for (let i = 0; i < 2; i++) await log.commits(MAIN_LOG_ID, 0, SLOTS - 1);
    const asked = calls.filter((call) => call.startsWith(`get ${DIGESTS}`));
    expect(asked).toHaveLength(Math.floor(SLOTS / BLOCK_SLOTS));
  });
});
