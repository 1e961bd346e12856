import type { Clock } from "@omnigraph/base";
import { isRemote, type ObjectStore } from "@omnigraph/storage";
import type { LogId } from "../address.ts";
import { newestListed } from "./later-evidence.ts";

/** The newest slot of a log, listed while a graph is opened: whoever opens one nearly always asks for that next. */
export class EarlyListing {
  readonly #clock: Clock;
  readonly #begunMs: number;
  #newest: Promise<number | null> | null;

  private constructor(newest: Promise<number>, clock: Clock) {
    this.#clock = clock;
    this.#begunMs = clock.monotonicMs();
    // A failure is left to who asks in earnest.
    this.#newest = newest.catch(() => null);
  }

  /** Null where that would save no round trip. */
  static begin(store: ObjectStore, logId: LogId, clock: Clock): EarlyListing | null {
    return store.ordered && isRemote(store) ? new EarlyListing(newestListed(store, logId), clock) : null;
  }

  /** What was listed, -1 for no slot; null where it was taken before, failed, or was asked for more than so many milliseconds ago. */
  async take(withinMs: number): Promise<number | null> {
    const newest = this.#newest;
    this.#newest = null;
    return this.#clock.monotonicMs() - this.#begunMs < withinMs ? newest : null;
  }
}
