import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Omnigraph } from "omnigraph";
import { expect, it } from "vitest";
import { exportedEntities } from "../support/models/feed-model.ts";
import { testFolder } from "../support/running/folders.ts";
import { start } from "./process.ts";
import { COMPLETE, prepare, PUBLISHED, SCHEMA, STEPS, WRITES } from "./stopping.mjs";

type WriteName = keyof typeof WRITES;
type Step = keyof typeof STEPS;

type Case = readonly [WriteName, Step];

// Casts: their own keys.
const ALL_WRITES = Object.keys(WRITES) as readonly WriteName[];
const ALL_STEPS = Object.keys(STEPS) as readonly Step[];

/** Those of every day: a kind of write each, at different steps. */
export const SOME: readonly Case[] = [
  ["load", "staged"],
  ["load that makes its branch", "staged"],
  ["mutation", "staged"],
  ["merge", "staged"],
  ["revert", "table written"],
  ["fold", "staged"],
];

export const OTHERS: readonly Case[] = ALL_WRITES.flatMap((write) =>
  ALL_STEPS.map((step) => [write, step] as const),
).filter(([write, step]) => !SOME.some(([other, at]) => other === write && at === step));

const MAKES_BRANCH: WriteName = "load that makes its branch";

/** Kills processes at steps of writes that stage tables; the next process finds each write whole or not at all. */
export function recoverySuite(name: string, cases: readonly Case[], settling: readonly Step[]): void {
  const folder = testFolder(name);
  let graphs = 0;

  async function prepared(): Promise<string> {
    const uri = join(folder, `g${graphs++}.omni`);
    await using graph = await Omnigraph.init(uri, { schema: SCHEMA });
    await prepare(graph);
    return uri;
  }

  /** What main is with the write, and without it. */
  async function states(write: WriteName): Promise<Readonly<Record<"with" | "without", readonly string[]>>> {
    await using graph = await Omnigraph.open(await prepared());
    const without = await exportedEntities(graph, {});
    await WRITES[write](graph);
    return { without, with: await exportedEntities(graph, { branch: branchOf(write) }) };
  }

  it.each(cases)(
    "a %s that is killed at the step '%s' is there whole or not at all",
    { timeout: 60_000 },
    async (write, step) => {
      const expected = await states(write);
      const uri = await prepared();
      await killedAt(uri, write, step);
      await settledByTwo(uri);
      await expectSettled(uri, write, step, expected);
    },
  );

  it.each(settling)(
    "a process that is killed at the step '%s' of settling leaves it to the next",
    { timeout: 60_000 },
    async (step) => {
      for (const at of ["table written", "staged"] as const) {
        const expected = await states("load");
        const uri = await prepared();
        await killedAt(uri, "load", at);
        await killedAt(uri, "settle", step);
        await settledByTwo(uri);
        await expectSettled(uri, "load", at, expected);
      }
    },
  );
}

async function killedAt(uri: string, write: WriteName | "settle", step: Step): Promise<void> {
  const { child, printed, exited } = start("stager.mjs", [uri, write, step]);
  await printed((output) => output.includes("there"));
  child.kill("SIGKILL");
  await exited;
}

/** Two processes' worth of handles settle at once, while others are told by nothing that there is anything to settle. */
async function settledByTwo(uri: string): Promise<void> {
  const graphs = [await Omnigraph.open(uri), await Omnigraph.open(uri)];
  const [first] = graphs;
  const small = first?.mutate('insert Other { k: "small" }', null, { message: "small" });
  const settled = await Promise.all(graphs.map((graph) => graph.recovery.settle()));
  expect(settled.flat().filter(({ outcome }) => outcome === "failed")).toEqual([]);
  await small;
  for (const graph of graphs) await graph.close();
}

async function expectSettled(
  uri: string,
  write: WriteName,
  step: Step,
  expected: Readonly<Record<"with" | "without", readonly string[]>>,
): Promise<void> {
  await using graph = await Omnigraph.open(uri);
  expect(await graph.recovery.list()).toEqual([]);
  const isStaged = COMPLETE.includes(step) || PUBLISHED.includes(step);
  const branch = isStaged ? branchOf(write) : "main";
  const commits = await graph.commits.list({ branch });
  const landed = commits.filter(({ message }) => message === "by table");
  const givenUp = commits.filter(({ kind }) => kind === "recovery");
  // The small write may have come first, and conflicts with none of them.
  const counts = [landed.length, givenUp.length];
  if (isStaged) expect(counts).toEqual([1, 0]);
  // Of a branch that was never made, nobody sees that it was given up.
  else expect(counts).toEqual([0, write === MAKES_BRANCH ? 0 : 1]);
  for (const commit of [...landed, ...givenUp]) expect(commit.actor).toBe("ann");
  const lines = (await exportedEntities(graph, { branch })).filter((line) => !line.includes('"small"'));
  expect(lines).toEqual(landed.length === 1 ? expected.with : expected.without);
  expect(foldersIn(join(uri, "tables"))).toHaveLength(landed.length);
  expect(foldersIn(join(uri, "__recovery"))).toEqual([]);
  // It can be done now, where it was not.
  if (landed.length === 0) await WRITES[write](graph);
  expect((await graph.branches.list()).some(({ name }) => name === "import")).toBe(write === MAKES_BRANCH);
}

function branchOf(write: WriteName): string {
  return write === MAKES_BRANCH ? "import" : "main";
}

function foldersIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
