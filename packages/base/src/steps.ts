import { setImmediate } from "node:timers/promises";

/** Rows that one step of a long loop goes through: less than a millisecond of hashing or copying in compiled code. */
export const STEP_ROWS = 4096;
/** Bytes that one step of a long copy goes through. */
export const STEP_BYTES = 1 << 20;

/** How long steps follow each other before others have their turn. */
const TURN_MS = 4;

/** Long work on memory. It yields after each step, so that whoever runs it decides whether others have a turn in between. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Runs all steps in one turn of the event loop. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Runs the steps and lets others have a turn every few milliseconds. Errors: what a step throws; the reason of `signal`. */
export async function inTurns<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  let began = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (performance.now() - began < TURN_MS) continue;
    await setImmediate();
    signal?.throwIfAborted();
    began = performance.now();
  }
}

/** The ranges [start, end) that steps over [0, length) go through; it yields between two of them. */
export function* ranges(
  length: number,
  size: number,
  each: (start: number, end: number) => void,
): Steps<void> {
  for (let start = 0; start < length; start += size) {
    if (start > 0) yield;
    each(start, Math.min(start + size, length));
  }
}
