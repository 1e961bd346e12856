import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { afterEach, beforeEach, expect, it } from "vitest";
import { oneLife, start } from "./process.ts";
import { SCHEMA } from "./schema.mjs";

/** All of them in CI; a part is enough to work with. */
const KILLS = process.env["CI"] === undefined ? 60 : 200;
/** Half of the lives end among small commits; the others last until a load was staged, or nearly. */
const LIVES_MS = [
  { least: 20, spread: 150 },
  { least: 200, spread: 700 },
] as const;

interface Acknowledged {
  readonly item?: string;
  readonly batch?: string;
  readonly touched?: string;
  readonly number?: number;
  readonly commit?: string;
}

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "omnigraph-kill-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** One writer after another under one seat, each killed at a random moment of its life. */
async function seat(uri: string, name: string, kills: number): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  for (let life = 0; life < kills; life++) {
    const { least, spread } = LIVES_MS[life % 2 === 0 ? 0 : 1];
    const lines = await oneLife("writer.mjs", [uri, `${name}${life}`], least + Math.random() * spread);
    acknowledged.push(...(lines as Acknowledged[]));
  }
  return acknowledged;
}

it(
  `loses nothing that was acknowledged and shows nothing half, over ${KILLS} kills of two writers beside a reader`,
  { timeout: 300_000 },
  async () => {
    const uri = join(folder, "graph.omni");
    await (await Omnigraph.init(uri, { schema: SCHEMA })).close();
    const reader = start("reader.mjs", [uri]);
    const acknowledged = (await Promise.all([seat(uri, "a", KILLS / 2), seat(uri, "b", KILLS / 2)])).flat();
    reader.child.stdin?.end();
    await reader.exited;
    expect(reader.output()).toMatch(/^reads [1-9]\d*\n$/);

    const graph = await Omnigraph.open(uri);
    try {
      const rows = (
        await graph.query("query q() { match { $i: Item } return { $i.key as key, $i.number as number } }")
      ).rows;
      const numbers = new Map(rows.map((r) => [r["key"], r["number"]]));
      const batches = new Set(
        (await graph.query("query q() { match { $b: Batch } return { $b.key as key } }")).rows.map(
          (r) => r["key"],
        ),
      );
      for (const { item, touched, number, batch } of acknowledged) {
        if (item !== undefined) expect(numbers.has(item), `acknowledged ${item}`).toBe(true);
        if (touched !== undefined) expect(numbers.get(touched)).toBe(number);
        if (batch !== undefined) expect(batches.has(batch), `acknowledged ${batch}`).toBe(true);
      }
      const commits = (await graph.commits.list()).map((c) => c.id);
      expect(new Set(commits).size).toBe(commits.length);
      const listed = new Set(commits);
      for (const { commit } of acknowledged)
        expect(commit !== undefined && listed.has(commit), `commit ${commit}`).toBe(true);
      // Loads were staged and adopted too, also where the machine has other work.
      expect(acknowledged.filter((a) => a.batch !== undefined).length).toBeGreaterThanOrEqual(KILLS / 60);
      const { commit } = await graph.mutate(
        'query q() { insert Item { key: "last", writer: "me", number: 1 } }',
      );
      expect(commit).not.toBeNull();
    } finally {
      await graph.close();
    }
  },
);
