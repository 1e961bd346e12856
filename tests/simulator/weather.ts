import type { SeededRandom } from "@omnigraph/base";
import { calmNetwork, type NetworkWeather, seededNetwork, type SimulatedNetwork } from "@omnigraph/storage";

const HOUR_MS = 3_600_000;

/** The network of one run: calm while a run is set up and checked, rough in between, and now and then dead. */
export class Weather implements SimulatedNetwork {
  readonly #random: SeededRandom;
  readonly #rough: SimulatedNetwork;
  readonly #dead: SimulatedNetwork;
  #now: SimulatedNetwork = calmNetwork;

  constructor(random: SeededRandom) {
    this.#random = random;
    this.#rough = seededNetwork(random, roughness(random));
    this.#dead = seededNetwork(random, {
      lost: 0.3,
      late: 0.4,
      refused: 0.3,
      repeated: 0,
      delayMs: 5,
      lateMs: 60_000,
      timeoutMs: 4_000,
    });
  }

  /** Milliseconds after which a call that its caller gave up has happened, if it ever does. */
  static readonly latestMs = 2 * HOUR_MS;

  readonly plan: SimulatedNetwork["plan"] = (call) => this.#now.plan(call);

  calm(): void {
    this.#now = calmNetwork;
  }

  rough(): void {
    this.#now = this.#rough;
  }

  dead(): void {
    this.#now = this.#dead;
  }

  get isDead(): boolean {
    return this.#now === this.#dead;
  }

  /** A time with this mean. */
  delay(meanMs: number): number {
    return -Math.log(1 - this.#random.next()) * meanMs;
  }
}

function roughness(random: SeededRandom): NetworkWeather {
  const fault = random.pick([0, 0.01, 0.04, 0.1]);
  return {
    lost: fault,
    late: fault,
    refused: fault / 2,
    repeated: fault,
    delayMs: random.pick([0.5, 5, 50]),
    lateMs: random.pick([100, 60_000, Weather.latestMs]),
    timeoutMs: random.pick([200, 2_000, 10_000]),
  };
}
