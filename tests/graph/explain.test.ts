import { readdirSync } from "node:fs";
import { type ExplainAnswer, Omnigraph, type PlannedInput } from "omnigraph";
import { describe, expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";

const folder = testFolder("explain");
const PEOPLE = 40;
const SCHEMA = [
  "node Person { name: String @key  age: I32?  about: String? }",
  "edge Knows: Person -> Person { since: Date? }",
].join("\n");
const ABOUT = "match { $p: Person } return { $p.about }";
const ONE = "query one($name: String) { match { $p: Person { name: $name } } return { $p.age } }";
const FRIENDS =
  "query friends($of: String) { match { $a: Person { name: $of }  $a knows $b } return { $b.age } }";

let graphs = 0;

/** People in a row, each knows the next three; in tables, with their column files. */
async function people(words = 1): Promise<string> {
  const uri = `${folder}/people-${graphs++}.omni`;
  await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
  const lines: object[] = [];
  for (let n = 0; n < PEOPLE; n++)
    lines.push({ type: "Person", data: { name: `p${n}`, age: n, about: `${n} word `.repeat(words) } });
  for (let n = 0; n < PEOPLE; n++)
    for (let k = 1; k <= 3; k++) lines.push({ edge: "Knows", from: `p${n}`, to: `p${(n + k) % PEOPLE}` });
  await graph.load(lines, { mode: "append" });
  await graph.maintenance.optimize();
  return uri;
}

/** Each input with where it was and where it is. */
function places({ inputs }: ExplainAnswer): readonly (readonly unknown[])[] {
  return inputs.map(({ typeName, part, property, source, place }) => [
    `${typeName}.${property ?? part}`,
    source,
    place,
  ]);
}

const bytesOf = ({ inputs }: ExplainAnswer, part: PlannedInput["part"]): number | undefined =>
  inputs.find((input) => input.part === part)?.memoryBytes;

describe("explaining a read", () => {
  it("a plan alone loads nothing; with analyze the inputs are read from the store once, and are in memory then", async () => {
    await using graph = await Omnigraph.open(await people(), { readOnly: true });
    const cold = [
      ["Person.ids", "store", null],
      ["Person.keys", "store", null],
      ["Person.age", "store", null],
      ["Knows.out", "store", null],
    ];
    for (let times = 0; times < 2; times++) {
      const planned = await graph.explain(FRIENDS);
      expect(places(planned)).toEqual(cold);
      expect(planned.totals).toBeNull();
      expect(planned.steps.every(({ actual }) => actual === null)).toBe(true);
      expect(planned.inputs.every(({ memoryBytes }) => memoryBytes === 0)).toBe(true);
    }
    const run = await graph.explain(FRIENDS, { of: "p1" }, { analyze: true });
    expect(places(run)).toEqual(cold.map(([name, source]) => [name, source, "memory"]));
    const warm = await graph.explain(FRIENDS, { of: "p1" }, { analyze: true });
    expect(places(warm)).toEqual(cold.map(([name]) => [name, "memory", "memory"]));
    // A whole number of 32 bits for each person.
    expect(bytesOf(warm, "column")).toBeGreaterThanOrEqual(PEOPLE * 4);
    expect(
      warm.steps.map(({ operator, estimate, actual }) => [operator, estimate?.rows, actual?.rows]),
    ).toEqual([
      ["look_up", 1, 1],
      ["expand", 3, 3],
      ["collect", 3, 3],
    ]);
    expect(warm.totals).toMatchObject({ rows: 3, diskBytes: 0 });
    for (const { actual } of warm.steps) expect(actual?.milliseconds).toBeGreaterThanOrEqual(0);
    expect(warm.totals?.milliseconds).toBeGreaterThanOrEqual(warm.totals?.loadMilliseconds ?? Infinity);
  });

  it("one row of a type that is not in memory is found by an index, until it is asked for often", async () => {
    await using graph = await Omnigraph.open(await people(), { readOnly: true });
    const looked = [
      ["Person.ids", "index", null],
      ["Person.keys", "index", null],
      ["Person.age", "index", null],
    ];
    expect(places(await graph.explain(ONE))).toEqual(looked);
    const run = await graph.explain(ONE, { name: "p7" }, { analyze: true });
    expect(places(run)).toEqual(looked);
    expect(run.steps.map(({ actual }) => actual?.rows)).toEqual([1, 1]);
    for (let times = 0; times < 9; times++) await graph.query(ONE, { name: "p7" });
    expect(places(await graph.explain(ONE))).toEqual(looked.map(([name]) => [name, "memory", "memory"]));
  });

  it("a column that is too large for memory is read by pages, and takes none of it", async () => {
    await using graph = await Omnigraph.open(await people(4000), { readOnly: true, memory: 2 ** 20 });
    const first = await graph.explain(ABOUT, null, { analyze: true });
    expect(places(first)).toEqual([["Person.about", "store", "pages"]]);
    expect(bytesOf(first, "column")).toBe(0);
    expect(places(await graph.explain(ABOUT))).toEqual([["Person.about", "pages", "pages"]]);
  });

  it("rows under way that are too many for memory are counted on disk", async () => {
    await using graph = await Omnigraph.open(await people(), { readOnly: true, memory: 4096 });
    const pairs =
      "match { $a: Person  $b: Person  $c: Person } return { $a.age, $b.age, $c.age } order { $c.age, $b.age }";
    const { totals, steps } = await graph.explain(pairs, null, { analyze: true });
    expect(totals?.rows).toBe(PEOPLE ** 3);
    expect(totals?.diskBytes).toBeGreaterThanOrEqual(PEOPLE ** 3 * 3 * 4);
    expect(steps.at(-1)?.operator).toBe("sort");
  });

  it("matches that are only counted are told apart from rows", async () => {
    await using graph = await Omnigraph.open(await people(), { readOnly: true });
    const counting = "match { $a: Person  $a knows $b  $b knows $c } return { count($c) as n }";
    const { steps } = await graph.explain(counting, null, { analyze: true });
    expect(steps.map(({ operator }) => operator)).toEqual(["times", "group"]);
    expect(steps[0]?.steps[0]).toMatchObject({
      operator: "scan",
      estimate: { rows: PEOPLE, matches: 9 * PEOPLE },
      actual: { rows: PEOPLE, matches: 9 * PEOPLE },
      steps: [{ operator: "count" }, { operator: "count" }],
    });
    expect(steps[0]?.actual).toMatchObject({ rows: 1, matches: 9 * PEOPLE });
  });

  it("a plan is for the branch or the commit that is named, with its numbers of entities", async () => {
    await using graph = await Omnigraph.open(await people());
    const before = (await graph.commits.list({ limit: 1 }))[0]?.id ?? "";
    await graph.branches.create("draft");
    await graph.mutate('insert Person { name: "new" }', null, { branch: "draft" });
    const expected = async (options: { branch?: string; at?: string }): Promise<unknown> => {
      const { steps, branch, snapshot, commit } = await graph.explain(ABOUT, null, options);
      return [steps[0]?.estimate?.rows, branch, snapshot, commit === before];
    };
    expect(await expected({})).toEqual([PEOPLE, "main", null, true]);
    expect(await expected({ branch: "draft" })).toEqual([PEOPLE + 1, "draft", null, false]);
    expect(await expected({ branch: "draft", at: before })).toEqual([PEOPLE, "draft", before, true]);
  });

  it("a plan needs no parameters, a run does", async () => {
    await using graph = await Omnigraph.open(await people(), { readOnly: true });
    expect((await graph.explain(FRIENDS)).queryName).toBe("friends");
    await expect(graph.explain(FRIENDS, null, { analyze: true })).rejects.toMatchObject({
      reason: "parameter_invalid",
    });
    expect((await graph.explain(FRIENDS, { of: "p1", to: 1 })).warnings).toEqual([
      expect.stringContaining("to"),
    ]);
  });
});

describe("explaining a mutation", () => {
  const PUT = "query put($name: String, $age: I32) { insert Person { name: $name, age: $age } }";

  it("a handle that may only read evaluates a mutation: nothing is written, and it fails as the mutation would", async () => {
    await using graph = await Omnigraph.open(await people(), { readOnly: true });
    const head = (await graph.commits.list({ limit: 1 }))[0]?.id;
    const put = (name: string): Promise<ExplainAnswer> =>
      graph.explain(PUT, { name, age: 1 }, { analyze: true });
    expect((await put("new")).touches).toEqual([
      { kind: "node", type: "Person", inserted: 1, updated: 0, deleted: 0 },
    ]);
    const replaced = await put("p1");
    expect(replaced.touches).toEqual([{ kind: "node", type: "Person", inserted: 0, updated: 1, deleted: 0 }]);
    expect(replaced).toMatchObject({ kind: "mutation", commit: head, totals: { rows: 1, diskBytes: 0 } });
    expect(replaced.steps.map(({ operator, actual }) => [operator, actual?.rows])).toEqual([
      ["insert", 1],
      ["check", 1],
    ]);
    expect(replaced.totals?.memoryBytes).toBeGreaterThan(0);
    expect((await graph.commits.list({ limit: 1 }))[0]?.id).toBe(head);
    await expect(
      graph.explain('insert Knows { from: "p1", to: "nobody" }', null, { analyze: true }),
    ).rejects.toMatchObject({ reason: "endpoint_missing" });
  });

  it("a large mutation, whose tables would be staged, leaves nothing behind", async () => {
    const uri = await people();
    await using graph = await Omnigraph.open(uri, { inlineRows: 2, maintenance: "off" });
    const files = (): readonly string[] => readdirSync(uri, { recursive: true, encoding: "utf8" }).toSorted();
    const before = files();
    const { totals, touches } = await graph.explain("delete Person where age >= 0", null, { analyze: true });
    expect(totals?.rows).toBe(PEOPLE * 4);
    expect(touches?.map(({ type, deleted }) => [type, deleted])).toEqual([
      ["Person", PEOPLE],
      ["Knows", PEOPLE * 3],
    ]);
    expect(files()).toEqual(before);
  });

  it("what a mutation would do to an earlier commit is told as well", async () => {
    await using graph = await Omnigraph.open(await people());
    const before = (await graph.commits.list({ limit: 1 }))[0]?.id ?? "";
    await graph.mutate('delete Person where name = "p1"');
    const erase = 'delete Person where name = "p1"';
    const rows = async (at?: string): Promise<number | undefined> =>
      (await graph.explain(erase, null, { analyze: true, ...(at === undefined ? {} : { at }) })).totals?.rows;
    expect(await rows()).toBe(0);
    expect(await rows(before)).toBe(7);
  });
});

it("a search reads terms, its rankings are conditions and orders, and a fusion ranks before the other steps", async () => {
  await using graph = await Omnigraph.open(await people());
  const text =
    'query best($w: String) { match { $p: Person search($p.about, "word") $p knows $q } return { $q.name } order { rrf(bm25($p.about, $w), bm25($p.name, $w)) } limit 2 }';
  const { steps, inputs } = await graph.explain(text, { w: "7 word" }, { analyze: true });
  expect(steps.map(({ operator, text: words, conditions }) => [operator, words, conditions])).toEqual([
    ["rank", "rrf(bm25($p.about, $w), bm25($p.name, $w))", ["the first 2 of each ranking"]],
    [
      "scan",
      "$p: Person",
      ['where search($p.about, "word")', "where rrf(bm25($p.about, $w), bm25($p.name, $w)) > 0"],
    ],
    ["expand", "$p Knows out $q", []],
    ["top", "$q.name", ["order rrf(bm25($p.about, $w), bm25($p.name, $w)) desc", "limit 2"]],
  ]);
  expect(steps[0]?.steps.map(({ operator, actual }) => [operator, actual?.rows])).toEqual([["scan", PEOPLE]]);
  expect(steps.at(-1)?.actual?.rows).toBe(2);
  expect(
    inputs.flatMap(({ part, property, place }) => (part === "terms" ? [[property, place]] : [])),
  ).toEqual([
    ["about", "memory"],
    ["name", "memory"],
  ]);
});
