import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { expect, it } from "vitest";
import { start } from "./process.ts";
import { SCHEMA } from "./schema.mjs";

const WRITERS = ["a", "b", "c"];
const BRANCHES = 12;
const KEYS = "query q() { match { $i: Item } return { $i.key as key } order { key } }";

interface Line {
  readonly branch: string;
  readonly key: string;
  readonly branchCreated: boolean;
  readonly commit: string;
}

it("processes that load into missing branches at the same moment are all in them, and one made each", async () => {
  const folder = mkdtempSync(join(tmpdir(), "omnigraph-first-loads-"));
  try {
    const uri = join(folder, "graph.omni");
    await (await Omnigraph.init(uri, { schema: SCHEMA })).close();
    const running = WRITERS.map((who) => start("first-loads.mjs", [uri, who, `${BRANCHES}`]));
    await Promise.all(running.map(({ printed }) => printed((said) => said.includes("ready"))));
    for (const { child } of running) child.stdin?.end();
    await Promise.all(running.map(({ exited }) => exited));
    const lines = running.flatMap(({ output }) =>
      output()
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line): Line => JSON.parse(line)),
    );
    expect(lines).toHaveLength(WRITERS.length * BRANCHES);
    expect(new Set(lines.map(({ commit }) => commit)).size).toBe(lines.length);
    await using graph = await Omnigraph.open(uri, { readOnly: true });
    for (let n = 0; n < BRANCHES; n++) {
      const branch = `b${n}`;
      const { rows } = await graph.query(KEYS, {}, { branch });
      expect(rows.map(({ key }) => key)).toEqual(WRITERS.map((who) => `${who} ${n}`));
      const makers = lines.filter((line) => line.branch === branch && line.branchCreated);
      expect(makers).toHaveLength(1);
      const commits = await graph.commits.list({ branch });
      expect(new Set(commits.map(({ id }) => id))).toEqual(
        new Set([
          ...lines.filter((line) => line.branch === branch).map(({ commit }) => commit),
          commits.at(-1)?.id,
        ]),
      );
    }
    expect((await graph.query(KEYS)).rows).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
