import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { ok, run } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("cleanup-command");

beforeAll(async () => {
  writeFileSync(join(cwd, "schema.pg"), "node P { k: String @key }\nedge Knows: P -> P\n");
  await ok(["init", "--schema", "schema.pg", "g.omni"], { cwd });
  for (const k of ["a", "b", "c"])
    await ok(["mutate", "--store", "g.omni", "-e", `query q() { insert P { k: "${k}" } }`, "--quiet"], {
      cwd,
    });
});

it("cleanup says what would go, removes it once it is confirmed, and has nothing to do then", async () => {
  const dry = await ok(["cleanup", "g.omni", "--keep", "1"], { cwd });
  expect(dry).toMatch(
    /^would fold first: main\nwould remove the changes of 3 commits and 0 tables, [0-9]+ bytes; nothing was changed, give --confirm to remove it\n$/,
  );
  expect(await ok(["cleanup", "g.omni", "--keep", "1", "--confirm"], { cwd })).toMatch(
    /^folded first: main\nremoved the changes of 0 commits and 0 tables, 0 bytes\nfound unneeded: 4 slots and 0 tables; the next cleanup with --confirm removes them, in (59|60) minutes at the earliest\n$/,
  );
  const args = [
    "cleanup",
    "g.omni",
    "--keep",
    "1",
    "--older-than",
    "0",
    "--grace",
    "0",
    "--confirm",
    "--json",
  ];
  const done = JSON.parse(await ok(args, { cwd }));
  expect(done).toMatchObject({
    uri: "g.omni",
    confirmed: true,
    keep_versions: 1,
    older_than_secs: 0,
    folded: [],
    datasets: [
      { type_key: "edge:Knows", bytes_removed: 0, old_versions_removed: 0, error: null },
      { type_key: "node:P", bytes_removed: 0, old_versions_removed: 0, error: null },
    ],
    commits_reclaimed: 3,
    pending: null,
  });
  expect(done.bytes_removed).toBe(done.commit_bytes_removed);
  expect(await ok(args, { cwd }).then(JSON.parse)).toMatchObject({ commits_reclaimed: 0, bytes_removed: 0 });
  expect(
    await ok(["query", "--store", "g.omni", "-e", "query q() { match { $p: P } return { $p.k } }"], { cwd }),
  ).toContain("c");
});

it.each([
  [["--keep", "1", "--older-than", "1y"], "--older-than takes a time as 90s, 30m, 12h, 7d or 4w"],
  [["--keep", "0"], "--keep takes a whole number from 1"],
  [[], "a cleanup needs to know what to keep"],
])("cleanup %j is refused with a remedy", async (options, message) => {
  const { status, err } = await run(["cleanup", "g.omni", ...options], { cwd });
  expect([status, err]).toEqual([2, expect.stringContaining(message)]);
});
