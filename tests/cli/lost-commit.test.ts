import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ok, run } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";

const at = { cwd: testFolder("lost-commit-command") };

it("a graph that lost a commit for good goes on in a copy of what came before it, by what repair says", async () => {
  writeFileSync(join(at.cwd, "schema.pg"), "node P { k: String @key }\n");
  await ok(["init", "--schema", "schema.pg", "g.omni"], at);
  const add = (k: string, graph: string): Promise<string> =>
    ok(["mutate", "--store", graph, "-e", `query q() { insert P { k: "${k}" } }`, "--quiet"], at);
  const kept = async (graph: string): Promise<unknown> => {
    const asked = [
      "query",
      "--store",
      graph,
      "--json",
      "-e",
      "match { $p: P } return { $p.k as k } order { $p.k }",
    ];
    return JSON.parse(await ok(asked, at)).rows;
  };
  for (const k of ["a", "b", "c"]) await add(k, "g.omni");
  const [later = ""] = JSON.parse(await ok(["commit", "list", "g.omni", "--json"], at)).commits.map(
    (commit: { readonly graph_commit_id: string }) => commit.graph_commit_id,
  );
  const log = join(at.cwd, "g.omni", "__manifest", "log");
  // The newest comes first.
  const file = join(log, readdirSync(log).toSorted()[1] ?? "");
  writeFileSync(file, readFileSync(file).subarray(0, 100));
  expect(
    (await run(["query", "--store", "g.omni", "-e", "match { $p: P } return { $p.k }"], at)).status,
  ).toBe(1);

  const told = await run(["repair", "--confirm", "g.omni"], at);
  expect(told.status).toBe(1);
  const [, commit = ""] =
    /without one, a branch that is made at commit (\w+) goes on from before it/.exec(told.out) ?? [];
  await ok(["branch", "create", "rescue", "--from", commit, "--store", "g.omni"], at);
  await ok(["backup", "g.omni", "--to", "fixed.omni", "--branch", "rescue"], at);
  expect(await kept("fixed.omni")).toEqual([{ k: "a" }]);
  expect(await ok(["commit", "changes", later, "g.omni"], at)).toContain('+ P c  k: "c"');
  await add("c", "fixed.omni");
  expect(await kept("fixed.omni")).toEqual([{ k: "a" }, { k: "c" }]);
  expect(await ok(["fsck", "fixed.omni"], at)).toMatch(/^clean: /);
});
