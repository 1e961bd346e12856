import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { afterEach, beforeEach, expect, it } from "vitest";
import { oneLife, start } from "./process.ts";
import { SCHEMA } from "./schema.mjs";

/** Half of the lives end wherever they are soon after the start, the others some time after a load was staged and adopted. */
const LIVES = [
  { printed: (output: string) => output.includes("ready"), spreadMs: 150 },
  { printed: (output: string) => output.includes('"batch"'), spreadMs: 400 },
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
    const { printed, spreadMs } = LIVES[life % 2 === 0 ? 0 : 1];
    const milliseconds = Math.random() * spreadMs;
    const lines = await oneLife("writer.mjs", [uri, `${name}${life}`], { printed, milliseconds });
    acknowledged.push(...(lines as Acknowledged[]));
  }
  return acknowledged;
}

/** Kills two writers so many times in all, beside a reader. */
async function killWriters(kills: number): Promise<void> {
  const uri = join(folder, "graph.omni");
  await (await Omnigraph.init(uri, { schema: SCHEMA })).close();
  const reader = start("reader.mjs", [uri]);
  const acknowledged = (await Promise.all([seat(uri, "a", kills / 2), seat(uri, "b", kills / 2)])).flat();
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
    expect(acknowledged.filter((a) => a.batch !== undefined).length).toBeGreaterThanOrEqual(kills / 2 - 1);
    const { commit } = await graph.mutate(
      'query q() { insert Item { key: "last", writer: "me", number: 1 } }',
    );
    expect(commit).not.toBeNull();
  } finally {
    await graph.close();
  }
}

export function killSuite(kills: number): void {
  it(
    `loses nothing that was acknowledged and shows nothing half, over ${kills} kills of two writers beside a reader`,
    { timeout: 180_000 + kills * 5_000 },
    () => killWriters(kills),
  );
}
