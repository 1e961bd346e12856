import { present } from "@omnigraph/base";
import { type Cuts, isBelow, partOfKey } from "../../../packages/log/src/retention/horizon-record.ts";
import type { LogId } from "@omnigraph/log";
import type { SimulatedObjects } from "../../support/simulation/objects.ts";
import type { Call } from "./calls.ts";
import type { LogFound } from "./logs.ts";
import type { Replay } from "./replay.ts";

/** A horizon as it is in the end. */
interface HorizonFound {
  readonly number: number;
  readonly cuts: Cuts;
  /** Milliseconds of virtual time since which it is there. */
  readonly sinceMs: number;
  /** Id of the errand that condemned. */
  readonly errand: string;
}

/** What cleanups have condemned in the course of a run, the oldest first. */
export class HorizonsFound {
  readonly #all: readonly HorizonFound[];

  constructor(world: SimulatedObjects) {
    const found: HorizonFound[] = [];
    for (const key of world.keys()) {
      const named = partOfKey(key);
      if (named?.part !== "json") continue;
      const { cuts, actor } = JSON.parse(Buffer.from(present(world.look(key), key)).toString());
      // Cast: by log a slot, as docs/formats/cleanup.md has it.
      const byLog = new Map(Object.entries(cuts) as [LogId, number][]);
      const sinceMs = present(world.since(key), key);
      found.push({ number: named.number, cuts: byLog, sinceMs, errand: String(actor) });
    }
    this.#all = found.toSorted((a, b) => a.number - b.number);
  }

  /** Whether a commit was condemned by then. */
  isCondemned(id: string, { byId }: Replay, atMs = Infinity): boolean {
    const address = byId.get(id)?.record.address;
    return (
      address !== undefined &&
      this.#all.some(({ sinceMs, cuts }) => sinceMs <= atMs && isBelow(cuts, address))
    );
  }

  /** Whether each condemned what its errand allows, and no more. Answers what is wrong, or null. */
  check({ logs }: Replay, calls: readonly Call[]): string | null {
    let before: Cuts = new Map();
    for (const [i, horizon] of this.#all.entries()) {
      if (horizon.number !== i) return `horizon ${i} is missing`;
      for (const [logId, cut] of before)
        if ((horizon.cuts.get(logId) ?? -1) < cut)
          return `horizon ${i} gives back what was condemned in ${logId}`;
      for (const log of logs) {
        const wrong = checkCut(horizon, log, before.get(log.logId) ?? -1, calls);
        if (wrong !== null) return `horizon ${i} of ${horizon.errand} condemns ${log.logId} ${wrong}`;
      }
      before = horizon.cuts;
    }
    return null;
  }
}

function checkCut(
  { cuts, sinceMs, errand: name }: HorizonFound,
  log: LogFound,
  before: number,
  calls: readonly Call[],
): string | null {
  const cut = cuts.get(log.logId) ?? -1;
  if (cut <= before || log.sealedMs <= sinceMs) return null;
  // It may have been called for several times.
  const asked = calls.filter(({ errand }) => errand.id === name);
  const begunMicros = Math.max(...asked.map((call) => call.begunMicros));
  const action = asked[0]?.errand.action;
  if (action?.kind !== "cleanup" || !action.confirm) return "though nobody asked for it";
  const own = log.commits.filter((commit) => commit.sinceMs <= sinceMs).map(({ record }) => record);
  const head = own.at(-1);
  if (head === undefined || cut >= head.address.slot) return `up to ${cut}, with its head`;
  const { keep, olderThanMs } = action;
  for (const { address, header } of own) {
    if (address.slot > cut || address.slot <= before) continue;
    if (keep !== null && header.depth > head.header.depth - keep)
      return `at ${header.id}, one of the last ${keep}`;
    if (olderThanMs !== null && header.createdAt >= begunMicros - olderThanMs * 1000)
      return `at ${header.id}, which is younger than ${olderThanMs} ms`;
  }
  return null;
}
