import { ulidFactory } from "@omnigraph/base";
import { GraphLog } from "@omnigraph/log";
import { NOTHING } from "@omnigraph/storage";
import { Actor, type Errand } from "./actor.ts";
import { check } from "./check.ts";
import { errands } from "./errands.ts";
import { History } from "./history.ts";
import { type Bug, planted } from "./planted.ts";
import { traitsOf } from "./traits.ts";
import { Weather } from "./weather.ts";
import { SeededRandom } from "../support/simulation/seeded-random.ts";
import { SimulatedProcess, SimulatedTime } from "../support/simulation/time.ts";
import { SimulatedObjects, type SimulatedTraits } from "../support/simulation/objects.ts";
import { writeOf } from "../support/log/log-writes.ts";

const HOUR_MS = 3_600_000;
/** Clocks go wrong by up to half of this: before 1970, and beyond what stamps hold. */
const CENTURIES_MS = 800 * 365 * 24 * HOUR_MS;
/** Virtual time after which clients that are still at it are left. */
const LONGEST_MS = 48 * HOUR_MS;
const FOLDER_SLOTS = 4096;
/** One seed in so many runs at the end of a folder of slots. */
const LONG_EVERY = 250;
const LONG_AT = 50;

/** What one run came to. */
export interface Outcome {
  readonly seed: number;
  /** What the run showed to be wrong, or null. */
  readonly violation: string | null;
  readonly totals: Totals;
}

/** How much of what happened in runs. */
export interface Totals {
  readonly commits: number;
  readonly acknowledged: number;
  readonly crashes: number;
  readonly powerLosses: number;
}

/** One run of the real log over simulated objects: processes write and read, and are crashed, paused and cut off, as the seed says. */
export async function simulate(
  seed: number,
  bug: Bug | null = null,
  traits: SimulatedTraits = traitsOf(seed),
): Promise<Outcome> {
  return new Run(seed, bug, traits).run();
}

interface Incarnation {
  readonly id: string;
  readonly actor: Actor;
  /** What its clients are at. */
  readonly busy: Set<Errand>;
}

class Run {
  readonly #seed: number;
  readonly #bug: Bug | null;
  readonly #random: SeededRandom;
  readonly #weather: Weather;
  readonly #world: SimulatedObjects;
  readonly #director: SimulatedProcess;
  readonly #history = new History();
  readonly #errands: Errand[];
  readonly #relaxed: boolean;
  readonly #running = new Map<string, Incarnation>();
  readonly #faults: string[] = [];
  #crashes = 0;
  #powerLosses = 0;

  constructor(seed: number, bug: Bug | null, traits: SimulatedTraits) {
    this.#seed = seed;
    this.#bug = bug;
    this.#random = new SeededRandom(seed);
    this.#weather = new Weather(new SeededRandom(seed + 1_000_003), 0);
    const time = new SimulatedTime();
    this.#world = new SimulatedObjects(time, this.#weather, seed + 2_000_003, traits);
    this.#director = new SimulatedProcess("director", time, new SeededRandom(seed + 3_000_017));
    this.#relaxed = this.#random.chance(0.15);
    this.#errands = errands(this.#random, { count: 12 + this.#random.integer(40), relaxed: this.#relaxed });
  }

  async run(): Promise<Outcome> {
    const store = this.#world.connect("maker");
    const maker = this.#world.process("maker");
    const log = await GraphLog.init(store, maker, { schema: Buffer.from("{}"), actor: null, message: null });
    if (this.#seed % LONG_EVERY === LONG_AT) await this.#lengthen(log, maker);
    this.#weather.rough();
    for (let i = 0; i < 2 + this.#random.integer(3); i++) this.#start(`p${i}`);
    while (this.#isBusy() && this.#director.clock.monotonicMs() < LONGEST_MS && this.#faults.length === 0) {
      await this.#pass(this.#weather.delay(2_000));
      this.#strike();
    }
    this.#weather.calm();
    for (const id of this.#running.keys()) this.#crash(id);
    await this.#pass(Weather.latestMs + HOUR_MS); // everything that is still to happen happens
    if (this.#random.chance(0.5)) this.#losePower();
    const torn = this.#relaxed && this.#powerLosses > 0;
    const found = this.#faults[0] ?? (await this.#check(torn));
    const acknowledged = this.#history.attempts.filter(({ answer }) => answer?.kind === "commit").length;
    return {
      seed: this.#seed,
      violation: found,
      totals: {
        commits: this.#world.keys().filter((key) => key.endsWith(".commit")).length,
        acknowledged,
        crashes: this.#crashes,
        powerLosses: this.#powerLosses,
      },
    };
  }

  /** Makes the log so long that the run goes on in the next folder of slots, and looks for ops in a whole window of them. */
  async #lengthen(log: GraphLog, maker: SimulatedProcess): Promise<void> {
    const mint = ulidFactory(maker);
    const writer = log.writer(await log.branch("main"));
    for (let slot = 1; slot < FOLDER_SLOTS - 1 - this.#random.integer(4); slot++) {
      await writer.submit(
        writeOf("", {
          kind: "maintenance",
          op: mint(),
          actor: null,
          evaluate: () => ({ ...NOTHING, commits: true }),
        }),
      );
    }
    const actor = new Actor(this.#world.connect("maker"), maker, this.#random, this.#history, false);
    const request = { kind: "overwrite", entries: [["k0", 1]] } as const;
    await actor.run({ op: mint(), named: false, request, durable: true, conditional: false });
  }

  async #check(torn: boolean): Promise<string | null> {
    const process = this.#world.process("checker");
    try {
      const world = { store: this.#world.connect("checker"), environment: process };
      return await check(world, this.#history, { torn, powerLosses: this.#powerLosses });
    } catch (error) {
      return `the check failed: ${describe(error)}`;
    }
  }

  #isBusy(): boolean {
    return this.#errands.length > 0 || [...this.#running.values()].some(({ busy }) => busy.size > 0);
  }

  #start(id: string): void {
    const process = this.#world.process(id);
    const store = planted(this.#world.connect(id), this.#bug);
    const random = new SeededRandom(this.#random.integer(2 ** 31));
    const actor = new Actor(store, process, random, this.#history, this.#bug === "ignore_gone");
    const incarnation: Incarnation = { id, actor, busy: new Set() };
    this.#running.set(id, incarnation);
    const watch = (work: Promise<void>): void => {
      work.catch((error: unknown) => this.#faults.push(`process ${id}: ${describe(error)}`));
    };
    const clients = 1 + random.integer(4);
    for (let i = 0; i < clients; i++) watch(this.#client(incarnation, process, random));
    if (random.chance(0.7)) watch(this.#reader(incarnation, process, random));
  }

  async #client(
    { actor, busy }: Incarnation,
    process: SimulatedProcess,
    random: SeededRandom,
  ): Promise<void> {
    for (;;) {
      const errand = this.#errands.shift();
      if (errand === undefined) return;
      busy.add(errand);
      const op = errand.op === "" ? actor.mint() : errand.op;
      await actor.run({ ...errand, op });
      busy.delete(errand);
      if (random.chance(0.5)) await process.clock.sleep(random.next() * 1_000);
    }
  }

  async #reader({ actor }: Incarnation, process: SimulatedProcess, random: SeededRandom): Promise<void> {
    while (this.#isBusy()) {
      await actor.look();
      await process.clock.sleep(random.next() * 3_000);
    }
  }

  /** Something happens to the world. */
  #strike(): void {
    const random = this.#random;
    if (this.#weather.isDead) this.#weather.rough();
    const ids = [...this.#running.keys()];
    const [first, ...rest] = ids;
    if (first === undefined) return;
    const id = random.pick([first, ...rest]);
    const roll = random.next();
    if (roll < 0.12) this.#restart(id);
    else if (roll < 0.24)
      this.#world.process(id).pause(random.pick([500, 40_000, 3 * HOUR_MS]) * random.next());
    else if (roll < 0.34)
      this.#world
        .process(id)
        .moveClock((random.next() - 0.5) * random.pick([100, HOUR_MS, 48 * HOUR_MS, CENTURIES_MS]));
    else if (roll < 0.4) this.#weather.dead();
    else if (roll < 0.43 && !this.#relaxed) {
      this.#losePower();
      for (const each of ids) this.#start(each);
    }
  }

  #restart(id: string): void {
    this.#crash(id);
    this.#start(id);
  }

  #crash(id: string): void {
    this.#crashes++;
    this.#leave(id);
    this.#world.crash(id);
  }

  #losePower(): void {
    this.#powerLosses++;
    for (const id of this.#running.keys()) this.#leave(id);
    this.#world.powerLoss();
    this.#history.losePower();
  }

  /** The errands of a process that ends are left, or taken up by another one where they have an op of their own. */
  #leave(id: string): void {
    const left = this.#running.get(id);
    this.#running.delete(id);
    for (const errand of left?.busy ?? []) {
      if (errand.named && this.#random.chance(0.8)) this.#errands.push(errand);
    }
  }

  async #pass(ms: number): Promise<void> {
    await this.#director.clock.sleep(ms);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
