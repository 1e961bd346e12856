import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ok, run } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("repair-command");

it("repair says what it would do, does it with --confirm, and takes what is lost from a copy", async () => {
  writeFileSync(join(cwd, "schema.pg"), "node P { k: String @key }\n");
  await ok(["init", "--schema", "schema.pg", "g.omni"], { cwd });
  for (const k of ["a", "b"])
    await ok(["mutate", "--store", "g.omni", "-e", `query q() { insert P { k: "${k}" } }`, "--quiet"], {
      cwd,
    });
  await ok(["optimize", "g.omni", "--quiet"], { cwd });
  expect(await ok(["repair", "g.omni"], { cwd })).toBe("nothing to repair\n");
  cpSync(join(cwd, "g.omni"), join(cwd, "copy.omni"), { recursive: true });

  const log = join(cwd, "g.omni", "__manifest", "log");
  const file = join(log, readdirSync(log).toSorted()[1] ?? "");
  writeFileSync(file, readFileSync(file).subarray(0, 100));
  const tables = join(cwd, "g.omni", "tables");
  const staged = readdirSync(tables)[0] ?? "";
  const columns = readdirSync(join(tables, staged)).find((name) => name.endsWith(".cols")) ?? "";
  rmSync(join(tables, staged, columns));

  const planned = await run(["repair", "g.omni"], { cwd });
  expect(planned.status).toBe(0);
  expect(planned.out).toContain(
    "slot_damaged: __manifest/log/000000000.1073741821.commit\n  restore: name a copy",
  );
  expect(planned.out).toContain("\n  rewrite from the table: repeat with confirm\n");
  expect(planned.out).toMatch(/nothing was changed: give --confirm to do it\n$/);
  const left = await run(["repair", "g.omni", "--confirm", "--json"], { cwd });
  expect(left.status).toBe(1);
  expect(JSON.parse(left.out)).toMatchObject({
    confirm: true,
    force: false,
    graph_manifest_version: null,
    objects: [
      { class: "slot_damaged", source: null, done: false },
      { class: "column_file_damaged", source: "table", done: true },
    ],
  });
  const done = await run(["repair", "g.omni", "--confirm", "--from", "copy.omni"], { cwd });
  expect([done.status, done.out]).toEqual([0, expect.stringContaining("  restore from the backup: done\n")]);
  expect(await ok(["fsck", "g.omni"], { cwd })).toMatch(/^clean: /);
  const datasets = JSON.parse(await ok(["repair", "g.omni", "--json"], { cwd })).datasets;
  expect(datasets).toMatchObject([
    { type_key: "node:P", classification: "no_drift", action: "no_op", operations: [], error: null },
  ]);
});

it("a graph without format.json says how to bring it back, and repair does it", async () => {
  const at = { cwd: testFolder("repair-format-command") };
  await ok(["init", "--schema", join(cwd, "schema.pg"), "g.omni"], at);
  await ok(["mutate", "--store", "g.omni", "-e", 'query q() { insert P { k: "a" } }', "--quiet"], at);
  rmSync(join(at.cwd, "g.omni", "__manifest", "format.json"));
  const lost = await run(["snapshot", "g.omni"], at);
  expect(lost.status).not.toBe(0);
  expect(lost.err).toContain("if only this file was lost, repair brings it back");

  const planned = await run(["repair", "g.omni"], at);
  expect(planned.status).toBe(0);
  expect(planned.out).toMatch(
    /^format_damaged: __manifest\/format.json\n {2}restore from the commits: repeat with confirm; the id and the time of the graph are certain/,
  );
  expect(planned.out).toMatch(/nothing was changed: give --confirm to do it\n$/);
  const done = await run(["repair", "g.omni", "--confirm", "--json"], at);
  expect(done.status).toBe(0);
  expect(JSON.parse(done.out)).toMatchObject({
    objects: [{ class: "format_damaged", source: "commits", done: true }],
    problem: null,
  });
  expect(await ok(["fsck", "g.omni"], at)).toMatch(/^clean: /);
});
