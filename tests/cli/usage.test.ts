import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ok, run } from "../support/cli/cli.ts";
import { COMPANY_DATA, COMPANY_QUERIES, COMPANY_SCHEMA } from "../support/graphs/company.ts";
import { testFolder, treeOf } from "../support/running/folders.ts";

const cwd = testFolder("usage");
const query = ["query", "--store", "g.omni", "--query", "all.gq"];

beforeAll(async () => {
  mkdirSync(join(cwd, "folder"));
  writeFileSync(join(cwd, "schema.pg"), COMPANY_SCHEMA);
  writeFileSync(join(cwd, "data.jsonl"), COMPANY_DATA);
  writeFileSync(join(cwd, "people.jsonl"), '{"type":"Person","data":{"slug":"ada","name":"Ada"}}');
  writeFileSync(join(cwd, "all.gq"), COMPANY_QUERIES);
  await ok(["init", "--schema", "schema.pg", "g.omni"], { cwd });
});

describe("a command line that is wrong", () => {
  const ADA = '{"slug":"ada"}';
  it.each<[string, string[], RegExp]>([
    ["a command that is nearly one", ["quer"], /unknown command 'quer'[^]*Did you mean query\?/],
    ["no command of a group", ["commit"], /Usage: omnigraph commit/],
    ["a command of a group that is nearly one", ["commit", "lst"], /Did you mean list\?/],
    [
      "a flag that is nearly one",
      [...query, "people", "--forma", "csv"],
      /'--forma'[^]*Did you mean --format\?/,
    ],
    [
      "a flag that the command cannot use",
      ["snapshot", "g.omni", "--mode", "merge"],
      /unknown option '--mode'/,
    ],
    ["a write's flag on a read", [...query, "people", "--if-commit", "x"], /unknown option '--if-commit'/],
    ["a flag beside version", ["version", "--json"], /unknown option '--json'/],
    ["a word too many", ["snapshot", "g.omni", "more"], /too many arguments/],
    [
      "no graph",
      ["snapshot"],
      /no graph named: give its address as an argument .* or with --store <uri>, or --server and --graph, or set OMNIGRAPH_STORE, or defaults.store in \/nowhere\/config.yaml/,
    ],
    ["the graph twice", ["snapshot", "g.omni", "--store", "g.omni"], /the graph is named twice/],
    ["no mode", ["load", "--data", "data.jsonl", "g.omni"], /'--mode <mode>' not specified/],
    [
      "a mode there is not",
      ["load", "--data", "data.jsonl", "--mode", "all", "g.omni"],
      /append, merge, overwrite/,
    ],
    ["no source", ["query", "--store", "g.omni"], /no source: give --query <file> or -e <source>/],
    ["the source twice", [...query, "-e", COMPANY_QUERIES, "people"], /give the source once/],
    [
      "parameters twice",
      [...query, "person", "--params", ADA, "--params-file", "p.json"],
      /give the parameters once/,
    ],
    ["a format there is not", [...query, "people", "--format", "xml"], /table, kv, csv, jsonl, json/],
    ["a format beside --json", [...query, "people", "--format", "csv", "--json"], /--json is --format json/],
    [
      "a limit that is no number",
      ["commit", "list", "g.omni", "--limit", "x"],
      /--limit takes a whole number/,
    ],
    ["an address of no store", ["snapshot", "ftp://host/graph"], /ftp/],
    [
      "a schema twice",
      ["lint", "--schema", "schema.pg", "--store", "g.omni", "--query", "all.gq"],
      /name the schema once/,
    ],
    ["a file to format of neither language", ["fmt", "data.jsonl"], /must end in \.pg .* or \.gq/],
    [
      "an overwriting load elsewhere that nobody confirms",
      ["load", "--data", "data.jsonl", "--mode", "overwrite", "s3://bucket/graph"],
      /not confirmed: give --yes/,
    ],
  ])("a command line with %s has exit code 2 and changes nothing", async (_what, args, message) => {
    const before = treeOf(cwd);
    const ran = await run(args, { cwd });
    expect(ran.status, ran.err).toBe(2);
    expect(ran.err).toMatch(message);
    expect(ran.out).toBe("");
    expect(treeOf(cwd)).toEqual(before);
  });

  it("with --json a wrong command line gives one object on standard error alone", async () => {
    const lines: [string[], string][] = [
      [[...query, "people", "--forma", "csv", "--json"], "--format"],
      [["commit", "--json"], "--json"],
      [["load", "--data", "data.jsonl", "--json", "g.omni"], "--mode"],
      [["snapshot", "--json"], "no graph named"],
    ];
    for (const [args, message] of lines) {
      const ran = await run(args, { cwd });
      expect([ran.status, ran.out]).toEqual([2, ""]);
      expect(JSON.parse(ran.err)).toMatchObject({ code: "bad_request", reason: "usage" });
      expect(JSON.parse(ran.err).error).toContain(message);
    }
  });
});

describe("help", () => {
  const LEAVES = [
    ["demo"],
    ["init"],
    ["version"],
    ["load"],
    ["query"],
    ["read"],
    ["mutate"],
    ["change"],
    ["export"],
    ["snapshot"],
    ["commit"],
    ["commit", "list"],
    ["commit", "show"],
    ["commit", "changes"],
    ["commit", "revert"],
    ["revert"],
    ["branch"],
    ["branch", "create"],
    ["branch", "list"],
    ["branch", "delete"],
    ["branch", "diff"],
    ["branch", "merge"],
    ["changes"],
    ["changes", "poll"],
    ["changes", "baseline"],
    ["history"],
    ["schema"],
    ["schema", "show"],
    ["lint"],
    ["check"],
    ["optimize"],
    ["fsck"],
    ["cleanup"],
    ["recovery", "list"],
    ["recovery", "show"],
    ["recovery", "settle"],
    ["recovery", "discard"],
    ["adopt"],
    ["backup"],
    ["restore"],
    ["repair"],
    ["fmt"],
  ];

  it("the help of every command has an example, and the overview names every command", async () => {
    const pages = await Promise.all([
      run(["--help"], { cwd }),
      ...LEAVES.map((l) => run([...l, "--help"], { cwd })),
    ]);
    const [whole] = pages;
    for (const [i, page] of pages.entries()) {
      const name = LEAVES[i - 1]?.join(" ") ?? "omnigraph";
      expect([page.status, page.err], name).toEqual([0, ""]);
      expect(page.out, name).toMatch(/\nExamples?:\n {2}omnigraph/);
      expect(page.out, name).not.toContain("\u001b[");
    }
    for (const [command = ""] of LEAVES)
      expect(whole?.out).toMatch(new RegExp(`^  (\\w+\\|)?${command}\\b`, "m"));
    // What does not exist yet is not offered.
    expect(whole?.out).not.toMatch(/\bembed\b/);
    expect((await run(["help", "load"], { cwd })).out).toBe((await run(["load", "--help"], { cwd })).out);
  });

  it("the version, by any of its names, is two lines", async () => {
    const [a, b, c] = await Promise.all(["version", "--version", "-v"].map((word) => ok([word], { cwd })));
    expect(a).toMatch(/^omnigraph \d+\.\d+\.\d+\ninternal-schema \d+\n$/);
    expect([b, c]).toEqual([a, a]);
  });
});

describe("a write tells its target", () => {
  const load = ["load", "--data", "people.jsonl", "--mode", "merge", "g.omni"];

  it("a write prints its target on standard error, but not with --quiet or --json", async () => {
    expect(await run(load, { cwd })).toMatchObject({ status: 0, err: "target: g.omni branch main\n" });
    expect(await run([...load, "--quiet"], { cwd })).toMatchObject({ status: 0, err: "" });
    expect(await run([...load, "--json"], { cwd })).toMatchObject({ status: 0, err: "" });
    const rename = ["--query", "all.gq", "rename", "--params", '{"slug":"ada","name":"Ada"}'];
    const told = await run(["mutate", "--store", "g.omni", ...rename], { cwd });
    expect(told.err).toBe("target: g.omni branch main\n");
    expect(told.out).toMatch(/^rename on main: 1 node, 0 edges affected, commit [0-9A-Z]{26}\n$/);
    expect((await run(["mutate", "--quiet", "--store", "g.omni", ...rename], { cwd })).err).toBe("");
  });

  it("options of the graph may precede the command", async () => {
    const out = await ok(["--store", "g.omni", "query", "--query", "all.gq", "people"], { cwd });
    expect(out).toContain("from branch main via people");
    const changed = await run(
      ["--as", "ann", "--quiet", "mutate", "--store=g.omni", "--query", "all.gq", "add"].concat([
        "--json",
        "--params",
        '{"slug":"x","name":"X"}',
      ]),
      { cwd },
    );
    expect(JSON.parse(changed.out)).toMatchObject({ actor_id: "ann" });
    expect(await ok(["--store", "g.omni", "commit", "list", "--limit", "1"], { cwd })).toContain("ann");
  });
});

describe("inputs", () => {
  it("inputs are read from standard input, from an empty file, and from a parameter file", async () => {
    writeFileSync(join(cwd, "empty.jsonl"), "");
    writeFileSync(join(cwd, "p.json"), '{"slug": "zoe", "name": "Zoë"}');
    const empty = JSON.parse(
      await ok(["load", "--data", "empty.jsonl", "--mode", "append", "g.omni", "--json"], { cwd }),
    );
    expect(empty).toMatchObject({ nodes: [], edges: [], total_entities: 0 });
    expect(empty.commit.graph_commit_id).toMatch(/^[0-9A-Z]{26}$/);
    const added = ["mutate", "add", "--store", "g.omni", "--query", "all.gq", "--params-file", "p.json"];
    await ok(added, { cwd });
    const piped = await ok(["load", "--data", "-", "--mode", "append", "--store", "g.omni"], {
      cwd,
      input: '{"type":"City","data":{"slug":"oslo","name":"Oslo"}}',
    });
    expect(piped).toMatch(/^loaded into main \(append\), commit [0-9A-Z]{26}\n {2}City: 1\n$/);
    expect(await ok([...query, "person", "--params", '{"slug":"zoe"}', "--format", "csv"], { cwd })).toBe(
      "name\nZoë\n",
    );
  });

  it("a write repeated under one op is written once, and a failed condition exits with 4", async () => {
    const add = ["mutate", "add", "--store", "g.omni", "--query", "all.gq", "--op", "order 7", "--json"];
    const first = JSON.parse(await ok([...add, "--params", '{"slug":"o7","name":"7"}'], { cwd }));
    const again = JSON.parse(await ok([...add, "--params", '{"slug":"o7","name":"7"}'], { cwd }));
    expect(again.commit).toEqual(first.commit);
    const other = await run([...add, "--params", '{"slug":"o7","name":"8"}'], { cwd });
    expect([other.status, other.out, JSON.parse(other.err).reason]).toEqual([1, "", "op_reused"]);

    const stale = String(
      JSON.parse(await ok(["commit", "list", "g.omni", "--json"], { cwd })).commits[1].graph_commit_id,
    );
    const conditional = ["mutate", "add", "--store", "g.omni", "--query", "all.gq", "--if-commit"];
    const params = ["--params", '{"slug":"c","name":"C"}'];
    const before = treeOf(cwd);
    const lost = await run([...conditional, stale, ...params, "--json"], { cwd });
    expect([lost.status, lost.out]).toEqual([4, ""]);
    expect(JSON.parse(lost.err)).toMatchObject({ code: "conflict", reason: "precondition_failed" });
    expect((await run([...conditional, stale, ...params], { cwd })).status).toBe(4);
    expect(treeOf(cwd)).toEqual(before);
    await ok([...conditional, String(first.commit.graph_commit_id), ...params], { cwd });
  });
});
