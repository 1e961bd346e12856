import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { jsonIn, ok, run } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("backup-command");
const json = jsonIn(cwd);

beforeAll(async () => {
  writeFileSync(join(cwd, "schema.pg"), "node P { k: String @key }\n");
  await ok(["init", "--schema", "schema.pg", "g.omni"], { cwd });
  await ok(["mutate", "--store", "g.omni", "-e", 'insert P { k: "a" }', "--quiet"], { cwd });
  await ok(["branch", "create", "draft", "--store", "g.omni"], { cwd });
});

it("a graph is backed up, the backup is carried on and verified, and restored to where no graph is", async () => {
  const first = await json("backup", "g.omni", "--to", "b.omni");
  expect(first).toMatchObject({ from: "g.omni", to: "b.omni", objects_kept: 0, verified: false });
  expect(first["branches"]).toMatchObject([{ name: "draft" }, { name: "main" }]);
  expect(await ok(["backup", "g.omni", "--to", "b.omni", "--verify"], { cwd })).toBe(
    "b.omni has 2 branches: nothing new; all of it was read back and is the same\n",
  );
  expect(await json("restore", "b.omni", "r.omni")).toMatchObject({ graph: first["graph"] });
  expect(await ok(["export", "r.omni"], { cwd })).toBe(await ok(["export", "g.omni"], { cwd }));
  expect(await json("backup", "--store", "g.omni", "--to", "d.omni", "--branch", "draft")).toMatchObject({
    branches: [{ name: "draft" }],
  });
});

it("where a graph is already nothing is restored, and a copy of another graph is not replaced", async () => {
  const over = await run(["restore", "b.omni", "g.omni", "--json"], { cwd });
  expect(JSON.parse(over.err)).toMatchObject({ reason: "graph_exists" });
  await ok(["init", "--schema", "schema.pg", "other.omni"], { cwd });
  const other = await run(["backup", "g.omni", "--to", "other.omni"], { cwd });
  expect(other).toMatchObject({ status: 1, err: expect.stringContaining("choose another place") });
});
