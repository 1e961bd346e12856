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
