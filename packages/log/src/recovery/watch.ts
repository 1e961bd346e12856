import type { Clock } from "@omnigraph/base";
import type { Owner, Owners } from "@omnigraph/storage";
import type { OpenIntent } from "../intent/read-intents.ts";
import { BEAT_MS, type Intent } from "../writing/intent.ts";

/** How long a beat must have stood still before its owner is taken for dead, in milliseconds of the observer's own clock. */
export const STILL_MS = 3 * BEAT_MS;

/** What an observer has seen of the beat of an intent. */
interface Seen {
  readonly beat: string | null;
  readonly sinceMs: number;
}

/**
 * Tells which intents have no owner any more. Wrong answers cost somebody a write that has to be repeated, and nothing else: what decides is in the
 * log.
 */
export class IntentWatch {
  readonly #clock: Clock;
  readonly #owners: Owners;
  readonly #seen = new Map<string, Seen>();
  /** Intents of this handle. */
  readonly #own = new Map<string, Intent>();

  constructor(clock: Clock, owners: Owners) {
    this.#clock = clock;
    this.#owners = owners;
  }

  noteOwn(intent: Intent): void {
    this.#own.set(intent.staging, intent);
  }

  /** Takes a look at an intent. Answers how long it has to be left alone from now on, in milliseconds; 0: its owner is gone. */
  restMs({ staging, intent, beat }: OpenIntent): number {
    const own = this.#own.get(staging);
    if (own !== undefined) return own.isOver ? 0 : Infinity;
    if (intent.owner !== null && this.#isGone(intent.owner)) return 0;
    const now = this.#clock.monotonicMs();
    const before = this.#seen.get(staging);
    if (before?.beat === beat) return Math.max(0, before.sinceMs + STILL_MS - now);
    this.#seen.set(staging, { beat, sinceMs: now });
    return STILL_MS;
  }

  /** Forgets the intents that are not there any more. */
  forgetAllBut(found: readonly { readonly staging: string }[]): void {
    const there = new Set(found.map(({ staging }) => staging));
    for (const staging of this.#seen.keys()) if (!there.has(staging)) this.#seen.delete(staging);
    for (const [staging, { isOver }] of this.#own)
      if (isOver && !there.has(staging)) this.#own.delete(staging);
  }

  /** A process of this machine, since it was started last, that is not there any more. Of another one nothing can be known. */
  #isGone(owner: Owner): boolean {
    const { boot } = this.#owners.self();
    return boot !== "" && owner.boot === boot && this.#owners.isDead(owner);
  }
}
