import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ok, run } from "../support/cli/cli.ts";
import type { Ran } from "../support/cli/ran.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("addresses");
const NAMES = "query names() { match { $p: Person } return { $p.name as name } }";
const ADD = "query add($n: String) { insert Person { name: $n } }";

/** Runs with a configuration file, whose text it is given. */
let homes = 0;
function home(config: string): Record<string, string> {
  const folder = join(cwd, `home-${homes++}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "config.yaml"), config);
  return { OMNIGRAPH_HOME: folder };
}

async function rowsOf(args: readonly string[], env: Record<string, string> = {}): Promise<unknown> {
  return JSON.parse(await ok([...args, "--json"], { cwd, env })).rows;
}

async function newest(graph: string): Promise<Record<string, unknown>> {
  return JSON.parse(await ok(["commit", "show", "main", graph, "--json"], { cwd }));
}

beforeAll(async () => {
  writeFileSync(join(cwd, "schema.pg"), "node Person { name: String @key }\nedge Knows: Person -> Person\n");
  writeFileSync(join(cwd, "all.gq"), `${NAMES}\n${ADD}\n`);
  for (const graph of ["one.omni", "two.omni", "plain"]) {
    await ok(["init", "--schema", "schema.pg", graph], { cwd });
    const data = `{"type":"Person","data":{"name":"in ${graph}"}}`;
    await ok(["load", "--data", "-", "--mode", "append", "--quiet", graph], { cwd, input: data });
  }
});

describe("the address of a graph", () => {
  it("the address is an argument before or after the name of a query, which never looks like an address", async () => {
    for (const words of [
      ["one.omni", "-e", NAMES],
      ["names", "one.omni", "--query", "all.gq"],
      ["one.omni", "names", "--query", "all.gq"],
      [join(cwd, "one.omni"), "-e", NAMES],
    ])
      expect(await rowsOf(["query", ...words]), words.join(" ")).toEqual([{ name: "in one.omni" }]);
    expect(await rowsOf(["query", "./plain", "-e", NAMES])).toEqual([{ name: "in plain" }]);
    const name = await run(["query", "plain", "one.omni", "-e", NAMES], { cwd });
    expect([name.status, name.err.includes("plain")]).toEqual([1, true]);
    for (const [words, message] of [
      [
        ["names", "plain"],
        "the query is named twice: names and plain; for a graph in the folder plain write ./plain",
      ],
      [["one.omni", "two.omni"], "the graph is named twice: one.omni and two.omni"],
      [["one.omni", "--store", "two.omni"], "the graph is named twice: one.omni and --store two.omni"],
      [["--uri", "one.omni", "--store", "two.omni"], "the graph is named twice"],
    ] as const) {
      const ran = await run(["query", ...words, "-e", NAMES], { cwd });
      expect([ran.status, ran.out]).toEqual([2, ""]);
      expect(ran.err).toContain(message);
    }
  });

  it("the address is an argument of every command that takes one graph", async () => {
    await ok(
      ["mutate", "one.omni", "-e", 'query q() { insert Knows { from: "in one.omni", to: "in one.omni" } }'],
      { cwd },
    );
    for (const words of [
      ["snapshot"],
      ["export"],
      ["schema", "show"],
      ["lint", "--query", "all.gq"],
      ["commit", "list"],
      ["commit", "show", "main"],
      ["commit", "changes", "main"],
      ["revert", "main", "--dry-run"],
      ["branch", "create", "draft"],
      ["branch", "list"],
      ["branch", "diff", "main~1", "draft"],
      ["branch", "merge", "draft"],
      ["branch", "delete", "draft"],
      ["history", "node", "Person", "in one.omni"],
      ["changes", "poll"],
      ["changes", "baseline"],
    ])
      await ok([...words, "one.omni"], { cwd });
  });

  it("without an argument the address is OMNIGRAPH_STORE, else defaults.store of the configuration file", async () => {
    const ask = ["query", "-e", NAMES];
    const env = home("defaults:\n  store: two.omni\n");
    expect(await rowsOf(ask, env)).toEqual([{ name: "in two.omni" }]);
    expect(await rowsOf(ask, { ...env, OMNIGRAPH_STORE: "./plain" })).toEqual([{ name: "in plain" }]);
    expect(await rowsOf([...ask, "one.omni"], { ...env, OMNIGRAPH_STORE: "./plain" })).toEqual([
      { name: "in one.omni" },
    ]);
    expect(await rowsOf([...ask, "--store", "one.omni"], env)).toEqual([{ name: "in one.omni" }]);
    const none = await run(ask, { cwd });
    expect(none.status).toBe(2);
    for (const way of [
      "as an argument",
      "--store",
      "OMNIGRAPH_STORE",
      "defaults.store in /nowhere/config.yaml",
    ])
      expect(none.err).toContain(way);
  });
});

describe("the author of a write", () => {
  it("the author is --as, else OMNIGRAPH_ACTOR, else operator.actor of the configuration file, else nobody", async () => {
    const env = home("operator: { actor: cathy }\n");
    const write = async (
      name: string,
      args: readonly string[],
      more: Record<string, string>,
    ): Promise<unknown> => {
      await ok(["mutate", "two.omni", "-e", ADD, "--params", JSON.stringify({ n: name }), ...args], {
        cwd,
        env: more,
      });
      return (await newest("two.omni"))["actor_id"];
    };
    expect(await write("a", [], {})).toBeNull();
    expect(await write("b", [], env)).toBe("cathy");
    expect(await write("c", [], { ...env, OMNIGRAPH_ACTOR: "bob" })).toBe("bob");
    expect(await write("d", ["--as", "ann"], { ...env, OMNIGRAPH_ACTOR: "bob" })).toBe("ann");
    const created = JSON.parse(
      await ok(["branch", "create", "by-cathy", "two.omni", "--json"], { cwd, env }),
    );
    expect(created).toMatchObject({ actor_id: "cathy" });
    const lines = { cwd, env, input: '{"type":"Person","data":{"name":"loaded"}}' };
    await ok(["load", "--data", "-", "--mode", "merge", "two.omni"], lines);
    expect((await newest("two.omni"))["actor_id"]).toBe("cathy");
  });
});

describe("the configuration file", () => {
  const snapshot = (config: string, ...args: string[]): Promise<Ran> =>
    run(["snapshot", ...args], { cwd, env: home(config) });

  it.each([
    ["defaults:\n  store: [a, b]\n", 2, "defaults.store must be a text"],
    ["operator:\n  actor: 5\n", 2, "operator.actor must be a text"],
    ["# mine\ndefaults: one.omni\n", 2, "defaults must hold names and values"],
    ["- a\n- b\n", 1, "the file must hold names and values"],
    ["defaults:\n  store: one.omni\n store: two.omni\n", 3, "config.yaml"],
    ["defaults: {store: one.omni\n", 2, "config.yaml"],
    ["defaults:\n  store: a\n  store: b\n", 3, "unique"],
  ])("an invalid configuration file is an error with its line: %j", async (config, line, message) => {
    const ran = await snapshot(config);
    expect([ran.status, ran.out]).toEqual([1, ""]);
    expect(ran.err).toMatch(/^error\[config_invalid\]: /);
    expect(ran.err).toContain(`config.yaml:${line}:`);
    expect(ran.err).toContain(message);
    const json = await snapshot(config, "--json");
    expect(JSON.parse(json.err)).toMatchObject({ reason: "config_invalid", line });
  });

  it("the configuration file is not read where nothing in it is needed", async () => {
    expect((await snapshot("defaults: [", "one.omni")).status).toBe(0);
    expect((await snapshot("", "one.omni")).status).toBe(0);
    expect((await snapshot("# nothing\n")).status).toBe(2);
  });

  it("an unknown name in the configuration file is a warning on standard error, and none with --quiet or --json", async () => {
    const config =
      "defaults:\n  store: one.omni\n  stor: two.omni\ncolour: red\nservers: { prod: { url: x } }\n";
    const ran = await snapshot(config);
    expect(ran.status).toBe(0);
    expect(ran.err).toMatch(
      /config\.yaml:3:3: defaults\.stor is not known and has no effect; known here: store/,
    );
    expect(ran.err).toMatch(/config\.yaml:4:1: colour is not known/);
    expect(ran.err.trimEnd().split("\n")).toHaveLength(2);
    for (const silent of ["--quiet", "--json"]) expect((await snapshot(config, silent)).err).toBe("");
  });
});

describe("standard input", () => {
  it("a file named - is standard input, for a query, its parameters, a schema, or a text to format", async () => {
    expect(
      JSON.parse(await ok(["query", "plain/", "names", "--query", "-", "--json"], { cwd, input: NAMES }))
        .rows,
    ).toEqual([{ name: "in plain" }]);
    await ok(["mutate", "./plain", "-e", ADD, "--params-file", "-"], { cwd, input: '{"n": "piped"}' });
    expect(await rowsOf(["query", "./plain", "-e", NAMES])).toContainEqual({ name: "piped" });
    const report = await ok(["lint", "--query", "-", "./plain", "--json"], { cwd, input: NAMES });
    expect(JSON.parse(report)).toMatchObject({ query_path: "-", queries_processed: 1 });
    expect(await ok(["fmt", "-"], { cwd, input: "// people\nnode   Person{name:String @key}" })).toBe(
      "// people\nnode Person { name: String @key }\n",
    );
    const loose = NAMES.replaceAll(" ", "  ");
    const formatted = await ok(["fmt", "-"], { cwd, input: loose });
    expect(formatted).toBe(`${NAMES}\n`);
    expect((await run(["fmt", "-", "--check"], { cwd, input: formatted })).status).toBe(0);
    const check = await run(["fmt", "-", "--check"], { cwd, input: loose });
    expect([check.status, check.out]).toEqual([1, "not formatted: <standard input>\n"]);
    await ok(["fmt", "-", "--language", "pg"], { cwd, input: "" });
  });

  it("messages name standard input, and only one option may read it", async () => {
    const broken = await run(["query", "./plain", "--query", "-"], {
      cwd,
      input: "query q() { match { $p: Nobody } return { $p } }",
    });
    expect([broken.status, broken.err.includes("<standard input>:1:")]).toEqual([1, true]);
    const parameters = await run(["query", "./plain", "-e", NAMES, "--params-file", "-"], {
      cwd,
      input: "{",
    });
    expect([parameters.status, parameters.err.includes("<standard input>")]).toEqual([1, true]);
    for (const args of [
      ["query", "./plain", "--query", "-", "--params-file", "-"],
      ["lint", "--query", "-", "--schema", "-"],
      ["fmt", "-", "all.gq"],
      ["fmt", "all.gq", "--language", "gq"],
    ]) {
      const ran = await run(args, { cwd, input: NAMES });
      expect([ran.status, ran.out], args.join(" ")).toEqual([2, ""]);
    }
  });
});
