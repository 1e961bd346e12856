import type { LogId } from "../address.ts";
import type { SlotRange } from "../layout/ranges.ts";
import type { SlotRun } from "../retention/condemned-list.ts";

/** Slots of logs. */
export class SlotSets {
  readonly #runs = new Map<LogId, SlotRun[]>();

  addRange({ logId, from, to }: Pick<SlotRange, "logId" | "from" | "to">): void {
    this.addRuns(logId, [[from, to]]);
  }

  addRuns(logId: LogId, runs: readonly SlotRun[]): void {
    const there = this.#runs.get(logId) ?? [];
    this.#runs.set(logId, there);
    // Tails of neighbouring commits mostly begin alike.
    for (const run of runs) {
      const last = there.at(-1);
      if (last !== undefined && last[0] === run[0])
        there[there.length - 1] = [run[0], Math.max(run[1], last[1])];
      else there.push(run);
    }
  }

  /** The slots of a log from 0 to `upTo` that are not in the set, as runs, ascending. */
  missing(logId: LogId, upTo: number): readonly SlotRun[] {
    const found: SlotRun[] = [];
    let next = 0;
    for (const [from, to] of (this.#runs.get(logId) ?? []).toSorted(([a], [b]) => a - b)) {
      if (from > upTo) break;
      if (from > next) found.push([next, from - 1]);
      next = Math.max(next, to + 1);
    }
    if (next <= upTo) found.push([next, upTo]);
    return found;
  }

  /** The slots of some runs that are not in the set. */
  without(logId: LogId, runs: readonly SlotRun[]): readonly SlotRun[] {
    const most = runs.at(-1)?.[1] ?? -1;
    const missing = this.missing(logId, most);
    const found: SlotRun[] = [];
    let at = 0;
    for (const [from, to] of runs) {
      while (at < missing.length && (missing[at]?.[1] ?? 0) < from) at++;
      for (let i = at; i < missing.length; i++) {
        const [start = 0, end = 0] = missing[i] ?? [];
        if (start > to) break;
        found.push([Math.max(from, start), Math.min(to, end)]);
      }
    }
    return found;
  }
}

/** Number of slots in runs. */
export function countOf(runs: readonly SlotRun[]): number {
  return runs.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}
