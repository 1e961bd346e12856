import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isError } from "@omnigraph/base";
import { Omnigraph } from "omnigraph";
import { afterEach, beforeEach, expect, it } from "vitest";
import { start } from "./process.ts";
import { SCHEMA } from "./schema.mjs";

const KEYS = "query q() { match { $i: Item } return { $i.key as key } }";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "omnigraph-copies-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Asserts that a branch has a state that it had: its three items from the first on, and main's from the first on. */
function expectOnceThere(branch: string, keys: readonly string[]): void {
  const own = keys.filter((key) => key.startsWith(`${branch} `)).toSorted();
  const main = keys.filter((key) => key.startsWith("main ")).map((key) => Number(key.slice(5)));
  if (branch !== "main") expect(own).toEqual([0, 1, 2].slice(0, own.length).map((i) => `${branch} ${i}`));
  expect(main.toSorted((a, b) => a - b)).toEqual(main.map((_, i) => i));
}

/** Copies file after file, as any tool does; a file that went away meanwhile is left out. */
function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (path) => !path.includes("/.tmp") });
}

/** Branches that the writer makes from one copy to the next. */
const BRANCHES_APART = 3;

/** Copies a graph that a process is writing, so many times. */
async function copyWritten(copies: number): Promise<void> {
  const uri = join(folder, "graph.omni");
  await (await Omnigraph.init(uri, { schema: SCHEMA })).close();
  const writer = start("branching.mjs", [uri]);
  let whole = 0;
  try {
    for (let n = 0; n < copies; n++) {
      await writer.printed((said) => said.split("\n").length > (n + 1) * BRANCHES_APART);
      const at = join(folder, `copy${n}.omni`);
      copy(uri, at);
      await using graph = await Omnigraph.open(at);
      for (const { name, problem } of await graph.branches.list()) {
        if (problem !== undefined) {
          expect(["log_torn", "object_corrupt"]).toContain(problem.reason);
          expect(problem.message).toContain(at);
          expect(problem.message).toContain("copy the graph again");
          continue;
        }
        try {
          expectOnceThere(
            name,
            (await graph.query(KEYS, {}, { branch: name })).rows.map((row) => String(row["key"])),
          );
          whole++;
        } catch (cause) {
          if (!isError(cause, "log_torn")) throw cause;
          expect(cause.message).toContain("copy the graph again");
        }
      }
    }
  } finally {
    writer.child.kill("SIGKILL");
    await writer.exited;
  }
  expect(whole).toBeGreaterThan(copies);
}

export function copiesSuite(copies: number): void {
  it(
    `of ${copies} copies of a graph that is being written each lists its branches, and each branch is a state that it had, or says which object is missing`,
    { timeout: 180_000 + copies * 10_000 },
    () => copyWritten(copies),
  );
}
