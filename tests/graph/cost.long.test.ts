import { systemEnvironment } from "@omnigraph/base";
import { Omnigraph } from "omnigraph";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Work, WorkCounter } from "../support/running/work.ts";

// What a small change costs, counted on a handle that has what it needs in memory: calls of the store, rows that layers and views hand out, and
// turns of our loops. No time is measured.

const SCHEMA = `
node Item { slug: String @key  code: String? @unique  number: I64 }
edge Link: Item -> Item { weight: I32? }
edge Seat: Item -> Item @card(0..3)
`;
const SET = "query set($k: String, $n: I64) { update Item set { number: $n } where slug = $k }";
const ADD = "query add($k: String, $c: String) { insert Item { slug: $k, code: $c, number: 1 } }";
const LINK = "query link($a: String, $b: String) { insert Link { from: $a, to: $b, weight: 1 } }";
const SEAT = "query seat($a: String, $b: String) { insert Seat { from: $a, to: $b } }";
/** Items of the graphs; each has three links and every other one two seats: 5 entities an item. */
const SMALL = 200;
const LARGE = 200_000;
const HISTORY = 10_000;
/** Items that a round edits. */
const ROUND = 18;
/** Rounds before the one that counts: everything is loaded and compiled by then. */
const WARM = 3;
/** Up to four of them are made beside a put or a probe, so that no call waits for them: looks whether the head is still there, and at the slot after the next. */
const MOST_CALLS = 8;

const digits = (n: number): string => String(n).padStart(7, "0");
const slug = (n: number): string => `i${digits(n)}`;

function* linesOf(items: number): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (let i = 0; i < items; i++) {
    const code = `c${digits(i)}`;
    let lines = `{"type":"Item","data":{"slug":"${slug(i)}","code":"${code}","number":1}}\n`;
    for (const step of [7, 14, 21])
      lines += `{"edge":"Link","from":"${slug(i)}","to":"${slug((i + step) % items)}","data":{"weight":1}}\n`;
    for (const step of i % 2 === 0 ? [1, 2] : [])
      lines += `{"edge":"Seat","from":"${slug(i)}","to":"${slug((i + step) % items)}"}\n`;
    yield encoder.encode(lines);
  }
}

async function graphOf(name: string, items: number): Promise<Omnigraph> {
  const graph = await Omnigraph.init(`memory://cost-${name}`, { schema: SCHEMA, memory: 2 ** 32 });
  await graph.load(linesOf(items), { mode: "append" });
  return graph;
}

/** One of everything on items of its own, each counted unless the round is to warm the handle up. */
class Round {
  readonly #graph: Omnigraph;
  readonly #number: number;
  readonly #counts: boolean;
  readonly works = new Map<string, Work>();

  constructor(graph: Omnigraph, number: number, counts: boolean) {
    this.#graph = graph;
    this.#number = number;
    this.#counts = counts;
  }

  async run(): Promise<ReadonlyMap<string, Work>> {
    const { commits, branches } = this.#graph;
    await this.#diverge(
      "nodes",
      (branch) => this.#set(0, branch),
      () => this.#set(1),
    );
    await this.#diverge(
      "an edge",
      (branch) => this.#graph.mutate(LINK, { a: this.#item(2), b: this.#item(3) }, { branch }),
      () => this.#set(4),
    );
    await this.#diverge(
      "unique codes",
      (branch) => this.#add("a", branch),
      () => this.#add("b"),
    );
    await this.#diverge(
      "edges of bounded number",
      (branch) => this.#graph.mutate(SEAT, { a: this.#item(6), b: this.#item(9) }, { branch }),
      () => this.#graph.mutate(SEAT, { a: this.#item(8), b: this.#item(9) }),
    );
    const ahead = `ahead${this.#number}`;
    await branches.create(ahead);
    await this.#set(10, ahead);
    await this.#count("fast forward", () => branches.merge(ahead));
    const one = await this.#set(11);
    await this.#count("diff of one commit", async () => {
      const diff = await branches.diff(one.parent ?? "", one.id);
      for await (const { id } of diff.changes()) expect(id).toBe(this.#item(11));
      expect(diff.stat).toMatchObject([{ type: "Item", updated: 1 }]);
    });
    await this.#count("revert of the head", () => commits.revert(one.id));
    const older = await this.#set(12);
    await this.#set(13);
    await this.#count("revert of an older commit", () => commits.revert(older.id));
    return this.works;
  }

  /** A branch, one write on it, one on main, and the merge of both. */
  async #diverge(
    what: string,
    theirs: (branch: string) => Promise<unknown>,
    ours: () => Promise<unknown>,
  ): Promise<void> {
    const branch = `${what.replaceAll(" ", "-")}${this.#number}`;
    await this.#count(`branch for ${what}`, () => this.#graph.branches.create(branch));
    await this.#count(`write of ${what} on the branch`, () => theirs(branch));
    await this.#count(`write beside ${what} on main`, ours);
    await this.#count(`merge of ${what}`, async () =>
      expect((await this.#graph.branches.merge(branch)).outcome).toBe("merged"),
    );
  }

  async #count(what: string, action: () => Promise<unknown>): Promise<void> {
    if (this.#counts) this.works.set(what, await counter.count(action));
    else await action();
  }

  async #set(item: number, branch = "main") {
    const { commit } = await this.#graph.mutate(SET, { k: this.#item(item), n: 2 }, { branch });
    if (commit === null) throw new Error("a commit was expected");
    return commit;
  }

  #add(what: string, branch = "main") {
    const name = `${what}${digits(this.#number)}`;
    return this.#graph.mutate(ADD, { k: name, c: name }, { branch });
  }

  #item(n: number): string {
    return slug(this.#number * ROUND + n);
  }
}

/** The same calls and rows; turns of loops may differ by what hash tables and binary searches do. */
function expectNoMore(works: ReadonlyMap<string, Work>, than: ReadonlyMap<string, Work>): void {
  for (const [what, { steps, ...calls }] of works) {
    const { steps: before, ...callsBefore } = than.get(what) ?? { steps: 0 };
    expect(calls, what).toEqual(callsBefore);
    expect(steps, `steps of ${what}: ${before} before`).toBeLessThan(before * 1.25 + 200);
  }
}

const counter = new WorkCounter();
beforeAll(() => {
  // Time stands still: what a handle does once a second is no part of what a change costs.
  vi.spyOn(systemEnvironment.clock, "monotonicMs").mockReturnValue(0);
  counter.install();
});
afterAll(() => {
  counter.uninstall();
  vi.restoreAllMocks();
});

describe("what a small change costs", () => {
  let small: Omnigraph;
  let works: ReadonlyMap<string, Work>;
  beforeAll(async () => {
    small = await graphOf("small", SMALL);
    for (let round = 0; round < WARM; round++) await new Round(small, round, false).run();
    works = await new Round(small, WARM, true).run();
  });
  afterAll(() => small.close());

  it("a small change costs a few calls of the store", () => {
    for (const [what, { operations, layerRows, viewRows, steps }] of works) {
      const calls = Object.values(operations).reduce((sum, n) => sum + n, 0);
      // Two commits that are named by their ids are in memory.
      if (!what.startsWith("diff")) expect(calls, what).toBeGreaterThan(0);
      // A fast-forward takes what theirs is made of: that is pinned before, and the horizon looked at.
      expect(calls, what).toBeLessThanOrEqual(what === "fast forward" ? MOST_CALLS + 5 : MOST_CALLS);
      expect(layerRows, what).toBe(0);
      expect(viewRows, what).toBeLessThanOrEqual(4);
      expect(steps, what).toBeGreaterThan(100);
    }
  });

  it("a small change costs the same on a graph of a thousand and of a million entities", async () => {
    const large = await graphOf("large", LARGE);
    try {
      for (let round = 0; round < WARM; round++) await new Round(large, round, false).run();
      expectNoMore(await new Round(large, WARM, true).run(), works);
    } finally {
      await large.close();
    }
  });

  it(`a small change costs the same after ${HISTORY} commits`, async () => {
    const unused = SMALL - ROUND;
    for (let done = 0; done < HISTORY; done += 500) {
      const numbers = Array.from({ length: 500 }, (_, i) => done + i);
      await Promise.all(
        numbers.map((n) => small.mutate(SET, { k: slug(unused + (n % ROUND)), n }, { actor: "history" })),
      );
    }
    const [newest] = await small.commits.list({ limit: 1 });
    expect(newest?.depth).toBeGreaterThan(HISTORY);
    // Caches of the last writes turn over, and what they had gathered is put together once.
    await new Round(small, WARM + 1, false).run();
    expectNoMore(await new Round(small, WARM + 2, true).run(), works);
  });
});
