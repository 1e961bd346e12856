import { present, systemEnvironment } from "@omnigraph/base";
import { GraphLog } from "@omnigraph/log";
import { MemoryObjects } from "@omnigraph/storage";
import { type HistoryEntry, Omnigraph } from "omnigraph";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { grow } from "../support/log/long-log.ts";
import { SeededRandom } from "../support/simulation/seeded-random.ts";

const NAME = "digests.omni";
const URI = `memory://${NAME}`;
const DIGESTS = "__manifest/digests/";
const SCHEMA = "node Item { slug: String @key  note: String? }\nnode Mark { text: String }";
const ADD = "query add($slug: String, $note: String?) { insert Item { slug: $slug, note: $note } }";
const SET = "query s($slug: String, $note: String?) { update Item set { note: $note } where slug = $slug }";
const COUNT = "query q() { match { $i: Item } return { count($i) as n } }";
const NOTE = "query q($slug: String) { match { $i: Item { slug: $slug } } return { $i.note as note } }";
const COMMITS = 10_000;

const store = new MemoryObjects(NAME);
/** The commit of the load. */
let loaded: string;

/** Ten thousand commits, each in a slot of its own: three of them touch `ada`, and one of these is a staged table. */
beforeAll(async () => {
  const graph = await Omnigraph.init(URI, { schema: SCHEMA, inlineRows: 10 });
  const type = present((await graph.schema.catalog()).nodes.get("Item"), "type");
  const slug = present(
    type.properties.find(({ name }) => name === "slug"),
    "property",
  ).id;
  const add = async (count: number, prefix: string): Promise<void> => {
    const log = await GraphLog.open(store, systemEnvironment, { readOnly: false });
    const ids = Array.from({ length: count }, (_, i) => `${prefix}${i}`);
    await grow(log, await log.branch("main"), type.id, ids, { named: [slug] });
    await log.close();
  };
  await graph.mutate(ADD, { slug: "ada", note: "first" });
  await add(4_000, "a");
  const lines = ["ada", ...Array.from({ length: 20 }, (_, i) => `l${i}`)].map(
    (key) => `{"type":"Item","data":{"slug":"${key}","note":"loaded"}}`,
  );
  loaded = (await graph.load(lines.join("\n"), { mode: "merge" })).commit.id;
  await add(5_900, "b");
  await graph.mutate(SET, { slug: "ada", note: "last" });
  await add(COMMITS - 4_000 - 5_900 - 4, "c");
  await graph.close();
});

afterEach(() => vi.restoreAllMocks());

/** Does something, and counts the objects that were read meanwhile. */
async function reads(action: () => Promise<void>): Promise<number> {
  const get = vi.spyOn(MemoryObjects.prototype, "get");
  await action();
  return get.mock.calls.filter(([key]) => key.startsWith("__manifest/")).length;
}

function notes(entries: readonly HistoryEntry[]): readonly unknown[] {
  return entries.map(({ change }) => change.after?.properties["note"]);
}

describe("a log of 10,000 commits", () => {
  it("a log is opened and read by one digest for 64 commits", async () => {
    const count = await reads(async () => {
      await using graph = await Omnigraph.open(URI, { readOnly: true });
      expect((await graph.query(COUNT)).rows).toEqual([{ n: COMMITS - 4 + 21 }]);
      expect((await graph.query(NOTE, { slug: "ada" })).rows).toEqual([{ note: "last" }]);
    });
    expect(count).toBeLessThan(2 * (COMMITS / 64) + 100);
  });

  it("a log is searched for an entity by a handful of digests", async () => {
    await using graph = await Omnigraph.open(URI, { readOnly: true });
    let found: readonly HistoryEntry[] = [];
    const newest = await reads(
      async () => void (found = await graph.history("node", "Item", "ada", { limit: 1 })),
    );
    expect(notes(found)).toEqual(["last"]);
    expect(newest).toBeLessThan(32);
  });

  it("a whole history is read without the commits that did not change the entity", async () => {
    await using graph = await Omnigraph.open(URI, { readOnly: true });
    let found: readonly HistoryEntry[] = [];
    const all = await reads(async () => void (found = await graph.history("node", "Item", "ada")));
    expect(notes(found)).toEqual(["last", "loaded", "first"]);
    expect(all).toBeLessThan(150);
  });
});

/** Everything that reads many commits, asked of a handle that knows nothing yet. */
async function answers(): Promise<unknown> {
  await using graph = await Omnigraph.open(URI, { readOnly: true });
  const feed: unknown[] = [];
  let cursor = (await graph.changes.poll({ start: { after: loaded }, limit: 70 })).cursor;
  for (let page = 0; page < 3; page++) {
    const polled = await graph.changes.poll({ cursor: present(cursor, "cursor"), limit: 70 });
    feed.push(polled);
    ({ cursor } = polled);
  }
  return {
    feed,
    ada: await graph.history("node", "Item", "ada"),
    nobody: await graph.history("node", "Item", "nobody"),
    commits: (await graph.commits.list({ limit: 500 })).map(({ id }) => id),
    before: (await graph.query(COUNT, {}, { at: loaded })).rows,
    now: (await graph.query(COUNT)).rows,
    noteBefore: (await graph.query(NOTE, { slug: "ada" }, { at: loaded })).rows,
  };
}

it("answers are the same with digests, with damaged ones and with none", async () => {
  const whole = await answers();
  const random = new SeededRandom(3);
  for (const { key } of await store.list(DIGESTS)) {
    const bytes = present(await store.get(key), "digest");
    if (random.chance(0.5)) bytes[random.integer(bytes.length)]! ^= 1 << random.integer(8);
    await store.put(key, random.chance(0.5) ? bytes : bytes.subarray(0, random.integer(bytes.length)));
  }
  expect(await answers()).toEqual(whole);
  await store.deletePrefix(DIGESTS);
  expect(await answers()).toEqual(whole);
});
