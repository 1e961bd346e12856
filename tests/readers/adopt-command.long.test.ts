import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { ok, run } from "../support/cli/cli.ts";
import { testFolder, treeOf } from "../support/running/folders.ts";
import { pythonOf } from "./readers.mjs";

const cwd = testFolder("adopt-command");
const SCHEMA = `node Person { name: String @key  age: I32?  mail: String? @unique  seen: DateTime?  @range(age, 0..150) }
edge Knows: Person -> Person
`;
const PEOPLE =
  "match { $p: Person } return { $p.name as name, $p.age as age, $p.seen as seen } order { $p.name }";

beforeAll(() => {
  const script = join(import.meta.dirname, "write_people.py");
  const ran = spawnSync(pythonOf("pylance-14.0.2"), [script, cwd], { encoding: "utf8" });
  if (ran.status !== 0) throw new Error(ran.error?.message ?? ran.stderr);
  expect(ran.stdout).toBe("4 3\n");
  writeFileSync(join(cwd, "s.pg"), SCHEMA);
});

async function namesIn(graph: string): Promise<readonly unknown[]> {
  const { rows } = JSON.parse(await ok(["query", "--store", graph, "--json", "-e", PEOPLE], { cwd })) as {
    readonly rows: readonly { readonly name: unknown }[];
  };
  return rows.map(({ name }) => name);
}

test("a table that pylance wrote is adopted at its newest version or at the one that is named, and said so", async () => {
  await ok(["init", "--schema", "s.pg", "g.omni"], { cwd });
  const { status, out, err } = await run(["adopt", "--type", "Person", "people.lance", "g.omni"], { cwd });
  expect([status, err]).toEqual([0, "target: g.omni branch main\n"]);
  expect(out).toMatch(
    /^adopted 4 of Person into main, commit [0-9A-Z]{26}\ncut to the millisecond: 1 time\n$/,
  );
  expect(await namesIn("g.omni")).toEqual(["ann", "bob", "cyd", "dee"]);
  const seen = await ok(
    [
      "query",
      "--store",
      "g.omni",
      "--json",
      "-e",
      'match { $p: Person { name: "ann" } } return { $p.seen as seen }',
    ],
    { cwd },
  );
  expect(JSON.parse(seen).rows).toEqual([{ seen: "1970-01-01T00:00:00.001Z" }]);

  await ok(["init", "--schema", "s.pg", "first.omni"], { cwd });
  const asked = ["--version", "1", "--as", "job", "--message", "first run", "--op", "job-1", "--json"];
  const adopt = ["adopt", "--type", "Person", "people.lance", "first.omni", ...asked];
  const first = JSON.parse(await ok(adopt, { cwd }));
  expect(first).toMatchObject({
    nodes: [{ name: "Person", entities_loaded: 3 }],
    commit: { actor_id: "job", message: "first run" },
  });
  expect(await namesIn("first.omni")).toEqual(["ann", "bob", "cyd"]);
  // A job that is run again under its op has written once.
  expect(JSON.parse(await ok(adopt, { cwd }))).toMatchObject({
    commit: { graph_commit_id: first.commit.graph_commit_id },
  });
});

test("everything that is wrong with a table is listed with its rows, and nothing of it is adopted", async () => {
  await ok(["init", "--schema", "s.pg", "wrong.omni"], { cwd });
  const before = treeOf(join(cwd, "wrong.omni"));
  const refused = await run(["adopt", "--type", "Person", "wrong.lance", "wrong.omni"], { cwd });
  expect([refused.status, refused.out]).toEqual([1, ""]);
  expect(refused.err).toContain(
    `error[load_invalid]: the table has 3 problems; nothing was adopted
- row 1: Person: name is required
- row 2: Person "eve" is given on row 0 already
- row 3: Person: age: 999 is outside @range 0..150
help: `,
  );
  const json = await run(["adopt", "--type", "Person", "wrong.lance", "wrong.omni", "--json"], { cwd });
  expect([json.status, json.out]).toEqual([1, ""]);
  expect(JSON.parse(json.err)).toMatchObject({
    reason: "load_invalid",
    problems: [
      { line: 1, property: "name", type: "Person" },
      { line: 2, id: "eve", type: "Person" },
      { line: 3, property: "age", type: "Person" },
    ],
  });
  const cases: readonly (readonly [readonly string[], number, string])[] = [
    [
      ["--type", "Knows", "knows.lance"],
      1,
      '- row 0: Knows: from names Person "ann", which does not exist\n',
    ],
    [
      ["--type", "Person", "strange.lance"],
      1,
      "column ages is no property; leave it out. Did you mean `age`?",
    ],
    [["--type", "Persn", "people.lance"], 1, "the schema has no type Persn. Did you mean `Person`?"],
    [["--type", "Person", "people"], 2, "whose name ends in .lance"],
    [["--type", "Person", "absent.lance"], 1, "there is no Lance table at absent.lance; nothing was adopted"],
    [["--type", "Person", "people.lance", "--version", "99"], 1, "people.lance has no version 99"],
    [["--type", "Person", "people.lance", "--version", "x"], 2, "--version"],
    [["people.lance"], 2, "--type"],
  ];
  for (const [args, status, said] of cases) {
    const ran = await run(["adopt", ...args, "--store", "wrong.omni"], { cwd });
    expect([ran.status, ran.err]).toEqual([status, expect.stringContaining(said)]);
  }
  expect(treeOf(join(cwd, "wrong.omni"))).toEqual(before);
});
