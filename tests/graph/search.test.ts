import { join } from "node:path";
import { isError } from "@omnigraph/base";
import { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { testFolder } from "../support/running/folders.ts";
import { s3Bucket } from "../support/stores/s3-environment.ts";

const SCHEMA = `node Note { slug: String @key  text: String @index  vec: Vector(2)? @index }
edge Cites: Note -> Note { why: String? }
`;
const WORDS = [
  "tide",
  "harbour",
  "merge",
  "branch",
  "ocean",
  "currents",
  "réseau",
  "東京都",
  "running",
  "the",
];
/** Texts of so many notes are larger than an eighth of a MiB. */
const NOTES = 1500;

const FOUND =
  "query q($w: String) { match { $n: Note search($n.text, $w) } return { $n.slug } order { $n.slug } limit 40 }";
const BEST =
  "query q($w: String) { match { $n: Note } return { $n.slug, bm25($n.text, $w) as score } order { score } limit 12 }";
const NEAR = "query q() { match { $n: Note } return { $n.slug } order { nearest($n.vec, [3, 4]) } limit 12 }";
const FUSED =
  "query q($w: String) { match { $n: Note } return { $n.slug } order { rrf(bm25($n.text, $w), nearest($n.vec, [3, 4])) } limit 12 }";
const FUZZY = "query q($w: String) { match { $n: Note fuzzy($n.text, $w, 1) } return { count($n) as n } }";
const WRITE = "query w($s: String, $t: String) { insert Note { slug: $s, text: $t, vec: [3, 4] } }";
const REMOVE = "query d($s: String) { delete Note where slug = $s }";

const folder = testFolder("search");
const bucket = s3Bucket();

function notes(): readonly object[] {
  return Array.from({ length: NOTES }, (_, i) => ({
    type: "Note",
    data: {
      slug: `n${String(i).padStart(4, "0")}`,
      text: Array.from({ length: 14 }, (__, k) => WORDS[(i * 7 + k * k * (1 + (i % 5))) % WORDS.length]).join(
        " ",
      ),
      vec: i % 4 === 0 ? null : [i % 7, i % 11],
    },
  }));
}

/** What a graph answers to every kind of search. */
async function searched(graph: Omnigraph, branch = "main"): Promise<readonly unknown[]> {
  const answers: unknown[] = [];
  for (const text of [FOUND, BEST, NEAR, FUSED, FUZZY]) {
    for (const w of ["tides merging", "reseaux", "東京", "zebra"])
      answers.push([text, w, (await graph.query(text, { w }, { branch })).rows]);
  }
  return answers;
}

async function slugs(graph: Omnigraph, w: string, branch = "main"): Promise<readonly unknown[]> {
  return (await graph.query(FOUND, { w }, { branch })).rows.map((row) => row["n.slug"]);
}

describe.each([
  ["a local folder", () => join(folder, "notes.omni")],
  ["memory", () => "memory://searched"],
  ["S3", () => `s3://${bucket()}/search/notes.omni`],
])("searching a graph in %s", (_, uri) => {
  it("rows are found by the texts that they have at a commit, however they came to them and wherever they are read from", async () => {
    const graph = await Omnigraph.init(uri(), { schema: SCHEMA });
    await graph.load(notes(), { mode: "append" });
    const before = await searched(graph);
    expect(await slugs(graph, "zebra")).toEqual([]);
    const { id } = (await graph.mutate(WRITE, { s: "n0001", t: "A zebra at the ocean" })).commit!;
    await graph.mutate(WRITE, { s: "new", t: "Zebras" });
    expect(await slugs(graph, "zebra")).toEqual(["n0001", "new"]);
    await graph.branches.create("draft");
    await graph.mutate(REMOVE, { s: "n0001" }, { branch: "draft" });
    await graph.mutate(WRITE, { s: "n0001", t: "back again" }, { branch: "draft" });
    expect(await slugs(graph, "zebra", "draft")).toEqual(["new"]);
    expect(await slugs(graph, "zebra ocean harbour", "draft")).not.toContain("n0001");
    expect(await slugs(graph, "zebra")).toEqual(["n0001", "new"]);
    const now = await searched(graph);
    const draft = await searched(graph, "draft");
    expect(now).not.toEqual(before);
    expect((await graph.query(FOUND, { w: "zebra" }, { at: id })).rows).toEqual([{ "n.slug": "n0001" }]);
    await graph.maintenance.optimize();
    expect(await searched(graph)).toEqual(now);
    expect(await searched(graph, "draft")).toEqual(draft);
    const places: unknown[] = [];
    for (const memory of [2 ** 20, 2 ** 30]) {
      const reader = await Omnigraph.open(uri(), { readOnly: true, memory });
      expect(await searched(reader), `main with ${memory}`).toEqual(now);
      expect(await searched(reader, "draft"), `draft with ${memory}`).toEqual(draft);
      const { inputs } = await reader.explain(BEST, { w: "tide" });
      places.push(inputs.find(({ part }) => part === "terms")?.place);
      await reader.close();
    }
    expect(places).toEqual(["pages", "memory"]);
    await graph.close();
  });
});

it("a property is searched under the schema of then: renamed, added with a default, and what was there before it", async () => {
  await using graph = await Omnigraph.init("memory://search-schema", { schema: SCHEMA });
  await graph.load(notes().slice(0, 5), { mode: "append" });
  await graph.mutate(WRITE, { s: "z", t: "zebra" });
  expect(await slugs(graph, "zebra")).toEqual(["z"]);
  const schema = (await graph.schema.show())
    .replace("text: String", 'body: String @rename_from("text")')
    .replace("vec:", 'title: String @default("untitled")\n  vec:');
  await graph.schema.apply(schema);
  const found = async (property: string, w: string): Promise<readonly unknown[]> => {
    const text = `query q($w: String) { match { $n: Note search($n.${property}, $w) } return { $n.slug } order { $n.slug } }`;
    return (await graph.query(text, { w })).rows.map((row) => row["n.slug"]);
  };
  expect(await found("body", "zebras")).toEqual(["z"]);
  expect(await found("title", "untitled")).toHaveLength(6);
  await graph.mutate('query w() { update Note set { title: "stripes" } where slug = "z" }');
  expect(await found("title", "untitled")).toHaveLength(5);
  expect(await found("title", "stripe")).toEqual(["z"]);
  const best =
    'query q() { match { $n: Note } return { $n.slug } order { bm25($n.title, "stripes untitled") } limit 2 }';
  expect((await graph.query(best)).rows).toEqual([{ "n.slug": "z" }, { "n.slug": "n0000" }]);
});

describe("what a search is given", () => {
  it.each([
    ["search($n.text, $q)", { q: null }],
    ["not search($n.text, $q)", { q: null }],
    ["fuzzy($n.text, $q, $e)", { q: null, e: 1 }],
  ])("%s of nothing finds nothing", async (condition, parameters) => {
    await using graph = await Omnigraph.init(`memory://search-nothing-${condition.length}`, {
      schema: SCHEMA,
    });
    await graph.load(notes().slice(0, 3), { mode: "append" });
    const text = `query q($q: String?, $e: I32?) { match { $n: Note ${condition} } return { $n.slug } }`;
    expect((await graph.query(text, parameters)).rows).toEqual([]);
  });

  it.each([
    [
      'match { $n: Note fuzzy($n.text, "x", $k) } return { $n.slug }',
      -1,
      "parameter $k (I32) is -1: give a whole number from 0",
    ],
    [
      'match { $n: Note } return { $n.slug } order { rrf(bm25($n.text, "x"), nearest($n.vec, [1, 2]), $k) } limit 1',
      0,
      "parameter $k (I32) is 0: give a whole number from 1",
    ],
  ])("%s is refused with %i", async (text, k, message) => {
    await using graph = await Omnigraph.init(`memory://search-refused-${k}`, { schema: SCHEMA });
    const asked = graph.query(`query q($k: I32) { ${text} }`, { k });
    await expect(asked).rejects.toThrow(
      expect.toSatisfy((error) => isError(error, "parameter_invalid") && String(error).includes(message)),
    );
  });

  it("a text for nearest is refused with a remedy, before anything is read", async () => {
    await using graph = await Omnigraph.init("memory://search-embedded", { schema: SCHEMA });
    const text =
      'query q() { match { $n: Note } return { $n.slug } order { nearest($n.vec, "tides") } limit 1 }';
    await expect(graph.query(text)).rejects.toThrow(
      expect.toSatisfy((error) => isError(error, "not_available") && String(error).includes("Vector(2)")),
    );
  });
});
