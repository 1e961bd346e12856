import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { ok, run } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("write-command");

beforeAll(async () => {
  writeFileSync(join(cwd, "schema.pg"), "node P { k: String @key }\n");
  await ok(["init", "--schema", "schema.pg", "g.omni"], { cwd });
});

it("a write is looked up by its name, on the branch that it was to write", async () => {
  const show = (...more: readonly string[]): Promise<string> =>
    ok(["write", "show", "order 17", "g.omni", ...more], { cwd });
  expect(await show()).toBe(
    "none: branch main has no commit of write order 17; it can be repeated under that name\n",
  );
  const insert = ["mutate", "--store", "g.omni", "-e", 'query q() { insert P { k: "a" } }', "--quiet"];
  await ok([...insert, "--op", "order 17"], { cwd });
  expect(await show()).toMatch(/^committed: write order 17 is commit [0-9A-Z]{26} of branch main\n$/);
  expect(JSON.parse(await show("--json"))).toMatchObject({
    key: "order 17",
    execution: "completed",
    effects: "committed",
    action: null,
    commit: { kind: "mutation" },
  });
  const missing = await run(["write", "show", "order 17", "g.omni", "--branch", "none"], { cwd });
  expect(missing.err).toContain("branch_not_found");
});
