import { join } from "node:path";
import { systemEnvironment } from "@omnigraph/base";
import { openBackend } from "@omnigraph/storage";
import { Omnigraph, type QueryAnswer } from "omnigraph";
import { describe, expect, it } from "vitest";
import { COMPANY_DATA, COMPANY_QUERIES, COMPANY_SCHEMA } from "../support/graphs/company.ts";
import { testFolder } from "../support/running/folders.ts";
import { s3Bucket } from "../support/stores/s3-environment.ts";
import { textIn } from "../support/models/feed-model.ts";

const folder = testFolder("backends");
const bucket = s3Bucket();

const people = (graph: Omnigraph): Promise<QueryAnswer> =>
  graph.query(COMPANY_QUERIES, {}, { name: "people" });
const slugs = ({ rows }: QueryAnswer): unknown[] => rows.map((row) => row["p.slug"]);

const exported = (graph: Omnigraph, types?: readonly string[]): Promise<string> =>
  textIn(graph.export(types === undefined ? {} : { types }));

const BACKENDS: readonly (readonly [string, () => string])[] = [
  ["a local folder", () => join(folder, "a graph%20.omni")],
  ["memory", () => "memory://backends"],
  ["S3", () => `s3://${bucket()}/some/graph.omni`],
];

describe.each(BACKENDS)("a graph in %s", (_name, uriOf) => {
  it("a repeated merge deletes the branch that was merged, and not another of its name at the merged commit", async () => {
    await using graph = await Omnigraph.init(`${uriOf()}-merged`, {
      schema: "node Place { name: String @key }",
    });
    const add = (name: string, branch: string): Promise<unknown> =>
      graph.mutate(`query q() { insert Place { name: "${name}" } }`, {}, { branch });
    const named = async (): Promise<string[]> => (await graph.branches.list()).map(({ name }) => name);
    const asked = { op: "land", deleteBranch: true };
    await graph.branches.create("draft");
    await add("a", "draft");
    // As if the first call had died before it deleted the branch.
    const { commit } = await graph.branches.merge("draft", { op: "land" });
    expect(await graph.branches.merge("draft", asked)).toMatchObject({ commit, branchDeleted: true });
    expect(await named()).toEqual(["main"]);
    await graph.branches.create("draft", { from: commit?.mergedParent ?? "" });
    expect(await graph.branches.merge("draft", asked)).toMatchObject({
      commit,
      branchDeleted: false,
      branchDeleteError: expect.stringContaining("another branch"),
    });
    expect(await named()).toEqual(["draft", "main"]);
  });

  it("a graph is made, loaded, queried, changed, exported and opened again", async () => {
    const uri = uriOf();
    await using graph = await Omnigraph.init(uri, { schema: COMPANY_SCHEMA, actor: "maker" });
    await expect(Omnigraph.init(uri, { schema: "node Other { a: I32 }" })).rejects.toMatchObject({
      reason: "graph_exists",
    });
    const loaded = await graph.load(COMPANY_DATA, { mode: "append", message: "the first people" });
    expect(loaded).toMatchObject({
      branch: "main",
      nodes: [
        { name: "Person", entities: 3 },
        { name: "City", entities: 1 },
      ],
      commit: { depth: 2, actor: "maker", message: "the first people", kind: "load", mergedParent: null },
    });
    const asked = await people(graph);
    expect(slugs(asked)).toEqual(["ada", "bo", "cy"]);
    expect(asked).toMatchObject({ branch: "main", snapshot: null, commit: loaded.commit.id, sums: [] });

    const prepared = await graph.prepare(COMPANY_QUERIES, { name: "person" });
    expect(prepared.columns).toEqual(["name"]);
    expect((await prepared.run({ slug: "cy" })).rows).toEqual([{ name: "Cy" }]);
    const renamed = await graph.mutate(
      COMPANY_QUERIES,
      { slug: "cy", name: "Cyd" },
      { name: "rename", actor: "eve" },
    );
    expect(renamed).toMatchObject({ affectedNodes: 1, affectedEdges: 0, actor: "eve", commit: { depth: 3 } });
    expect((await prepared.run({ slug: "cy" })).rows).toEqual([{ name: "Cyd" }]);
    expect((await prepared.run({ slug: "cy" }, { at: loaded.commit.id })).rows).toEqual([{ name: "Cy" }]);

    const gone = await graph.mutate(COMPANY_QUERIES, { slug: "bo" }, { name: "remove" });
    expect(gone).toMatchObject({ affectedNodes: 1, affectedEdges: 2 });
    const { datasets } = await graph.snapshot();
    expect(datasets.map(({ typeName, count }) => [typeName, count])).toEqual([
      ["Likes", 0],
      ["LivesIn", 0],
      ["City", 1],
      ["Person", 2],
    ]);
    const list = await graph.commits.list();
    expect(list.map(({ depth }) => depth)).toEqual([4, 3, 2, 1]);
    expect(list.slice(1).map(({ id }) => id)).toEqual(list.slice(0, -1).map(({ parent }) => parent));
    expect(await graph.commits.show(loaded.commit.id)).toEqual(loaded.commit);
    expect(await graph.schema.show()).toBe(COMPANY_SCHEMA);

    await using again = await Omnigraph.open(uri, { readOnly: true });
    expect(await exported(again)).toBe(await exported(graph));
    expect(await exported(again, ["City"])).toBe(
      '{"type":"City","data":{"id":"rome","name":"Rome","slug":"rome"}}\n',
    );
    expect(await again.commits.list()).toEqual(list);
    await expect(again.load("", { mode: "append" })).rejects.toMatchObject({ reason: "read_only" });
    await expect(
      again.mutate(COMPANY_QUERIES, { slug: "x", name: "X" }, { name: "add" }),
    ).rejects.toMatchObject({ reason: "read_only" });
  });

  it("staged tables are adopted in every mode, whatever their columns hold", async () => {
    const uri = `${uriOf()}.staged`;
    await using graph = await Omnigraph.init(uri, {
      schema: `node Thing { slug: String @key  flag: Bool?  flags: [Bool]?  n: I64?  f: F32?  day: Date?  at: DateTime?  words: [String]?  v: Vector(3)?  kind: enum(a, b)? }
edge Next: Thing -> Thing { weight: F64?  sure: Bool? }`,
      inlineRows: 10,
    });
    const things = Array.from({ length: 40 }, (_, i) => `{"type":"Thing","data":{"slug":"t${i}"}}`);
    const edges = Array.from({ length: 20 }, (_, i) => `{"edge":"Next","from":"t${i}","to":"t${i + 1}"}`);
    await graph.load([...edges, ...things].join("\n"), { mode: "append" });
    const [staged] = (await graph.snapshot()).datasets.filter(({ typeName }) => typeName === "Thing");
    expect(staged).toMatchObject({ count: 40 });
    expect(staged?.path).toMatch(/^tables\/.+/);
    const full = Array.from(
      { length: 20 },
      (_, i) =>
        `{"type":"Thing","data":{"slug":"t${i}","flag":${i % 2 === 0},"flags":[true,false],"n":-9223372036854775808,"f":0.1,"day":"0001-01-01","at":"2026-01-01T00:00:00.001Z","words":["a",""],"v":[1,2,3],"kind":"b"}}`,
    );
    await graph.load(full.join("\n"), { mode: "merge" });
    await graph.mutate('query q() { delete Thing where slug = "t0" }');
    const text = await exported(graph);
    expect(text.trimEnd().split("\n")).toHaveLength(39 + 19);
    expect(text).toContain(
      '{"type":"Thing","data":{"id":"t1","at":1767225600001,"day":-719162,"f":0.1,"flag":false,"flags":[true,false],"kind":"b","n":-9223372036854775808,"slug":"t1","v":[1,2,3],"words":["a",""]}}',
    );
    await using again = await Omnigraph.open(uri);
    expect(await exported(again)).toBe(text);
    const counted =
      'query q() { match { $a: Thing { slug: "t3" } $a next{1,5} $b } return { count($b) as n } }';
    expect((await again.query(counted)).rows).toEqual([{ n: 5 }]);
    await again.load(things.slice(0, 5).join("\n"), { mode: "overwrite" }).then(
      () => expect.fail("edges would have lost their ends"),
      (error: unknown) => expect(error).toMatchObject({ reason: "load_invalid" }),
    );
    await again.load([...things, ...edges].join("\n"), { mode: "overwrite" });
    await graph.query(counted);
    expect((await graph.snapshot()).datasets.map(({ count }) => count)).toEqual([20, 40]);
  });

  it("tables are kept under any name under which a graph can be opened", async () => {
    for (const name of [
      "a b",
      "ä\u0301 \u{1f418}",
      "100%41 %zz",
      "a+b&c=d#e?f",
      "\u0085\u2028\ufeff",
      "..x",
      "*[a]~'\"",
    ]) {
      const uri = `${uriOf()}.${name}`;
      if (uri.startsWith("s3:") && /[^ -~]/.test(name)) {
        await expect(Omnigraph.init(uri, { schema: COMPANY_SCHEMA })).rejects.toMatchObject({
          reason: "store_uri_invalid",
          message: expect.stringContaining("printable ASCII"),
        });
        continue;
      }
      await using graph = await Omnigraph.init(uri, {
        schema: COMPANY_SCHEMA,
        inlineRows: 0,
      });
      await graph.load(COMPANY_DATA, { mode: "append" });
      await using again = await Omnigraph.open(uri);
      expect(slugs(await people(again)), name).toEqual(["ada", "bo", "cy"]);
      const { objects: store } = await openBackend(uri, systemEnvironment);
      const tables = (await store.list("tables/")).filter(({ key }) => key.includes(".lance/"));
      expect(tables.length > 0, name).toBe(!uri.startsWith("memory:"));
      await store.close();
    }
  });

  it("odd and large values read back unchanged", async () => {
    await using graph = await Omnigraph.init(`${uriOf()}.odd`, {
      schema: "node Odd { slug: String @key  text: String?  u: U64?  i: I64?  d: F64?  list: [String]? }",
    });
    const add =
      "query add($slug: String, $text: String?, $u: U64?, $i: I64?, $d: F64?, $list: [String]?) { insert Odd { slug: $slug, text: $text, u: $u, i: $i, d: $d, list: $list } }";
    const one =
      "query one($slug: String) { match { $o: Odd { slug: $slug } } return { $o.text, $o.u, $o.i, $o.d, $o.list } }";
    const values: [string, Record<string, unknown>][] = [
      ["ends", { text: "", u: 18446744073709551615n, i: "-9223372036854775808", d: 5e-324, list: [] }],
      [
        "'quotes\" and \\ / % \0",
        { text: "\0\n\r\t\u2028\u{1f600}", u: 0, i: 0, d: -0, list: ["", " ", '"'] },
      ],
      [
        "k".repeat(2000),
        { text: "ä".repeat(1_000_000), u: 1, i: -1, d: 1.7976931348623157e308, list: Array(500).fill("x") },
      ],
      ["e\u0301", { text: "decomposed", u: 2n, i: 2n ** 53n + 1n, d: 0.1, list: ["é"] }],
      ["\u00e9", { text: "composed", u: null, i: null, d: null, list: null }],
    ];
    for (const [slug, value] of values) await graph.mutate(add, { slug, ...value });
    const json = (value: unknown): unknown =>
      typeof value === "string" && /^-?\d{18,}$/.test(value) ? BigInt(value) : value;
    for (const [slug, { text, u, i, d, list }] of values) {
      const narrow = (v: unknown): unknown =>
        typeof v === "bigint" && Number.isSafeInteger(Number(v)) ? Number(v) : json(v);
      expect((await graph.query(one, { slug })).rows, slug.slice(0, 20)).toStrictEqual([
        { "o.text": text, "o.u": narrow(u), "o.i": narrow(i), "o.d": d, "o.list": list },
      ]);
    }
    for (const bad of [
      { u: -1 },
      { u: 2n ** 64n },
      { i: "9223372036854775808" },
      { i: 1.5 },
      { d: "x" },
      { list: "x" },
    ])
      await expect(graph.mutate(add, { slug: "bad", ...bad })).rejects.toMatchObject({
        reason: "parameter_invalid",
      });
    expect((await graph.snapshot()).datasets).toMatchObject([{ count: values.length }]);
  });
});
