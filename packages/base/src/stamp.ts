import type { Clock } from "./environment.ts";

/** The last stamp that JSON numbers hold exactly: 2255-06-05, in microseconds since the epoch. */
export const LAST_STAMP = Number.MAX_SAFE_INTEGER;

/** What a clock is held to: commits after it can still be later than the one before. */
const LAST_OF_CLOCK = LAST_STAMP - 2 ** 40;

/**
 * The time to be stored, in whole microseconds since the epoch. A clock before 1970, or one that tells no number, gives 0; one after 2255 gives a time shortly
 * before the last: whatever the clock says, the stamp can be read.
 */
export function stampOf(clock: Clock): number {
  const micros = Math.floor(clock.nowMicros());
  return micros > 0 ? Math.min(micros, LAST_OF_CLOCK) : 0;
}

/** The stamp of what comes after something: of now, and later than before while there are later ones. */
export function stampAfter(before: number, now: number): number {
  return Math.min(Math.max(now, before + 1), LAST_STAMP);
}
