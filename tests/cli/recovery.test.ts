import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { beforeAll, expect, it } from "vitest";
import { start } from "../crash/process.ts";
import { prepare, SCHEMA } from "../crash/stopping.mjs";
import { ok, run } from "../support/cli/cli.ts";
import { testFolder } from "../support/running/folders.ts";

const cwd = testFolder("recovery-command");
const uri = join(cwd, "g.omni");

/** A process that is killed at a step of a load. */
async function killed(step: string): Promise<void> {
  const { child, printed, exited } = start("stager.mjs", [uri, "load", step]);
  await printed((output) => output.includes("there"));
  child.kill("SIGKILL");
  await exited;
}

beforeAll(async () => {
  await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
  await prepare(graph);
});

it("an interrupted write is listed, shown and settled", async () => {
  expect(await ok(["recovery", "list", "g.omni"], { cwd })).toBe("nothing was interrupted\n");
  await killed("staged");
  const listed = JSON.parse(await ok(["recovery", "list", "g.omni", "--json"], { cwd }));
  expect(listed).toMatchObject({
    uri: "g.omni",
    entries: [
      {
        state: "write",
        problem: null,
        write: {
          kind: "load",
          graph_branch: "main",
          actor_id: "ann",
          message: "by table",
          complete: true,
          orphaned: true,
        },
      },
    ],
  });
  const { id } = listed.entries[0];
  expect(await ok(["recovery", "list", "g.omni"], { cwd })).toMatch(/load +\| main +\| ann +\| all +\| gone/);
  const shown = await ok(["recovery", "show", id, "g.omni"], { cwd });
  expect(shown).toContain("everything is staged; its process is gone");
  expect(shown).toContain(`  tables/${id}/`);
  expect(JSON.parse(await ok(["recovery", "show", id, "g.omni", "--json"], { cwd }))).toMatchObject({ id });
  const settled = JSON.parse(await ok(["recovery", "settle", "g.omni", "--json"], { cwd }));
  // The background of the same command may have been first.
  for (const { outcome } of settled.settled) expect(outcome).toBe("published");
  expect(await ok(["recovery", "settle", "g.omni"], { cwd })).toBe("nothing to settle\n");
  expect(JSON.parse(await ok(["commit", "show", "main", "g.omni", "--json"], { cwd }))).toMatchObject({
    kind: "load",
    actor_id: "ann",
    recovered: true,
  });
  expect(await ok(["commit", "show", "main", "g.omni"], { cwd })).toContain(
    "load, published by another process",
  );
  expect(await ok(["commit", "list", "g.omni"], { cwd })).toMatch(/\| ann +\| load .*by table/);
});

it("what nobody can read is discarded only once that is confirmed", async () => {
  await using graph = await Omnigraph.open(uri);
  const { writeFileSync, mkdirSync } = await import("node:fs");
  mkdirSync(join(uri, "__recovery"), { recursive: true });
  writeFileSync(join(uri, "__recovery", "notes.txt"), "mine");
  expect(await ok(["recovery", "list", "g.omni"], { cwd })).toContain("notes.txt | unreadable");
  const refused = await run(["recovery", "discard", "notes.txt", "g.omni", "--json"], { cwd });
  expect([refused.status, JSON.parse(refused.err).reason]).toEqual([1, "recovery_not_confirmed"]);
  const removed = await ok(["recovery", "discard", "notes.txt", "--confirm", "g.omni", "--json"], { cwd });
  expect(JSON.parse(removed)).toMatchObject({ id: "notes.txt", outcome: "removed", graph_commit_id: null });
  const missing = await run(["recovery", "show", "notes.txt", "g.omni", "--json"], { cwd });
  expect(JSON.parse(missing.err).reason).toBe("recovery_not_found");
  expect((await graph.recovery.list()).length).toBe(0);
});
