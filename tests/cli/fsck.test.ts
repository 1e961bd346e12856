import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ok, run } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("fsck-command");

it("fsck says that a graph is clean, then what is wrong with it, who is harmed and what to do", async () => {
  writeFileSync(join(cwd, "schema.pg"), "node P { k: String @key }\n");
  await ok(["init", "--schema", "schema.pg", "g.omni"], { cwd });
  for (const k of ["a", "b"])
    await ok(["mutate", "--store", "g.omni", "-e", `query q() { insert P { k: "${k}" } }`, "--quiet"], {
      cwd,
    });
  expect(await ok(["fsck", "g.omni"], { cwd })).toBe("clean: 3 slots, 0 tables and the rows of 1 branch\n");
  expect(JSON.parse(await ok(["fsck", "g.omni", "--json"], { cwd }))).toMatchObject({
    clean: true,
    findings: [],
  });

  const log = join(cwd, "g.omni", "__manifest", "log");
  const file = join(log, readdirSync(log).toSorted()[1] ?? "");
  writeFileSync(file, readFileSync(file).subarray(0, 100));
  rmSync(join(cwd, "g.omni", "__manifest", "format.json"));
  const told = await run(["fsck", "g.omni"], { cwd });
  expect(told.status).toBe(1);
  expect(told.out).toMatch(/^error\[format_damaged\]: __manifest\/format\.json: it is missing\n {2}harms: /);
  expect(told.out).toContain("error[slot_damaged]: __manifest/log/000000000.1073741822.commit: ");
  expect(told.out).toMatch(
    /\n {2}help: repair brings it back, from the first commit or from a copy \(from, --from\)\n/,
  );
  expect(told.out).toMatch(/damaged: 2 errors, 0 warnings in 3 slots, 0 tables and the rows of 1 branch\n$/);
  const json = await run(["fsck", "g.omni", "--json"], { cwd });
  expect(json.status).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject({
    clean: false,
    errors: 2,
    findings: [{}, { branches: ["main"] }],
  });
});
