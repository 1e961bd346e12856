import { isError } from "@omnigraph/base";
import type { Omnigraph } from "omnigraph";
import { exportedEntities } from "../../support/models/feed-model.ts";
import { linesOf } from "../../oracle/history-state.ts";
import type { SimulatedObjects } from "../../support/simulation/objects.ts";
import type { Calls } from "./calls.ts";
import { checkRest } from "./told-feed.ts";
import type { Replay } from "./replay.ts";
import { openGraph, PLAIN } from "./open.ts";

/** What any handle can write at any time. */
const LAST_WRITE = JSON.stringify({ type: "Place", data: { id: "end", title: "end" } });

/** Whether a graph that is opened again is what the model says, at every commit, and can be written on every branch. Answers what is wrong, or null. */
export async function checkEnd(
  world: SimulatedObjects,
  replay: Replay,
  calls: Calls,
): Promise<string | null> {
  const graph = await openGraph(world.connect("last"), world.process("last"), PLAIN);
  const wrong =
    (await checkBranches(graph, replay)) ??
    (await checkCommits(graph, replay)) ??
    (await checkRest(graph, world.root, replay, calls)) ??
    (await checkWritable(graph, replay)) ??
    (await checkWhole(graph, replay));
  await graph.close();
  return wrong;
}

async function checkBranches(graph: Omnigraph, replay: Replay): Promise<string | null> {
  const living = replay.logs.filter(({ name, seal }) => name !== null && seal === null);
  // A list does not look below the heads: of a torn log it has what is newest, or the damage.
  const torn = new Set(living.flatMap(({ name, isTorn }) => (isTorn ? [name] : [])));
  const line = (name: string | null, head: string): string => `${name} ${torn.has(name) ? "torn" : head}`;
  const expected = living.map((log) => line(log.name, replay.headOf(log))).toSorted();
  const found = (await graph.branches.list()).map(({ name, head }) => line(name, head)).toSorted();
  return found.join() === expected.join() ? null : `the branches are ${found.join()}, not ${expected.join()}`;
}

async function checkCommits(graph: Omnigraph, { byId, model }: Replay): Promise<string | null> {
  for (const id of byId.keys()) {
    const found = await exportedEntities(graph, { at: id });
    const expected = linesOf(model.stateAt({ at: id }));
    if (found.join("\n") !== expected.join("\n"))
      return `at ${id} there is ${found.join("; ")}, and not ${expected.join("; ")}`;
  }
  return null;
}

/** Every branch can be written, but for those that are torn: what came there would be lost among what nobody reads. */
async function checkWritable(graph: Omnigraph, replay: Replay): Promise<string | null> {
  for (const { name } of await graph.branches.list()) {
    const isTorn = replay.logs.some((log) => log.name === name && log.seal === null && log.isTorn);
    const options = { mode: "merge", branch: name, message: "end" } as const;
    const wrong = await graph.load(LAST_WRITE, options).then(
      () => (isTorn ? `${name} is torn, and was written` : null),
      (error: unknown) => {
        if (isTorn && (isError(error, "log_torn") || isError(error, "log_corrupt"))) return null;
        throw error;
      },
    );
    if (wrong !== null) return wrong;
  }
  return null;
}

/** Whether every commit, table and row is as it has to be, also those that nothing above has read. */
async function checkWhole(graph: Omnigraph, { logs }: Replay): Promise<string | null> {
  const { findings } = await graph.maintenance.fsck();
  const wrong = findings.filter(({ severity }) => severity !== "note");
  if (logs.some(({ isTorn }) => isTorn))
    return wrong.length === 0 ? "a log is torn, and fsck finds nothing" : null;
  return wrong.length === 0 ? null : wrong.map(({ place, problem }) => `${place}: ${problem}`).join("; ");
}
