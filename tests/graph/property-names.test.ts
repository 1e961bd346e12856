import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { ok } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";
import { textIn } from "../support/models/feed-model.ts";

/** What every JavaScript object has, and what a property or column may be called all the same. */
const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"] as const;
const SCHEMA = `node P { id_: String @key ${NAMES.map((name) => `${name}: I32?`).join(" ")} }
edge E: P -> P { ${NAMES.map((name) => `${name}: String?`).join(" ")} }`;
const cwd = testFolder("property-names");

/** An object with all the names, as JSON: a literal would set the prototype. */
const all = (value: (name: string, at: number) => unknown): string =>
  NAMES.map((name, at) => `${JSON.stringify(name)}: ${JSON.stringify(value(name, at))}`).join(", ");
const members = (row: object): readonly (readonly [string, unknown])[] => Object.entries(row);
const DATA = [
  `{"type": "P", "data": {"id_": "a", ${all((_, at) => at)}}}`,
  `{"type": "P", "data": {"id_": "b"}}`,
  `{"type": "P", "data": {"id_": "c", ${all(() => null)}}}`,
  `{"edge": "E", "from": "a", "to": "b", "data": {${all((name) => name)}}}`,
].join("\n");
const COLUMNS = NAMES.map((name) => `$p.${name} as ${name}`).join(", ");

async function listed<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("properties and columns named like what objects have", () => {
  it.each([
    ["inside commits", 1000],
    ["in tables", 1],
  ])("such names work in loads, exports, rows and conditions, %s", async (_, inlineRows) => {
    await using graph = await Omnigraph.init(join(cwd, `${inlineRows}.omni`), { schema: SCHEMA, inlineRows });
    await graph.load(DATA, { mode: "append" });
    await using again = await Omnigraph.open(join(cwd, `${inlineRows}.omni`));
    for (const handle of [graph, again]) {
      const { rows } = await handle.query(
        `query q() { match { $p: P } return { ${COLUMNS} } order { $p.id_ } }`,
      );
      expect(rows.map(members)).toEqual([
        NAMES.map((name, at) => [name, at]),
        NAMES.map((name) => [name, null]),
        NAMES.map((name) => [name, null]),
      ]);
      for (const row of rows) expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
      for (const [at, name] of NAMES.entries()) {
        const source = `query q($${name}: I32) { match { $p: P { ${name}: $${name} } not { $p.${name} != $${name} } } return { $p.id_ as ${name} } }`;
        const parameters: unknown = JSON.parse(`{"${name}": ${at}}`);
        const found = await handle.query(source, parameters as Record<string, unknown>);
        expect(found.rows.map(members)).toEqual([[[name, "a"]]]);
      }
    }
    await using copy = await Omnigraph.init(join(cwd, `copy-${inlineRows}.omni`), { schema: SCHEMA });
    await copy.load(await textIn(graph.export()), { mode: "append" });
    expect(await textIn(copy.export())).toBe(await textIn(graph.export()));
  });

  it("such names work in inserts, updates, changes, feeds, diffs and histories", async () => {
    await using graph = await Omnigraph.init(join(cwd, "changes.omni"), { schema: SCHEMA });
    await graph.load(DATA, { mode: "append" });
    await graph.branches.create("draft");
    const assigned = NAMES.map((name, at) => `${name}: ${at + 10}`).join(", ");
    const { commit } = await graph.mutate(`query q() { update P set { ${assigned} } where __proto__ = 0 }`);
    const after = NAMES.map((name, at) => [name, at + 10]);
    const images = [
      ...(await graph.commits.changes(commit?.id ?? "")).changes,
      ...(await graph.changes.poll({ start: "beginning", limit: 100 })).blocks.flatMap(
        ({ changes }) => changes,
      ),
      ...(await listed((await graph.branches.diff("draft", "main")).changes())),
      ...(await graph.history("node", "P", "a")).map(({ change }) => change),
    ].filter(({ id, op }) => id === "a" && op === "update");
    expect(images.length).toBe(4);
    for (const image of images) expect(members(image.after?.properties ?? {}).slice(1)).toEqual(after);
  });

  it("such names work in resolutions", async () => {
    await using graph = await Omnigraph.init(join(cwd, "merge.omni"), { schema: SCHEMA });
    await graph.load(DATA, { mode: "append" });
    await graph.branches.create("draft");
    const set = (value: number): string =>
      `query q() { update P set { ${NAMES.map((name) => `${name}: ${value}`).join(", ")} } where id_ = "a" }`;
    await graph.mutate(set(100));
    await graph.mutate(set(200), {}, { branch: "draft" });
    const preview = await graph.branches.previewMerge("draft");
    expect(preview.conflicts.flatMap(({ properties }) => properties).toSorted()).toEqual(
      [...NAMES].toSorted(),
    );
    const decided = (of: (name: string) => unknown): unknown =>
      JSON.parse(`{"entities": [{"kind": "node", "type": "P", "id": "a", "properties": {${all(of)}}}]}`);
    const wrong = decided((name) => (name === "__proto__" ? "mine" : "ours")) as object;
    await expect(graph.branches.merge("draft", { resolutions: wrong })).rejects.toMatchObject({
      reason: "resolutions_invalid",
    });
    const choices = decided((name) => (name === "__proto__" ? { value: 7 } : "theirs")) as object;
    await graph.branches.merge("draft", { resolutions: choices });
    const { rows } = await graph.query(`query q() { match { $p: P { id_: "a" } } return { ${COLUMNS} } }`);
    expect(members(rows[0] ?? {})).toEqual(NAMES.map((name) => [name, name === "__proto__" ? 7 : 200]));
  });

  it("such names are shown by the command in every format and in its changes", async () => {
    writeFileSync(join(cwd, "schema.pg"), SCHEMA);
    writeFileSync(join(cwd, "data.jsonl"), DATA);
    await ok(["init", "--schema", "schema.pg", "c.omni"], { cwd });
    await ok(["load", "--data", "data.jsonl", "--mode", "append", "c.omni"], { cwd });
    const source = `query q($__proto__: I32) { match { $p: P { __proto__: $__proto__ } } return { ${COLUMNS} } }`;
    const query = (format: string): Promise<string> =>
      ok(["query", "--store", "c.omni", "-e", source, "--params", '{"__proto__": 0}', "--format", format], {
        cwd,
      });
    expect(await query("csv")).toBe(`${NAMES.join(",")}\n0,1,2,3,4\n`);
    expect(await query("json")).toContain('"__proto__": 0');
    expect(await query("jsonl")).toContain(
      '{"__proto__":0,"constructor":1,"toString":2,"hasOwnProperty":3,"valueOf":4}',
    );
    for (const name of NAMES) {
      expect(await query("table")).toContain(name);
      expect(await query("kv")).toContain(`${name}: `);
    }
    await ok(["branch", "create", "draft", "--uri", "c.omni"], { cwd });
    await ok(
      [
        "mutate",
        "--store",
        "c.omni",
        "-e",
        'query q() { delete P where id_ = "a" insert P { id_: "d", __proto__: 5 } }',
      ],
      { cwd },
    );
    for (const args of [
      ["branch", "diff", "draft", "main", "--uri", "c.omni"],
      ["changes", "poll", "--start", "beginning", "--store", "c.omni"],
      ["history", "--store", "c.omni", "node", "P", "d"],
    ])
      expect(await ok(args, { cwd }), args.join(" ")).toMatch(/__proto__(?:: | +\|.*\| )5/u);
  });
});
