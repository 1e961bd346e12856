import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { ok, run } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("export-command");

beforeAll(async () => {
  writeFileSync(
    join(cwd, "schema.pg"),
    "node Film { slug: String @key  minutes: I32? }\nedge Sequel: Film -> Film\n",
  );
  await ok(["init", "--schema", "schema.pg", "g.omni"], { cwd });
  const input = [
    { type: "Film", data: { slug: "alien", minutes: 117 } },
    { type: "Film", data: { slug: "aliens" } },
    { edge: "Sequel", from: "aliens", to: "alien" },
  ];
  await ok(["load", "--data", "-", "--mode", "append", "g.omni", "--quiet"], {
    cwd,
    input: input.map((line) => JSON.stringify(line)).join("\n"),
  });
});

it("export writes a table of each type into a folder, and says last in export.json what there is", async () => {
  const out = await ok(["export", "g.omni", "--format", "parquet", "--to", "tables"], { cwd });
  expect(out).toMatch(/^2 tables in tables, of commit [0-9A-Z]{26}\n/);
  expect(out).toContain("node | Film   | Film.parquet   |        2");
  expect(JSON.parse(readFileSync(join(cwd, "tables/export.json"), "utf8"))).toMatchObject({
    format: "parquet",
    to: "tables",
    tables: [
      { type_key: "node:Film", path: "Film.parquet", rows: 2 },
      { type_key: "edge:Sequel", path: "Sequel.parquet", rows: 1 },
    ],
  });
  const again = await run(["export", "g.omni", "--format", "lance", "--to", "tables", "--json"], { cwd });
  expect(again.status).toBe(1);
  expect(JSON.parse(again.err)).toMatchObject({
    reason: "folder_not_empty",
    error: "tables is not empty, and an export replaces nothing; name a new or an empty folder",
  });
  expect(existsSync(join(cwd, "tables/Film.lance"))).toBe(false);
});

it("export of Lance tables is of chosen types and of the past as well", async () => {
  const args = ["export", "g.omni", "--format", "lance", "--to", "past", "--at", "main~1", "--type", "Film"];
  expect(JSON.parse(await ok([...args, "--json"], { cwd }))).toMatchObject({
    format: "lance",
    tables: [{ type_name: "Film", path: "Film.lance", rows: 0 }],
  });
});

it.each([
  [["--format", "lance"], "--format lance needs --to, a new or empty folder for the tables"],
  [["--to", "x"], "--to is for --format lance and parquet; lines go to standard output"],
  [["--json"], "--json is for --format lance and parquet; lines are JSON each"],
  [["--format", "csv", "--to", "x"], "Allowed choices are ndjson, lance, parquet"],
])("export refuses %j before it opens anything", async (args, message) => {
  const ran = await run(["export", "nowhere.omni", ...args], { cwd });
  expect(ran.status).not.toBe(0);
  expect(ran.err).toContain(message);
  expect(existsSync(join(cwd, "x"))).toBe(false);
});
