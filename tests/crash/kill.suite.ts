import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { afterEach, beforeEach, expect, it } from "vitest";
import { oneLife, start } from "./process.ts";
import { SCHEMA } from "./schema.mjs";

/** Half of the lives end wherever they are soon after the start, the others some time after what takes longest was done once. */
const SPREAD_MS = [150, 400] as const;
const PRINTED = {
  /** A load was staged and adopted. */
  "writer.mjs": '"batch"',
  /** A branch was folded, or there was nothing to fold. */
  "maintainer.mjs": '"folded"',
} as const;

interface Acknowledged {
  readonly item?: string;
  readonly batch?: string;
  readonly touched?: string;
  readonly number?: number;
  readonly commit?: string;
  readonly folded?: string | null;
}

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "omnigraph-kill-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** One process after another under one seat, each killed at a random moment of its life. */
async function seat(
  script: keyof typeof PRINTED,
  uri: string,
  name: string,
  kills: number,
): Promise<Acknowledged[]> {
  const acknowledged: Acknowledged[] = [];
  for (let life = 0; life < kills; life++) {
    const isShort = life % 2 === 0;
    const text = isShort ? "ready" : PRINTED[script];
    const printed = (output: string): boolean => output.includes(text);
    const milliseconds = Math.random() * SPREAD_MS[isShort ? 0 : 1];
    const lines = await oneLife(script, [uri, `${name}${life}`], { printed, milliseconds });
    acknowledged.push(...(lines as Acknowledged[]));
  }
  return acknowledged;
}

/** Kills two writers and a maintainer so many times each, beside a reader. */
async function killAll(kills: number): Promise<void> {
  const uri = join(folder, "graph.omni");
  await (await Omnigraph.init(uri, { schema: SCHEMA })).close();
  const reader = start("reader.mjs", [uri]);
  const seats = [
    seat("writer.mjs", uri, "a", kills),
    seat("writer.mjs", uri, "b", kills),
    seat("maintainer.mjs", uri, "m", kills),
  ];
  const [a = [], b = [], folds = []] = await Promise.all(seats);
  const acknowledged = [...a, ...b];
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
    for (const { folded = null } of folds) if (folded !== null) expect(listed.has(folded)).toBe(true);
    expect(acknowledged.filter((a) => a.batch !== undefined).length).toBeGreaterThanOrEqual(kills - 1);
    const { commit } = await graph.mutate(
      'query q() { insert Item { key: "last", writer: "me", number: 1 } }',
    );
    expect(commit).not.toBeNull();
    // Whatever the maintainers left behind, another one goes on.
    expect(await graph.maintenance.optimize({ full: true })).toMatchObject({
      commit: { kind: "maintenance" },
    });
    await using folded = await Omnigraph.open(uri, { readOnly: true });
    const counted = await folded.query("query q() { match { $i: Item } return { count($i) as n } }");
    expect(counted.rows).toEqual([{ n: rows.length + 1 }]);
    const { findings } = await graph.maintenance.fsck();
    expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]);
  } finally {
    await graph.close();
  }
}

export function killSuite(kills: number): void {
  it(
    `a graph loses nothing that was acknowledged and shows nothing half, over ${kills} kills each of two writers and a maintainer, beside a reader`,
    { timeout: 180_000 + kills * 15_000 },
    () => killAll(kills),
  );
}
