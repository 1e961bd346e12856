import type { Clock } from "./environment.ts";

/** The last timestamp that a JSON number holds exactly: 2255-06-05, in microseconds since the epoch. */
export const LAST_STAMP = Number.MAX_SAFE_INTEGER;

/** The latest time taken from a clock; it leaves room for later timestamps of commits that follow. */
const LAST_OF_CLOCK = LAST_STAMP - 2 ** 40;

/**
 * The timestamp to be stored, in whole microseconds since the epoch. A clock before 1970, or one that gives no number, yields 0; one after 2255 yields
 * `LAST_OF_CLOCK`. So every stored timestamp can be read.
 */
export function stampOf(clock: Clock): number {
  const micros = Math.floor(clock.nowMicros());
  return micros > 0 ? Math.min(micros, LAST_OF_CLOCK) : 0;
}

/** The timestamp of an event that follows another: `now`, but later than `before` as long as there are later timestamps. */
export function stampAfter(before: number, now: number): number {
  return Math.min(Math.max(now, before + 1), LAST_STAMP);
}
