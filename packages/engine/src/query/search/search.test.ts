import { isError, present, type Value, type Values } from "@omnigraph/base";
import { compileQuery, type ReadQuery } from "@omnigraph/language";
import type { ColumnKey } from "@omnigraph/storage";
import { beforeEach, describe, expect, it } from "vitest";
import { NaiveView } from "../../../../../tests/support/models/naive-view.ts";
import type { ModelRow } from "../../../../../tests/support/models/view-model.ts";
import { catalogOf } from "../../../../../tests/support/graphs/write-graph.ts";
import { execute } from "../execute.ts";
import { compilePlan } from "../prepared-plan.ts";
import type { QueryResult } from "../result/query-result.ts";
import type { RunLimits } from "../run/context.ts";

const CATALOG = catalogOf(
  "node Note { slug: String @key text: String vec: Vector(2)? } edge Cites: Note -> Note",
);
const NOTE = present(CATALOG.nodes.get("Note"), "Note");

interface Note {
  readonly slug: string;
  readonly text: string;
  readonly vec?: readonly [number, number];
}

/** A view that reads all texts at each search, and links each note to the next. */
function viewOf(notes: readonly Note[]): NaiveView {
  const id = (name: string) => present(NOTE.propertyByName.get(name), name).id;
  const rows = notes.map(({ slug, text, vec }): [string, ModelRow] => [
    slug,
    new Map<ColumnKey, Value>([
      ["id", slug],
      [id("slug"), slug],
      [id("text"), text],
      [id("vec"), vec === undefined ? null : Float32Array.from(vec)],
    ]),
  ]);
  const links = notes.slice(1).map(({ slug }, at): [string, ModelRow] => [
    `e${at}`,
    new Map<ColumnKey, Value>([
      ["id", `e${at}`],
      ["src", notes[at]!.slug],
      ["dst", slug],
    ]),
  ]);
  return new NaiveView(
    CATALOG,
    new Map([
      ["Note", new Map(rows)],
      ["Cites", new Map(links)],
    ]),
  );
}

function readOf(text: string): ReadQuery {
  const { query } = compileQuery({ file: "q.gq", text }, CATALOG);
  if (query.kind !== "read") throw new TypeError("a read is needed");
  return query;
}

let looks = 0;
/** A clock on which every look takes some time. */
function clockOf(msPerLook: number): RunLimits["clock"] {
  return { nowMicros: () => 0, monotonicMs: () => looks++ * msPerLook, sleep: () => Promise.resolve() };
}

beforeEach(() => {
  looks = 0;
});

async function rowsOf(
  notes: readonly Note[],
  text: string,
  parameters: Values = {},
): Promise<readonly string[]> {
  const result = await execute(compilePlan(readOf(text)), viewOf(notes), parameters, { clock: clockOf(0) });
  return result.rows().map((row) => Object.values(row).join(" "));
}

const NOTES: readonly Note[] = [
  { slug: "a", text: "ocean tides", vec: [0, 0] },
  { slug: "b", text: "the ocean", vec: [3, 4] },
  { slug: "c", text: "harbours", vec: [1, 1] },
  { slug: "d", text: "ocean ocean ocean", vec: [1, 1] },
  { slug: "e", text: "" },
];

describe("rankings", () => {
  it("bm25 scores as its formula says: N and the mean are of the texts that have a term", async () => {
    const [b = ""] = await rowsOf(
      NOTES,
      'query q() { match { $n: Note { slug: "b" } } return { bm25($n.text, "oceans") as s } }',
    );
    // Four texts have a term, of 7 terms in all; three have `ocean`.
    const idf = Math.log(1 + (4 - 3 + 0.5) / (3 + 0.5));
    expect(Number(b)).toBeCloseTo((idf * 2.2) / (1 + 1.2 * (0.25 + (0.75 * 1) / (7 / 4))), 6);
  });

  it.each(["", "asc", "desc"])(
    "an order by a ranking begins with the best where %j is written",
    async (direction) => {
      const text = `query q() { match { $n: Note } return { $n.slug } order { bm25($n.text, "ocean") ${direction} } }`;
      expect(await rowsOf(NOTES, text)).toEqual(["d", "b", "a"]);
      const near = `query q() { match { $n: Note } return { $n.slug } order { nearest($n.vec, [0, 1]) ${direction} } limit 9 }`;
      expect(await rowsOf(NOTES, near)).toEqual(["a", "c", "d", "b"]);
    },
  );

  it("filters and steps apply before a ranking: the best of what matches", async () => {
    const text =
      'query q() { match { $n: Note $m cites $n $m.slug != "c" } return { $n.slug, nearest($n.vec, [3, 4]) as far } order { nearest($n.vec, [3, 4]) } limit 2 }';
    expect(await rowsOf(NOTES, text)).toEqual(["b 0", "c 13"]);
  });

  it("without an order a ranking is a column of all rows: 0 without the words, null without a vector", async () => {
    const text =
      'query q() { match { $n: Note } return { $n.slug, bm25($n.text, "harbour") as s, nearest($n.vec, [0, 0]) as far } }';
    expect((await rowsOf(NOTES, text)).map((row) => row.replace(/(\d\.\d)\d+/, "$1"))).toEqual([
      "a 0 0",
      "b 0 25",
      "c 1.4 2",
      "d 0 2",
      "e 0 ",
    ]);
  });

  it("a fusion ranks the first of each ranking up to the limit, and orders what is equal by the first ranking", async () => {
    const fused = (limit: number): string =>
      `query q() { match { $n: Note } return { $n.slug } order { rrf(nearest($n.vec, [3, 4]), bm25($n.text, "ocean")) } limit ${limit} }`;
    // One of each: the nearest is before the best text.
    expect(await rowsOf(NOTES, fused(1))).toEqual(["b"]);
    expect(await rowsOf(NOTES, `${fused(2).replace("limit 2", "limit 2 offset 1")}`)).toEqual(["d", "c"]);
    const none = fused(1).replace("q()", "q($most: I32)").replace("limit 1", "limit $most");
    expect(await rowsOf(NOTES, none, { most: 0 })).toEqual([]);
    expect(await rowsOf(NOTES, fused(4))).toEqual(["b", "d", "a", "c"]);
  });

  it("vectors that are too far for 32 bits are last, and none is no number", async () => {
    const far: readonly Note[] = [
      { slug: "x", text: "", vec: [3e38, 0] },
      { slug: "w", text: "", vec: [-3e38, 0] },
      { slug: "z", text: "", vec: [0, 0] },
    ];
    const text =
      "query q() { match { $n: Note } return { $n.slug, nearest($n.vec, [3e38, 0]) as far } order { nearest($n.vec, [3e38, 0]) } limit 3 }";
    expect(await rowsOf(far, text)).toEqual(["x 0", "w Infinity", "z Infinity"]);
  });
});

describe("limits of a search", () => {
  const long = Array.from({ length: 40 }, (_, at) => ({
    slug: `n${at}`,
    text: `ocean${at} tide `.repeat(2000),
  }));
  const BEST =
    'query q() { match { $n: Note search($n.text, "tide") } return { $n.slug } order { rrf(bm25($n.text, "ocean7"), bm25($n.text, "tide")) } limit 3 }';

  it("reading texts yields to the event loop, and answers the same", async () => {
    const plan = compilePlan(readOf(BEST));
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const answer = execute(plan, viewOf(long), {}, { clock: clockOf(6) });
    expect(answer).toBeInstanceOf(Promise);
    const rows = (await answer).rows();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
    const alone = execute(plan, viewOf(long), {}, { clock: clockOf(0) }) as QueryResult;
    expect(rows).toEqual(alone.rows());
    expect(rows[0]).toEqual({ "n.slug": "n7" });
  });

  it.each([
    ["deadline_exceeded", { clock: clockOf(1), deadline: 20 }],
    ["aborted", { clock: clockOf(0), signal: AbortSignal.abort() }],
    ["memory_exceeded", { clock: clockOf(0), memoryBytes: 100 }],
  ] as const)("reading texts ends with %s", async (reason, limits: RunLimits) => {
    const run = async (): Promise<unknown> => execute(compilePlan(readOf(BEST)), viewOf(long), {}, limits);
    await expect(run()).rejects.toThrow(expect.toSatisfy((error) => isError(error, reason)));
  });
});
