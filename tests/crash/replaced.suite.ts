import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { cp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Omnigraph } from "omnigraph";
import { afterEach, beforeEach, expect, it } from "vitest";
import { start } from "./process.ts";
import { INSERT, SCHEMA } from "./schema.mjs";

// A process writes one commit after the other while the folder of its graph is taken away.

const KEYS = "query q() { match { $i: Item } return { $i.key as key } }";
const BATCHES = "query q() { match { $b: Batch } return { $b.key as key } }";

interface Line {
  readonly item?: string;
  readonly batch?: string;
  readonly branch?: string;
  readonly refused?: string;
}

/**
 * What a write can meet once its folder is another one. The outcome is unknown of what was put and could not be looked at again: a branch whose record is there, a
 * load that was staged completely.
 */
const REPLACED = ["graph_replaced", "outcome_unknown"];

/** What a write can meet besides: while a folder is being removed some of its files are gone, and it is still the one that was opened. */
const WHILE_REMOVED = [...REPLACED, "store_transient", "log_torn", "object_corrupt", "table_version_missing"];

let folder = "";
let uri = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "omnigraph-replaced-"));
  uri = join(folder, "graph.omni");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function keysOf(graph: Omnigraph, query: string): Promise<unknown[]> {
  return (await graph.query(query)).rows.map(({ key }) => key);
}

/** Makes a graph with some items of its own. */
async function make(items: number): Promise<void> {
  const graph = await Omnigraph.init(uri, { schema: SCHEMA });
  for (let n = 0; n < items; n++) await graph.mutate(INSERT, { k: `new${n}`, w: "new", n });
  await graph.close();
}

/** Runs a writer until what befalls its folder stops it: what it was told. Only commits come before its first refusal, only refusals after. */
async function writeUntil(befall: () => Promise<void>, met = REPLACED): Promise<readonly Line[]> {
  const { output, printed, exited, child } = start("onwards.mjs", [uri]);
  await printed((said) => said.includes("k0"));
  await setTimeout(Math.random() * 150);
  await befall();
  child.stdin?.end();
  await exited;
  const lines = output()
    .trimEnd()
    .split("\n")
    .map((line): Line => JSON.parse(line));
  const first = lines.findIndex(({ refused }) => refused !== undefined);
  const [refusal, ...later] = lines.slice(first);
  expect(met).toContain(refusal?.refused);
  expect(later).toEqual(Array(4).fill({ refused: "graph_replaced" }));
  return lines.slice(0, first);
}

/** Everything acknowledged is in a graph, and it goes on. */
async function expectWhole(at: string, told: readonly Line[]): Promise<void> {
  await using graph = await Omnigraph.open(at);
  const items = new Set(await keysOf(graph, KEYS));
  const batches = new Set(await keysOf(graph, BATCHES));
  const branches = new Set((await graph.branches.list()).map(({ name }) => name));
  for (const { item, batch, branch } of told) {
    if (item !== undefined) expect(items).toContain(item);
    if (batch !== undefined) expect(batches).toContain(batch);
    if (branch !== undefined) expect(branches).toContain(branch);
  }
  await graph.mutate(INSERT, { k: "after", w: "after", n: 0 });
}

/** A graph has these items, one branch, no table of others, and goes on. */
async function expectUntouched(items: readonly string[]): Promise<void> {
  await using graph = await Omnigraph.open(uri);
  expect(new Set(await keysOf(graph, KEYS))).toEqual(new Set(items));
  expect(await graph.branches.list()).toHaveLength(1);
  expect(
    readdirSync(uri, { recursive: true, encoding: "utf8" }).filter((name) =>
      /^(tables|__recovery)/.test(name),
    ),
  ).toEqual([]);
  await graph.mutate(INSERT, { k: "after", w: "after", n: 0 });
}

/** Each of these happens to so many writers, one after the other. */
export function replacedSuite(rounds: number): void {
  const patience = 180_000 + rounds * 10_000;

  it(
    `a writer whose folder is renamed writes no more, and all that it was told is there: ${rounds} times`,
    { timeout: patience },
    async () => {
      for (let round = 0; round < rounds; round++) {
        const moved = join(folder, `moved${round}`);
        await make(0);
        const told = await writeUntil(() => rename(uri, moved));
        expect(existsSync(uri)).toBe(false);
        await expectWhole(moved, told);
      }
    },
  );

  it(
    `a graph that is made in another's place gets nothing from its writer, and neither is damaged: ${rounds} times`,
    { timeout: patience },
    async () => {
      for (let round = 0; round < rounds; round++) {
        const moved = join(folder, `moved${round}`);
        await make(0);
        const told = await writeUntil(async () => {
          await rename(uri, moved);
          await make(round);
        });
        await expectWhole(moved, told);
        await expectUntouched(Array.from({ length: round }, (_, n) => `new${n}`));
        await rm(uri, { recursive: true });
      }
    },
  );

  it(
    `a folder that is removed under its writer stays away: ${rounds} times`,
    { timeout: patience },
    async () => {
      for (let round = 0; round < rounds; round++) {
        await make(0);
        await writeUntil(() => rm(uri, { recursive: true, maxRetries: 50, retryDelay: 1 }), WHILE_REMOVED);
        expect(existsSync(uri)).toBe(false);
      }
    },
  );

  it(
    `a backup that is put back under a writer is what it was: ${rounds} times`,
    { timeout: patience },
    async () => {
      for (let round = 0; round < rounds; round++) {
        await make(2);
        await cp(uri, `${uri}.backup`, { recursive: true });
        await writeUntil(async () => {
          if (round % 2 === 0) await rename(uri, join(folder, `moved${round}`));
          else await rm(uri, { recursive: true, maxRetries: 50, retryDelay: 1 });
          await cp(`${uri}.backup`, uri, { recursive: true });
        }, WHILE_REMOVED);
        await expectUntouched(["new0", "new1"]);
        for (const path of [uri, `${uri}.backup`]) await rm(path, { recursive: true });
      }
    },
  );
}
