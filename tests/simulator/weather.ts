import type { SeededRandom } from "../support/simulation/seeded-random.ts";
import {
  calmNetwork,
  type NetworkWeather,
  seededNetwork,
  type SimulatedNetwork,
} from "../support/simulation/network.ts";

const HOUR_MS = 3_600_000;

/** Mean of how much longer a slow answer takes. */
const SLOW_MS = 3_000;
/** So much rarer than slow commits are other slow calls. */
const RARER = 50;

/** The network of one run: calm while a run is set up and checked, rough in between, and now and then dead. */
export class Weather implements SimulatedNetwork {
  readonly #random: SeededRandom;
  readonly #rough: SimulatedNetwork;
  readonly #dead: SimulatedNetwork;
  #now: SimulatedNetwork = calmNetwork;

  readonly #slow: number;

  /** `slow`: the share of commits that all can see long before they outlast power loss and their writer hears of it. */
  constructor(random: SeededRandom, slow: number) {
    this.#random = random;
    this.#slow = slow;
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

  readonly plan: SimulatedNetwork["plan"] = (call) => {
    const plan = this.#now.plan(call);
    if (this.#slow === 0 || this.#now === calmNetwork || plan.fate !== "answered") return plan;
    const isCommit = call.operation === "putIfAbsent" && call.key.endsWith(".commit");
    return this.#random.chance(isCommit ? this.#slow : this.#slow / RARER)
      ? { ...plan, answerMs: plan.answerMs + this.delay(SLOW_MS) }
      : plan;
  };

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
