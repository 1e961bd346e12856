import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { afterEach, beforeEach, expect, it } from "vitest";
import { branchesOf, rowsOf } from "../support/graphs/recorded-graph.mjs";
import { oneLife, start } from "./process.ts";
import { SCHEMA } from "./schema.mjs";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "omnigraph-backups-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Longest life of a copy, in milliseconds. */
const LIFE_MS = 900;

/** Copies a graph that two processes write, by processes that are killed; answers how often a copy was a graph. */
async function killCopies(uri: string, to: string, kills: number): Promise<number> {
  const writers = ["one", "two"].map((name) => start("writer.mjs", [uri, name]));
  let graphs = 0;
  try {
    await Promise.all(writers.map(({ printed }) => printed((said) => said.includes('"batch"'))));
    for (let n = 0; n < kills; n++) {
      const milliseconds = Math.random() * LIFE_MS;
      // On a slow machine no copy is whole within a life: every fourth life begins when one is.
      const begins = n % 4 === 3 ? "heads" : "ready";
      await oneLife("backup.mjs", [uri, to], { printed: (said) => said.includes(begins), milliseconds });
      if (!existsSync(join(to, "__manifest", "format.json"))) continue;
      graphs++;
      await expectAsOnce(uri, to);
    }
  } finally {
    for (const { child } of writers) child.kill("SIGKILL");
    await Promise.all(writers.map(({ exited }) => exited));
  }
  return graphs;
}

/** A copy that is a graph is at any moment what the graph was once. */
async function expectAsOnce(uri: string, to: string): Promise<void> {
  await using copy = await Omnigraph.open(to, { readOnly: true });
  await using graph = await Omnigraph.open(uri, { readOnly: true });
  const [head] = await copy.commits.list({ limit: 1 });
  expect(await rowsOf(copy, {})).toEqual(await rowsOf(graph, { at: head?.id ?? "" }));
}

export function backupSuite(kills: number): void {
  it(
    `after ${kills} kills of copies of a graph that two processes write, the next copy is whole, and a copy that is a graph was one all the time`,
    { timeout: 180_000 + kills * 20_000 },
    async () => {
      const [uri, to, back] = ["graph.omni", "copy.omni", "back.omni"].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      await (await Omnigraph.init(uri, { schema: SCHEMA })).close();
      const graphs = await killCopies(uri, to, kills);
      await using graph = await Omnigraph.open(uri);
      // What the writers had staged when they died is settled by now, or later: the copy has what is there.
      await graph.maintenance.backup(to, { verify: true });
      await Omnigraph.restore(to, back);
      for (const copied of [to, back]) {
        await using copy = await Omnigraph.open(copied, { readOnly: true });
        const branches = await branchesOf(copy);
        const head = branches["main"]?.commits[0]?.id ?? "";
        expect(branches["main"]?.rows).toEqual(await rowsOf(graph, { at: head }));
        expect(branches["main"]?.commits).toEqual(
          (await graph.commits.list()).slice(-branches["main"].commits.length),
        );
      }
      if (kills > 3) expect(graphs).toBeGreaterThan(0);
    },
  );
}
