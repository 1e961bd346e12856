import { isError } from "@omnigraph/base";
import { Omnigraph } from "omnigraph";
import { exportedEntities } from "../../support/models/feed-model.ts";
import { changesBetween, linesOf } from "../../oracle/history-state.ts";
import { changeSeen, previewSeen } from "../../support/graphs/graph-calls.ts";
import type { SimulatedObjects } from "../../support/simulation/objects.ts";
import type { Calls } from "./calls.ts";
import type { Facts } from "./check.ts";
import type { HorizonsFound } from "./horizons.ts";
import type { LogFound } from "./logs.ts";
import { checkRest } from "./told-feed.ts";
import { isBaseGone } from "./told-gone.ts";
import { isSpoiled } from "./told-kept.ts";
import { changesText, foretoldText, previewText } from "./told-seen.ts";
import type { Replay } from "./replay.ts";
import { withoutExtras } from "./schemas.ts";
import { openGraph, PLAIN } from "./open.ts";

/** What any handle can write at any time. */
const LAST_WRITE = JSON.stringify({ type: "Place", data: { id: "end", title: "end" } });

/** Whether a graph that is opened again is what the model says, at every commit, and can be written on every branch. Answers what is wrong, or null. */
export async function checkEnd(
  world: SimulatedObjects,
  { replay, calls, horizons }: Facts,
): Promise<string | null> {
  const graph = await openGraph(world.connect("last"), world.process("last"), PLAIN);
  const wrong =
    (await checkBranches(graph, replay)) ??
    (await checkCommits(graph, replay, horizons)) ??
    (await checkMergeable(graph, replay, horizons)) ??
    (await checkRest(graph, world.root, { replay, calls, horizons })) ??
    (await checkWritable(graph, replay)) ??
    (await checkWhole(graph, replay, calls)) ??
    (await checkCopy(graph, world, replay, calls));
  await graph.close();
  return wrong;
}

async function checkBranches(graph: Omnigraph, replay: Replay): Promise<string | null> {
  const living = replay.logs.filter(isLiving);
  // A list does not look below the heads: of a torn log it has what is newest, or the damage.
  const torn = new Set(living.flatMap(({ name, isTorn }) => (isTorn ? [name] : [])));
  const line = (name: string | null, head: string): string => `${name} ${torn.has(name) ? "torn" : head}`;
  const expected = living.map((log) => line(log.name, replay.headOf(log))).toSorted();
  const found = (await graph.branches.list()).map(({ name, head }) => line(name, head)).toSorted();
  return found.join() === expected.join() ? null : `the branches are ${found.join()}, not ${expected.join()}`;
}

/** Every commit is what the model says; those that were condemned are said to be gone, but for heads. */
async function checkCommits(
  graph: Omnigraph,
  replay: Replay,
  horizons: HorizonsFound,
): Promise<string | null> {
  const { byId, model, logs } = replay;
  const heads = new Set(logs.filter(isLiving).map((log) => replay.headOf(log)));
  for (const id of byId.keys()) {
    const isCondemned = horizons.isCondemned(id, replay);
    const isGone = isCondemned && !heads.has(id);
    const expected = isGone ? "history_reclaimed" : linesOf(model.stateAt({ at: id })).join("\n");
    const found = await exportedEntities(graph, { at: id }).then(
      (lines) => lines.map(withoutExtras).join("\n"),
      reasonIn,
    );
    const mayBeGone = found === "history_reclaimed" && isNamelessUponNothing(id, replay, horizons);
    if (mayBeGone) continue;
    if (found !== expected) return `at ${id} there is ${found}, and not ${expected}`;
    const schema = replay.schemaAt(id);
    if (!isGone && (await graph.schema.catalog({ at: id })).source !== schema)
      return `at ${id} the schema is not ${schema}`;
    // Of a condemned head there is all that it is made of, and not what it changed.
    const wrong = isCondemned ? null : await checkChanges(graph, id, replay);
    if (wrong !== null) return wrong;
  }
  return null;
}

/** Whether a commit of a branch that was never named stands on one that was condemned before it came: who makes a branch for so long holds nothing. */
function isNamelessUponNothing(id: string, replay: Replay, horizons: HorizonsFound): boolean {
  const found = replay.byId.get(id);
  if (found === undefined || found.log.name !== null || found.log.fork === null) return false;
  return horizons.isCondemned(found.log.fork, replay, found.sinceMs);
}

/** What a commit changed can be told as long as the commit is there. */
async function checkChanges(graph: Omnigraph, id: string, { byId, model }: Replay): Promise<string | null> {
  const [parent] = byId.get(id)?.record.header.parents ?? [];
  if (parent === undefined) return null;
  const found = changesText((await graph.commits.changes(id)).changes.map(changeSeen));
  const expected = changesText(changesBetween(model.stateAt({ at: parent }), model.stateAt({ at: id })));
  return found === expected ? null : `${id} changed ${found}, and not ${expected}`;
}

/** Where something was condemned, branches can still be merged as if nothing were. */
async function checkMergeable(
  graph: Omnigraph,
  replay: Replay,
  horizons: HorizonsFound,
): Promise<string | null> {
  if (![...replay.byId.keys()].some((id) => horizons.isCondemned(id, replay))) return null;
  const [main, ...others] = replay.logs.filter(isLiving);
  for (const other of others) {
    for (const [from, into] of [
      [main, other],
      [other, main],
    ]) {
      if (from === undefined || into === undefined || from.isTorn || into.isTorn) continue;
      const [ours, theirs] = [replay.headOf(into), replay.headOf(from)];
      const foreseen = await replay.merged(ours, theirs, null);
      const preview = await graph.branches
        .previewMerge(from.name ?? "", { into: into.name ?? "" })
        .catch((error: unknown) => {
          if (isBaseGone(ours, theirs, { replay, horizons }) && isError(error, "history_reclaimed"))
            return null;
          throw error;
        });
      if (preview === null) continue;
      const seen = previewSeen(preview);
      // The model does not join schemas.
      const differ = replay.schemaAt(ours) !== replay.schemaAt(theirs);
      if (differ && seen.conflicts.some(({ kind }) => kind === "schema_conflict")) continue;
      const found = withoutExtras(previewText(seen));
      const expected = foretoldText(foreseen, seen);
      if (found !== expected)
        return `${from.name} would be merged into ${into.name} as ${found}, not ${expected}`;
    }
  }
  return null;
}

function isLiving({ name, seal }: LogFound): boolean {
  return name !== null && seal === null;
}

function reasonIn(error: unknown): string {
  if (isError(error, "history_reclaimed")) return error.reason;
  throw error;
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
async function checkWhole(graph: Omnigraph, { logs }: Replay, calls: Calls): Promise<string | null> {
  const { findings } = await graph.maintenance.fsck();
  const known = new Set<string>(logs.map(({ logId }) => logId));
  const wrong = findings.filter(
    ({ severity, place }) =>
      severity !== "note" &&
      !isSpoiled({ place, problem: "" }, calls.spoiled) &&
      !(calls.mayBeTorn && isOfUnknown(place, (logId) => known.has(logId))),
  );
  if (logs.some(({ isTorn }) => isTorn))
    return wrong.length === 0 ? "a log is torn, and fsck finds nothing" : null;
  return wrong.length === 0 ? null : wrong.map(({ place, problem }) => `${place}: ${problem}`).join("; ");
}

/** Whether a place is in a log of which power loss left no whole slot, before anyone found it. */
function isOfUnknown(place: string, isKnown: (logId: string) => boolean): boolean {
  const logId = /__manifest\/log\/([0-9a-z]{9})[.-]/.exec(place)?.[1]?.toUpperCase();
  return logId !== undefined && !isKnown(logId);
}

/** A copy that was begun can be carried on, and is then what the graph is. */
async function checkCopy(
  graph: Omnigraph,
  world: SimulatedObjects,
  { logs }: Replay,
  calls: Calls,
): Promise<string | null> {
  if (!calls.copies.has(world.root) || logs.some(({ isTorn }) => isTorn)) return null;
  const uri = calls.copies.uriOf(world.root);
  await graph.maintenance.backup(uri, { verify: true });
  const copy = await Omnigraph.open(uri, { readOnly: true });
  try {
    const [there, expected] = [await copy.branches.list(), await graph.branches.list()];
    const line = ({ name, head }: { readonly name: string; readonly head: string }): string =>
      `${name} ${head}`;
    if (there.map(line).join() !== expected.map(line).join())
      return `the branches of the copy are ${there.map(line).join()}, not ${expected.map(line).join()}`;
    for (const { name } of there) {
      const [found, wanted] = [
        await exportedEntities(copy, { branch: name }),
        await exportedEntities(graph, { branch: name }),
      ];
      if (found.join("\n") !== wanted.join("\n"))
        return `${name} of the copy is ${found.join("; ")}, not ${wanted.join("; ")}`;
    }
    const { findings } = await copy.maintenance.fsck();
    // Files are copied as they are.
    const wrong = findings.find(
      ({ severity, place, problem }) => severity !== "note" && !isSpoiled({ place, problem }, calls.spoiled),
    );
    return wrong === undefined ? null : `in the copy, ${wrong.place}: ${wrong.problem}`;
  } finally {
    await copy.close();
  }
}
