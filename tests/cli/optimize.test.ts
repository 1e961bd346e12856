import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { ok, run } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("optimize-command");

beforeAll(async () => {
  writeFileSync(join(cwd, "schema.pg"), "node P { k: String @key }\nedge Knows: P -> P\n");
  await ok(["init", "--schema", "schema.pg", "g.omni"], { cwd });
  for (const k of ["a", "b"])
    await ok(["mutate", "--store", "g.omni", "-e", `query q() { insert P { k: "${k}" } }`, "--quiet"], {
      cwd,
    });
});

it("optimize says what it did, and the second time that there is nothing to do", async () => {
  const first = await ok(["optimize", "g.omni", "--as", "keeper", "--quiet"], { cwd });
  expect(first).toMatch(/^optimized branch main: 2 rows written, commit [0-9A-Z]{26}\n/);
  expect(first).toContain("node | P    |      1 |     1 |       0 |            2");
  expect(await ok(["optimize", "g.omni", "--quiet"], { cwd })).toBe(
    "nothing to do: branch main is as it should be\n",
  );
  const again = JSON.parse(await ok(["optimize", "g.omni", "--full", "--json"], { cwd }));
  expect(again).toMatchObject({
    uri: "g.omni",
    branch: "main",
    commit: null,
    datasets: [{ type_key: "node:P", fragments_added: 0, tables: 1, rows_written: 0 }],
  });
  expect(await ok(["commit", "list", "g.omni"], { cwd })).toContain("| keeper | maintenance |");
});

it("optimize tells what came of a call by its id, and snapshot names the tables", async () => {
  await ok(["mutate", "--store", "g.omni", "-e", 'query q() { insert P { k: "c" } }', "--quiet"], { cwd });
  const ran = await run(["optimize", "g.omni", "--full"], { cwd });
  const [, id = ""] = /^operation: (\S+)$/m.exec(ran.err) ?? [];
  expect(await ok(["optimize", "g.omni", "--operation", id], { cwd })).toMatch(
    /^done: operation [0-9A-Z]{26} made commit [0-9A-Z]{26} on branch main\n$/,
  );
  expect(JSON.parse(await ok(["optimize", "g.omni", "--operation", "other", "--json"], { cwd }))).toEqual({
    uri: "g.omni",
    operation: "other",
    branch: "main",
    state: "unknown",
    commit: null,
  });
  const { datasets } = JSON.parse(await ok(["snapshot", "g.omni", "--tables", "--json"], { cwd }));
  expect(datasets).toMatchObject([
    { type_name: "Knows", tables: [], commits_besides: 0 },
    {
      type_name: "P",
      tables: [
        { version: 1, rows: 3, tombstones: 0, columns: [{ property: "k", column: "k" }], indexes: [] },
      ],
      commits_besides: 0,
    },
  ]);
  expect(await ok(["snapshot", "g.omni", "--tables"], { cwd })).toMatch(
    /P +\| tables\/[0-9A-Z]{26}\/[0-9A-Z]{26}.lance/,
  );
});
