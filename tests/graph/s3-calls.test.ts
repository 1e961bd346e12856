import { MemoryBudget, MemoryObjects, ObjectLayers, Omnigraph } from "omnigraph";
import { systemEnvironment } from "@omnigraph/base";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { inRounds, Rounds } from "../support/stores/rounds.ts";
import { GET, HOP, HOPS, linesOf, ROWS, SCAN, SCHEMA, SET } from "./s3-calls.ts";

// How many calls of a store an operation makes one after the other: on S3 each costs a round trip. Those that are made at the same time count as one.

/** Loads make tables, small writes do not. */
const OPTIONS = { maintenance: "off", inlineRows: 100 } as const;
/** More than the time in which a log that was looked at is trusted to have no holes. */
const IDLE_MS = 60_000;

/** So many that each column has more bytes than the first request brings, and takes more memory than the smaller budget. */
const PAGED_ROWS = 40_000;

/** A process that uses a graph on a store of its own rounds. */
class Process {
  readonly rounds = new Rounds();
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  open(readOnly = false, budget = new MemoryBudget(2 ** 30)): Promise<Omnigraph> {
    return Omnigraph.openWith({ ...this.#parts(), budget }, { ...OPTIONS, readOnly });
  }

  init(): Promise<Omnigraph> {
    return Omnigraph.initWith(this.#parts(), { ...OPTIONS, schema: SCHEMA });
  }

  #parts() {
    const objects = inRounds(new MemoryObjects(this.#name), this.rounds);
    return { objects, tables: new ObjectLayers(objects) };
  }
}

async function graphOf(name: string, rows: number): Promise<Omnigraph> {
  const graph = await new Process(name).init();
  await graph.load(linesOf(rows), { mode: "append" });
  return graph;
}

describe("calls of a remote store, one after the other", () => {
  beforeAll(async () => {
    await (await graphOf("s3-calls-large", ROWS)).close();
    await (await graphOf("s3-calls-small", 1000)).close();
    await (await graphOf("s3-calls-paged", PAGED_ROWS)).close();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it(`a commit to a graph of ${ROWS} rows takes one, of three requests, and a read one`, async () => {
    await using other = await new Process("s3-calls-large").open();
    expect(await other.query(GET, { k: "i1" })).toMatchObject({ rows: [{ n: 1 }] });
    const process = new Process("s3-calls-large");
    await using graph = await process.open();
    const set = (k: string): Promise<unknown> => graph.mutate(SET, { k, n: 7n });
    await set("i995");
    const commit = await process.rounds.of(() => set("i996"));
    expect(commit.map((calls) => calls.length)).toEqual([3]);
    const read = await process.rounds.of(() => graph.query(GET, { k: "i996" }));
    expect(read.map((calls) => calls.length)).toEqual([2]);
  });

  it("they take no more calls one after the other where nobody has looked for a while", async () => {
    let passed = 0;
    const { clock } = systemEnvironment;
    const now = clock.monotonicMs.bind(clock);
    vi.spyOn(clock, "monotonicMs").mockImplementation(() => now() + passed);
    await using _other = await graphOf("s3-calls-idle", 10);
    const process = new Process("s3-calls-idle");
    await using graph = await process.open();
    await graph.mutate(SET, { k: "i5", n: 7n });
    passed += IDLE_MS;
    expect(await process.rounds.of(() => graph.mutate(SET, { k: "i5", n: 8n }))).toHaveLength(1);
    passed += IDLE_MS;
    expect(await process.rounds.of(() => graph.query(GET, { k: "i5" }))).toHaveLength(1);
  });

  it.each([
    // All of it is among the first bytes of its column files.
    ["small", { "look-up": 4, hop: 5, commit: 5 }],
    ["large", { "look-up": 6, hop: 9, commit: 9 }],
  ])("a process that opens a %s graph and does one thing", async (size, most) => {
    const name = `s3-calls-${size}`;
    await using writer = await new Process(name).open();
    await writer.mutate(SET, { k: "i7", n: 1n });
    const took = async (use: (graph: Omnigraph) => Promise<unknown>, readOnly: boolean): Promise<number> => {
      const process = new Process(name);
      const rounds = await process.rounds.of(async () => {
        await using graph = await process.open(readOnly);
        await use(graph);
      });
      return rounds.length;
    };
    expect({
      "look-up": await took((graph) => graph.query(GET, { k: "i5" }), true),
      hop: await took((graph) => graph.query(HOP, { k: "i5" }), true),
      commit: await took((graph) => graph.mutate(SET, { k: "i5", n: 1n }), false),
    }).toEqual(most);
  });

  it.each([
    ["no column fits into memory", 2 ** 17],
    ["all is in memory", 2 ** 30],
  ])("three hops and a scan of a process that has read nothing, where %s", async (_, bytes) => {
    // Time stands still: what a handle does once a second is no part of what a query costs.
    vi.spyOn(systemEnvironment.clock, "monotonicMs").mockReturnValue(0);
    const process = new Process("s3-calls-paged");
    const took = async (read: () => Promise<unknown>): Promise<readonly [number, number]> => {
      const rounds = await process.rounds.of(read);
      return [rounds.length, rounds.flat().length];
    };
    await using graph = await process.open(true, new MemoryBudget(bytes));
    const rows = async (text: string, parameters = {}): Promise<unknown> =>
      (await graph.query(text, parameters)).rows;
    const hops = await took(async () =>
      expect(await rows(HOPS, { k: "i5" })).toEqual(["i6", "i7", "i8"].map((n) => ({ n }))),
    );
    const [again] = await took(() => rows(HOPS, { k: "i5" }));
    const scan = await took(async () => expect(await rows(SCAN)).toMatchObject([{ rows: PAGED_ROWS }]));
    expect({ hops, again, scan }).toEqual({ hops: [6, 11], again: 1, scan: [2, 3] });
  });

  it("a load and a fold take few", async () => {
    // Time stands still: what a handle does once a second is no part of what they cost.
    vi.spyOn(systemEnvironment.clock, "monotonicMs").mockReturnValue(0);
    const process = new Process("s3-calls-folded");
    await using graph = await process.init();
    await graph.load(linesOf(1), { mode: "append" });
    const load = await process.rounds.of(() => graph.load(linesOf(1000), { mode: "merge" }));
    const fold = await process.rounds.of(() => graph.maintenance.optimize({ full: true }));
    // Two of them write the tables, which Lance does in six.
    expect([load.length, fold.length]).toEqual([12, 12]);
  });

  it("a commit after a lost race takes three: put, read, put", async () => {
    await using winner = await graphOf("s3-calls-lost", 10);
    const process = new Process("s3-calls-lost");
    await using loser = await process.open();
    await loser.mutate(SET, { k: "i5", n: 7n });
    await winner.mutate(SET, { k: "i6", n: 7n });
    const lost = await process.rounds.of(() => loser.mutate(SET, { k: "i5", n: 8n }));
    expect(lost).toHaveLength(3);
    expect(
      lost.map((calls) => calls.find((call) => /^(get|putIfAbsent) /.test(call))?.split(" ")[0]),
    ).toEqual(["putIfAbsent", "get", "putIfAbsent"]);
  });
});
