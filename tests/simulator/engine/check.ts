import { GraphLog } from "@omnigraph/log";
import type { SimulatedObjects } from "../../support/simulation/objects.ts";
import type { Call, Calls } from "./calls.ts";
import { checkEnd } from "./end.ts";
import { headsOf } from "./heads.ts";
import { HorizonsFound } from "./horizons.ts";
import { asWritten, logsIn } from "./logs.ts";
import type { Room } from "./room.ts";
import type { Roots } from "./roots.ts";
import { Replay } from "./replay.ts";
import { checkDone } from "./told-done.ts";
import { checkConsumers } from "./told-feed.ts";
import { checkRefused } from "./told-refused.ts";

/** What the calls of a run are checked against. */
export interface Facts {
  readonly replay: Replay;
  readonly calls: Calls;
  readonly horizons: HorizonsFound;
  /** Errands of which something may be there though a call was told that nothing was written: another call was told otherwise, or nothing. */
  readonly excused: ReadonlySet<string>;
  /** Whether something else than what the handle had opened was at the address while a call took place. */
  wasReplaced(call: Call): boolean;
  /** Whether the disk was full while a call took place. */
  wasFull(call: Call): boolean;
}

/** What a check takes of a run besides its calls. */
export interface Ended {
  readonly roots: Roots | null;
  readonly room: Room;
  /** Settles what is staged in the root that is at the address; null where that may be left. */
  readonly settle: (() => Promise<void>) | null;
}

/**
 * Whether what is in the store explains everything that anyone was told, and the graph goes on. A handle reads and writes the root that it has opened, so
 * each call is checked against that one. Answers what is wrong, or null.
 */
export async function checkRun(
  world: SimulatedObjects,
  calls: Calls,
  { roots, room, settle }: Ended,
): Promise<string | null> {
  roots?.close();
  for (const root of roots?.graphs ?? [world.root]) {
    world.exchange(root);
    await settle?.();
    const own = calls.all.filter((call) => call.root === root);
    const wrong = await checkRoot(world, calls, own, {
      wasReplaced: (call) => roots?.wasReplaced(root, call) === true,
      wasFull: (call) => room.wasFull(call),
    });
    if (wrong !== null) return root.id === 0 ? wrong : `in root ${root.id}: ${wrong}`;
  }
  return null;
}

async function checkRoot(
  world: SimulatedObjects,
  calls: Calls,
  own: readonly Call[],
  befell: Pick<Facts, "wasReplaced" | "wasFull">,
): Promise<string | null> {
  const [store, process] = [world.connect("checker"), world.process("checker")];
  const log = await GraphLog.open(asWritten(world, store), process, { readOnly: true });
  const replay = new Replay(
    await logsIn(world, log, calls.mayBeTorn),
    new Map(calls.all.map(({ errand }) => [errand.id, errand])),
  );
  const horizons = new HorizonsFound(world);
  const facts = { replay, calls, horizons, excused: excusedIn(calls), ...befell };
  const wrong =
    (await replay.run()) ?? checkOnce(replay) ?? checkSeals(facts) ?? horizons.check(replay, calls.all);
  if (wrong !== null) return wrong;
  const misled = checkConsumers(world.root, replay, calls);
  if (misled !== null) return misled;
  for (const call of own) {
    const found = await checkCall(call, facts);
    if (found !== null) return `${JSON.stringify({ ...call, root: undefined })}: ${found}`;
  }
  return checkEnd(world, facts);
}

/** An errand is in the logs once. A load that lost the race for its name leaves its commit in a log without one. */
function checkOnce({ byErrand }: Replay): string | null {
  for (const [errand, landed] of byErrand) {
    const named = landed.filter(({ log }) => log.name !== null);
    if (named.length > 1)
      return `${errand} is there ${named.length} times: ${named.map(({ record }) => record.header.id).join()}`;
  }
  return null;
}

/** Who deletes a branch meant to: all of it, or as far as it was merged by then. */
function checkSeals({ replay, calls, horizons }: Facts): string | null {
  const { logs, model } = replay;
  const errands = new Map(calls.all.map(({ errand }) => [errand.id, errand]));
  for (const { seal, name, logId, sealedMs, fork } of logs) {
    if (seal === null) continue;
    const { message, parents } = seal.header;
    const action = errands.get(message ?? "")?.action;
    if (action?.kind === "delete" && action.name === name) continue;
    // Its maker found out that it began at what is gone.
    const isCondemned = horizons.isCondemned(fork ?? "", replay, sealedMs) || calls.poweredMs >= sealedMs;
    if (message === null && isCondemned) continue;
    const told = `log ${logId} is sealed by ${message}`;
    if (action?.kind !== "merge" || action.source !== name || !action.deleteBranch)
      return `${told}, which was not to delete ${name}`;
    const heads = headsOf(action.target, logs, { begunMs: 0, endedMs: sealedMs });
    const last = replay.changeAt(parents[0]) ?? "";
    if (!heads.some(({ commit }) => model.ancestors(commit).includes(last)))
      return `${told} at ${parents[0]}, which nobody had merged`;
  }
  return null;
}

function excusedIn({ all }: Calls): ReadonlySet<string> {
  return new Set(
    all.filter(({ answer }) => answer === null || answer.kind !== "refused").map(({ errand }) => errand.id),
  );
}

async function checkCall(call: Call, facts: Facts): Promise<string | null> {
  const { answer, errand } = call;
  switch (answer?.kind) {
    case undefined:
    case "unknown":
      return null;
    case "done":
      return checkDone(call, answer, facts);
    case "refused": {
      // What was made at a commit that is gone was undone, by a seal that nobody asked for.
      const there = (facts.replay.byErrand.get(errand.id) ?? []).some(
        ({ log }) => log.name !== null && log.seal?.header.message !== null,
      );
      if (there && !facts.excused.has(errand.id)) return "it was refused, and is there";
      return checkRefused(call, answer, facts);
    }
  }
}
