import { SimulatedHoldings } from "./holdings.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { SimulatedTime } from "./time.ts";

/** Where a simulated store is: what is there can be exchanged, as a folder is that is moved away and another put in its place. */
export class SimulatedAddress {
  readonly time: SimulatedTime;
  readonly #roots: SimulatedHoldings[] = [];
  readonly #apart: boolean;
  #now: SimulatedHoldings;
  #powerLosses = 0;

  /** `apart`: each name is in a folder of its own. */
  constructor(time: SimulatedTime, apart: boolean) {
    this.time = time;
    this.#apart = apart;
    this.#now = this.empty();
  }

  /** What is there now. */
  get now(): SimulatedHoldings {
    return this.#now;
  }

  /** A root with nothing in it, which is not there yet. */
  empty(): SimulatedHoldings {
    const root = new SimulatedHoldings(this.#roots.length, this.time, this.#apart);
    this.#roots.push(root);
    return root;
  }

  /** A copy of what is there, which is not there itself. */
  copy(): SimulatedHoldings {
    const root = this.empty();
    root.fill(this.#now);
    return root;
  }

  exchange(root: SimulatedHoldings): void {
    this.#now = root;
  }

  /** Forgets every call under way; in every root, what was not synced is lost or kept at random. */
  losePower(random: SeededRandom): void {
    this.#powerLosses++;
    for (const root of this.#roots) root.losePower(random);
  }

  /** Runs in this many milliseconds, unless the power is lost before. */
  powered(ms: number, run: () => void): void {
    const losses = this.#powerLosses;
    this.time.after(ms, () => {
      if (losses === this.#powerLosses) run();
    });
  }
}
