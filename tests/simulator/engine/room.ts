import { OmnigraphError } from "@omnigraph/base";
import { Spill } from "@omnigraph/storage";
import type { CallPlan, SimulatedCall } from "../../support/simulation/network.ts";
import { SeededRandom } from "../../support/simulation/seeded-random.ts";
import type { Span } from "./heads.ts";
import { methodOf } from "./method-of.ts";

/** What needs room. */
const NEEDY: ReadonlySet<SimulatedCall["operation"]> = new Set<SimulatedCall["operation"]>([
  "put",
  "putIfAbsent",
  "putIfMatch",
  "sync",
]);
/** Most of how long a store takes to say that it is full. */
const SLOW_MS = 20;

/** Whether the run of a seed comes to a full disk. */
export function fillsOf(seed: number): boolean {
  return new SeededRandom(seed + 6_000_037).chance(0.25);
}

/** The room on the one disk of a run, for its graph and for temporary files: now and then there is hardly any. */
export class Room {
  readonly #random: SeededRandom;
  readonly #nowMs: () => number;
  readonly #full: Span[] = [];
  #fullSinceMs: number | null = null;
  #unspilled = 0;

  constructor(seed: number, nowMs: () => number) {
    this.#random = new SeededRandom(seed + 7_000_003);
    this.#nowMs = nowMs;
  }

  /** Temporary files that found no room. */
  get unspilled(): number {
    return this.#unspilled;
  }

  /** The disk fills up, or somebody makes room. */
  strike(): void {
    if (this.#fullSinceMs !== null) {
      if (this.#random.chance(0.6)) this.clear();
    } else if (this.#random.chance(0.35)) this.#fullSinceMs = this.#nowMs();
  }

  /** There is room from now on. */
  clear(): void {
    if (this.#fullSinceMs !== null) this.#full.push({ begunMs: this.#fullSinceMs, endedMs: this.#nowMs() });
    this.#fullSinceMs = null;
  }

  /** Whether the disk was full at a moment of a span; asked after `clear`. */
  wasFull({ begunMs, endedMs }: Span): boolean {
    return this.#full.some((full) => full.begunMs <= endedMs && full.endedMs >= begunMs);
  }

  /** What becomes of a call that finds no room; null for others. Some find what somebody has just removed. */
  plan({ operation }: SimulatedCall): CallPlan | null {
    if (!NEEDY.has(operation) || !this.#isMet()) return null;
    return { fate: "full", delayMs: SLOW_MS * this.#random.next(), isHeld: this.#random.chance(0.2) };
  }

  /** Has the temporary files of all handles on this disk, until it is disposed of. */
  spilling(): Disposable {
    const take = methodOf(Spill.prototype, "take");
    const checkRoom = (): void => this.#checkSpill();
    Spill.prototype.take = function (this: Spill, length) {
      const room = take.call(this, length);
      const write: typeof room.write = (at, bytes) => {
        checkRoom();
        room.write(at, bytes);
      };
      return { ...room, write };
    };
    return { [Symbol.dispose]: () => void (Spill.prototype.take = take) };
  }

  #isMet(): boolean {
    return this.#fullSinceMs !== null && this.#random.chance(0.8);
  }

  #checkSpill(): void {
    if (!this.#isMet()) return;
    this.#unspilled++;
    throw new OmnigraphError("store_full", "the simulated disk has no room for temporary files");
  }
}
