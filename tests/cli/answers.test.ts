import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { COMMIT_ID, jsonIn, ok, run } from "../support/cli/cli.ts";
import { COMPANY_DATA, COMPANY_QUERIES, COMPANY_SCHEMA } from "../support/graphs/company.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("answers");
const id: unknown = expect.stringMatching(COMMIT_ID);
const micros: unknown = expect.toSatisfy((n: unknown) => Number.isSafeInteger(n) && Number(n) > 1.7e15);

/** A commit as JSON shows it, with what a test knows of it. */
const commit = (known: object): object => ({
  graph_commit_id: id,
  graph_branch: null,
  graph_manifest_version: expect.any(Number),
  parent_commit_id: id,
  merged_parent_commit_id: null,
  actor_id: null,
  created_at: micros,
  message: null,
  kind: "mutation",
  depth: expect.any(Number),
  ...known,
});

const json = jsonIn(cwd);
const names = (value: object): string[] => Object.keys(value);

beforeAll(async () => {
  writeFileSync(join(cwd, "schema.pg"), COMPANY_SCHEMA);
  writeFileSync(join(cwd, "data.jsonl"), COMPANY_DATA);
  writeFileSync(join(cwd, "all.gq"), COMPANY_QUERIES);
  expect(await ok(["init", "--schema", "schema.pg", "c.omni"], { cwd })).toBe("initialized c.omni\n");
  expect(await json("load", "--data", "data.jsonl", "--mode", "overwrite", "c.omni")).toStrictEqual({
    uri: "c.omni",
    branch: "main",
    mode: "overwrite",
    branch_created: false,
    nodes: [
      { name: "Person", entities_loaded: 3 },
      { name: "City", entities_loaded: 1 },
    ],
    edges: [
      { name: "Likes", entities_loaded: 1 },
      { name: "LivesIn", entities_loaded: 1 },
    ],
    total_entities: 6,
    commit: commit({ graph_manifest_version: 2, kind: "load", depth: 2 }),
  });
});

const people = ["query", "--store", "c.omni", "--query", "all.gq", "people"];

describe("answers as JSON", () => {
  it("the JSON of a read has target, columns, rows and commit", async () => {
    const answer = await json(...people);
    expect(answer).toStrictEqual({
      query_name: "people",
      target: { branch: "main", snapshot: null },
      row_count: 3,
      columns: ["p.slug", "p.name", "p.age"],
      rows: [
        { "p.slug": "ada", "p.name": "Ada", "p.age": 36 },
        { "p.slug": "bo", "p.name": 'Bo, "the" 2nd', "p.age": 5 },
        { "p.slug": "cy", "p.name": "Cy", "p.age": null },
      ],
      graph_commit_id: id,
    });
    expect(names(answer)).toEqual([
      "query_name",
      "target",
      "row_count",
      "columns",
      "rows",
      "graph_commit_id",
    ]);
    const at = String(answer["graph_commit_id"]);
    const before = await json(...people, "--snapshot", at);
    expect(before).toStrictEqual({ ...answer, target: { branch: null, snapshot: at } });
  });

  it("the JSON of a read has every kind of value, and all digits of 64-bit integers", async () => {
    const out = await ok(["read", "values", "--store", "c.omni", "--query", "all.gq", "--json"], { cwd });
    expect(out).toContain('"p.serial": 9007199254740993,');
    expect(JSON.parse(out).rows).toStrictEqual([
      {
        p: "ada",
        "p.serial": expect.any(Number),
        "p.born": "1815-12-10",
        "p.seen": "2026-01-31T08:30:00.000Z",
        "p.tags": ["x", "y"],
        "p.active": true,
      },
    ]);
  });

  it("writes, commits and a write that finds nothing have their JSON", async () => {
    const add = ["mutate", "add", "--store", "c.omni", "--query", "all.gq", "--as", "ann"];
    const added = await json(...add, "--params", '{"slug": "di", "name": "Di"}');
    const made = commit({ actor_id: "ann", graph_manifest_version: 3 });
    expect(added).toStrictEqual({
      branch: "main",
      query_name: "add",
      affected_nodes: 1,
      affected_edges: 0,
      actor_id: "ann",
      commit: made,
    });
    const { commits } = await json("commit", "list", "c.omni");
    expect(commits).toStrictEqual([
      added["commit"],
      commit({ graph_manifest_version: 2, kind: "load" }),
      commit({ graph_manifest_version: 1, parent_commit_id: null, kind: "genesis" }),
    ]);
    const newest = (added["commit"] as { graph_commit_id: string }).graph_commit_id;
    expect(await json("commit", "show", newest, "--uri", "c.omni")).toStrictEqual(added["commit"]);
    expect(await json("commit", "list", "c.omni", "--limit", "1")).toStrictEqual({
      commits: [added["commit"]],
      next_page_token: expect.any(String),
    });
    const nothing = ["change", "remove", "--store", "c.omni", "--query", "all.gq"];
    expect(await json(...nothing, "--params", '{"slug": "nobody"}')).toStrictEqual({
      branch: "main",
      query_name: "remove",
      affected_nodes: 0,
      affected_edges: 0,
      actor_id: null,
      commit: null,
    });
    expect(await json("mutate", "remove", ...nothing.slice(2), "--params", '{"slug": "di"}')).toMatchObject({
      affected_nodes: 1,
    });
  });

  it("a snapshot and the schema have their JSON", async () => {
    const dataset = (kind: string, name: string, count: number): object => ({
      entity_kind: kind,
      type_name: name,
      dataset_path: expect.any(String),
      published_dataset_version: expect.any(Number),
      native_dataset_branch: null,
      entity_count: count,
    });
    expect(await json("snapshot", "--store", "c.omni")).toStrictEqual({
      graph_branch: "main",
      graph_manifest_version: expect.any(Number),
      internal_schema_version: expect.any(Number),
      datasets: [
        dataset("edge", "Likes", 1),
        dataset("edge", "LivesIn", 1),
        dataset("node", "City", 1),
        dataset("node", "Person", 3),
      ],
    });
    expect(await json("schema", "show", "c.omni")).toStrictEqual({ schema_source: COMPANY_SCHEMA });
    expect(await ok(["schema", "show", "c.omni"], { cwd })).toBe(COMPANY_SCHEMA);
  });

  it("the JSON of lint has for each query its kind, result columns and types, whatever the outcome", async () => {
    const report = await json("lint", "--schema", "schema.pg", "--query", "all.gq");
    const { results, ...head } = report;
    expect(head).toStrictEqual({
      status: "ok",
      schema_source: { kind: "file", path: "schema.pg" },
      query_path: "all.gq",
      queries_processed: 6,
      errors: 0,
      warnings: expect.any(Number),
      infos: 0,
      ...(report["findings"] === undefined ? {} : { findings: expect.any(Array) }),
    });
    expect((results as object[])[0]).toStrictEqual({
      name: "people",
      kind: "read",
      status: "ok",
      operation: {
        result: [
          { name: "slug", kind: "string", nullable: false },
          { name: "name", kind: "string", nullable: false },
          { name: "age", kind: "int", nullable: true },
        ],
        reads: [{ kind: "node", type_name: "Person" }],
        writes: [],
      },
    });
    writeFileSync(join(cwd, "bad.gq"), "query bad() { match { $p: Persn } return { $p.name } }");
    const bad = await run(["check", "--query", "bad.gq", "--store", "c.omni", "--json"], { cwd });
    expect([bad.status, bad.err]).toEqual([1, ""]);
    expect(JSON.parse(bad.out)).toMatchObject({
      status: "error",
      errors: 1,
      schema_source: { kind: "graph", path: "c.omni" },
      results: [{ name: "bad", status: "error" }],
    });
    expect(bad.out).toContain("T1");
    const told = await run(["lint", "--query", "bad.gq", "c.omni"], { cwd });
    expect([told.status, told.err]).toEqual([1, ""]);
    expect(told.out).toMatch(/^bad\.gq:1:2\d: error\[T1\]: .*Persn/);
    expect(told.out).toContain("Did you mean `Person`?");
    expect(told.out).toMatch(/\n1 query, 1 error, 0 warnings\n$/);
  });
});

describe("what is amiss with a call that goes well", () => {
  it("warnings are printed on standard error for people, and are a member of the answer for programs", async () => {
    const asked = ["query", "person", "--store", "c.omni", "--query", "all.gq"];
    const given = ["--params", '{"slug":"bo","slgu":"x"}'];
    const told = await run([...asked, ...given], { cwd });
    expect([told.status, told.err]).toEqual([
      0,
      "warning: the query declares no parameter `$slgu`; what is given for it is ignored. Did you mean `$slug`?\n",
    ]);
    const silent = await run([...asked, ...given, "--json"], { cwd });
    expect(silent.err).toBe("");
    expect(JSON.parse(silent.out)).toMatchObject({
      row_count: 1,
      warnings: [expect.stringContaining("slgu")],
    });
    expect(await json(...asked, "--params", '{"slug":"bo"}')).not.toHaveProperty("warnings");
    const change = ["mutate", "--store", "c.omni", "-e", 'delete Person where slug = "nobody"'];
    expect(await json(...change, "--params", '{"n":1}')).toMatchObject({
      query_name: "mutation",
      warnings: [expect.stringContaining("`$n`")],
    });
  });

  it("the warnings of the query itself are told once, and before those of the parameters", async () => {
    const text = 'query q($n: String) { match { $p: Person { slug: "bo" } $p likes $f } return { $p.slug } }';
    const unused = [
      "the parameter `$n` is used nowhere (Q-UNUSED-PARAMETER at line 1, column 9). Take it out of the query's head, or use it.",
      expect.stringMatching(
        /^`\$f` is bound and used nowhere else \(Q-UNUSED-VARIABLE at line 1, column \d+\)\. Use it/u,
      ),
    ];
    const asked = ["query", "--store", "c.omni", "-e", text, "--params", '{"n":"x","m":1}'];
    const told = await run(asked, { cwd });
    expect([told.status, told.err.split("\n").map((line) => line.replace(/^warning: /u, ""))]).toEqual([
      0,
      [...unused, expect.stringContaining("`$m`"), ""],
    ]);
    expect((await json(...asked)).warnings).toEqual([...unused, expect.stringContaining("`$m`")]);
    const change = ["mutate", "--store", "c.omni", "-e"];
    const removal = 'query m($n: String) { delete Person where slug = "nobody" }';
    expect(await json(...change, removal, "--params", '{"n":"x"}')).toMatchObject({ warnings: [unused[0]] });
    const fixed = 'query m() { delete Person where slug = "nobody" }';
    expect(await json(...change, fixed)).not.toHaveProperty("warnings");
  });

  it("misspelt annotations of a schema are warnings of init and lint, each with its place", async () => {
    writeFileSync(join(cwd, "near.pg"), 'node P {\n  a: String @key @descripton("x")\n}\n');
    writeFileSync(join(cwd, "near.gq"), "query q() { match { $p: P } return { $p.a } }\n");
    const warning =
      /^near\.pg:2:18: warning\[S-ANNOTATION-MISSPELT\]: .*\n.*\n.*\n {2}help: Did you mean `@description/u;
    const made = await run(["init", "--schema", "near.pg", "near.omni"], { cwd });
    expect([made.status, made.out]).toEqual([0, "initialized near.omni\n"]);
    expect(made.err).toMatch(warning);
    expect(await json("init", "--schema", "near.pg", "near2.omni")).toMatchObject({
      initialized: true,
      warnings: [{ code: "S-ANNOTATION-MISSPELT", line: 2, column: 18 }],
    });
    const lint = ["lint", "--schema", "near.pg", "--query", "near.gq"];
    const told = await ok(lint, { cwd });
    expect(told).toMatch(warning);
    expect(told).toMatch(/\n1 query, 0 errors, 1 warning\n$/u);
    expect(await json(...lint)).toMatchObject({
      status: "ok",
      warnings: 1,
      findings: [],
      schema_warnings: [{ code: "S-ANNOTATION-MISSPELT", severity: "warning" }],
    });
  });

  it("a diagnostic looks the same in lint and query, and a broken schema is shown with its place", async () => {
    writeFileSync(join(cwd, "wrong.gq"), "query q() {\n  match { $p: Persn } return { $p.name }\n}\n");
    const form =
      /wrong\.gq:2:15: error\[T1\]: .*\n {2}2 \| .*\n {4}\| +\^{5}\n {2}help: Did you mean `Person`\?/u;
    expect((await run(["lint", "--query", "wrong.gq", "c.omni"], { cwd })).out).toMatch(form);
    const { err } = await run(["query", "--query", "wrong.gq", "--store", "c.omni"], { cwd });
    expect(err).toMatch(form);
    expect(err.match(/help: /gu)).toHaveLength(1);
    writeFileSync(join(cwd, "broken.pg"), "node P {\n  a: Strng\n}\n");
    const broken =
      /broken\.pg:2:6: error\[S-TYPE-UNKNOWN\]: .*\n {2}2 \| .*\n.*\n {2}help: Did you mean `String`\?/u;
    const linted = await run(["lint", "--schema", "broken.pg", "--query", "wrong.gq"], { cwd });
    expect(linted.err).toMatch(broken);
    expect((await run(["init", "--schema", "broken.pg", "no.omni"], { cwd })).err).toMatch(broken);
  });
});

describe("answers for people and for pipes", () => {
  it("an answer is printed as a table, byte for byte", async () => {
    expect(await ok(people, { cwd })).toBe(
      [
        "3 rows from branch main via people",
        "p.slug | p.name        | p.age",
        "-------+---------------+------",
        "ada    | Ada           |    36",
        'bo     | Bo, "the" 2nd |     5',
        "cy     | Cy            |  null",
        "",
      ].join("\n"),
    );
    const none = ["query", "person", "--store", "c.omni", "--query", "all.gq", "--params", '{"slug":"?"}'];
    expect(await ok(none, { cwd })).toBe("0 rows from branch main via person\n");
  });

  it("an answer is printed as keys and values, byte for byte", async () => {
    expect(await ok([...people, "--format", "kv"], { cwd })).toBe(
      [
        "3 rows from branch main via people",
        "row 1\np.slug: ada\np.name: Ada\np.age: 36\n",
        'row 2\np.slug: bo\np.name: Bo, "the" 2nd\np.age: 5\n',
        "row 3\np.slug: cy\np.name: Cy\np.age: null\n",
      ].join("\n"),
    );
  });

  it("an answer is printed as CSV and as lines of JSON, byte for byte", async () => {
    expect(await ok([...people, "--format", "csv"], { cwd })).toBe(
      'p.slug,p.name,p.age\nada,Ada,36\nbo,"Bo, ""the"" 2nd",5\ncy,Cy,null\n',
    );
    expect(await ok([...people, "--format", "jsonl"], { cwd })).toBe(
      '{"kind":"metadata","query_name":"people","target":{"branch":"main","snapshot":null},"row_count":3}\n' +
        '{"p.slug":"ada","p.name":"Ada","p.age":36}\n' +
        '{"p.slug":"bo","p.name":"Bo, \\"the\\" 2nd","p.age":5}\n' +
        '{"p.slug":"cy","p.name":"Cy","p.age":null}\n',
    );
    expect(await ok([...people, "--format", "json"], { cwd })).toBe(await ok([...people, "--json"], { cwd }));
  });

  it("CSV tells null from the texts that look like it", async () => {
    const add = ["mutate", "add", "c.omni", "--query", "all.gq", "--quiet", "--params"];
    for (const [slug, name] of [
      ["n1", "null"],
      ["n2", ""],
      ["n3", "NULL"],
    ] as const)
      await ok([...add, JSON.stringify({ slug, name })], { cwd });
    const source =
      "query q() { match { $p: Person } return { $p.slug as slug, $p.name as name, $p.age as age } order { slug desc } limit 3 }";
    expect(await ok(["query", "c.omni", "-e", source, "--format", "csv"], { cwd })).toBe(
      'slug,name,age\nn3,NULL,null\nn2,"",null\nn1,"null",null\n',
    );
    for (const slug of ["n1", "n2", "n3"])
      await ok(["mutate", "remove", "c.omni", "--query", "all.gq", "--params", JSON.stringify({ slug })], {
        cwd,
      });
  });

  it("an export makes an equal graph, with dates as numbers", async () => {
    const exported = await ok(["export", "c.omni"], { cwd });
    const lines = exported.trimEnd().split("\n");
    expect(lines).toHaveLength(6);
    expect(lines).toContain(
      '{"type":"Person","data":{"id":"ada","active":true,"age":36,"born":-56270,"name":"Ada","seen":1769848200000,"serial":9007199254740993,"slug":"ada","tags":["x","y"]}}',
    );
    expect(await ok(["export", "--type", "City", "--type", "LivesIn", "c.omni"], { cwd })).toBe(
      lines.filter((line) => /"City"|"LivesIn"/.test(line)).join("\n") + "\n",
    );
    await ok(["init", "--schema", "schema.pg", "copy.omni"], { cwd });
    await ok(["load", "--data", "-", "--mode", "append", "copy.omni"], { cwd, input: exported });
    expect(await ok(["export", "copy.omni"], { cwd })).toBe(exported);
  });

  it("a sum beyond 2^53 has all digits, and is a decimal where a double holds it", async () => {
    writeFileSync(join(cwd, "sum.pg"), "node N { k: String @key  v: I64 }");
    await ok(["init", "--schema", "sum.pg", "sum.omni"], { cwd });
    const load = async (k: string, v: string): Promise<string> =>
      ok(["load", "--data", "-", "--mode", "merge", "sum.omni"], {
        cwd,
        input: `{"type":"N","data":{"k":"${k}","v":${v}}}`,
      });
    const source = "query q() { match { $n: N } return { sum($n.v) as s, max($n.v) as m } }";
    const sum = ["query", "--store", "sum.omni", "-e", source];
    await load("a", "9007199254740992");
    await load("b", "2");
    expect(await ok([...sum, "--json"], { cwd })).toContain(
      '"s": 9007199254740994.0,\n      "m": 9007199254740992\n',
    );
    await load("b", "3");
    expect(await ok([...sum, "--format", "jsonl"], { cwd })).toContain(
      '{"s":9007199254740995,"m":9007199254740992}\n',
    );
  });
});
