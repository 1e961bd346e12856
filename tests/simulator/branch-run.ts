import { isError } from "@omnigraph/base";
import { GraphLog } from "@omnigraph/log";
import { type ObjectStore } from "@omnigraph/storage";
import { BranchActor } from "./branch-actor.ts";
import { checkBranches } from "./branch-check.ts";
import { type BranchCall, BranchHistory } from "./branch-history.ts";
import { type Bug, planted } from "./planted.ts";
import { traitsOf } from "./traits.ts";
import { Weather } from "./weather.ts";
import { SeededRandom } from "../support/simulation/seeded-random.ts";
import { SimulatedProcess, SimulatedTime } from "../support/simulation/time.ts";
import { SimulatedObjects, type SimulatedTraits } from "../support/simulation/objects.ts";

const HOUR_MS = 3_600_000;
/** Clocks go wrong by up to half of this: before 1970, and beyond what stamps hold. */
const CENTURIES_MS = 800 * 365 * 24 * HOUR_MS;
const PROCESSES = ["p0", "p1", "p2"] as const;
const CLIENTS = 2;
const STEPS = 12;

/** What one run came to. */
export interface BranchOutcome {
  readonly seed: number;
  /** What the run showed to be wrong, or null. */
  readonly violation: string | null;
  readonly totals: BranchTotals;
}

/** How much of what happened in runs. Calls count where they were answered with success. */
export interface BranchTotals {
  readonly commits: number;
  readonly creates: number;
  readonly loads: number;
  readonly writes: number;
  readonly deletes: number;
  readonly reverts: number;
  readonly merges: number;
  /** Of these merges, fast-forwards. */
  readonly forwards: number;
  /** Merges that were asked for again and answered with the commit of the first time. */
  readonly repeated: number;
  readonly upToDate: number;
  /** Merges and reverts that were evaluated again, because others came first. */
  readonly overtaken: number;
  readonly conflicts: number;
  /** Deletions that were refused because something came to the branch after it was merged. */
  readonly spared: number;
  readonly crashes: number;
  readonly powerLosses: number;
}

/** One run of the real log with several branches: processes make, write, merge, read and delete them, and are crashed, paused and cut off, as the seed says. */
export async function simulateBranches(
  seed: number,
  bug: Bug | null = null,
  traits: SimulatedTraits = traitsOf(seed),
): Promise<BranchOutcome> {
  return new BranchRun(seed, bug, traits).run();
}

class BranchRun {
  readonly #seed: number;
  readonly #bug: Bug | null;
  readonly #random: SeededRandom;
  readonly #weather: Weather;
  readonly #world: SimulatedObjects;
  readonly #director: SimulatedProcess;
  /** Commits are slow to outlast power loss, which often comes soon after a crash: what the crash left unsynced is then still so. */
  readonly #harsh: boolean;
  /** A process was crashed at the last strike. */
  #crashed = false;
  readonly #history = new BranchHistory();
  readonly #faults: string[] = [];
  #crashes = 0;
  #powerLosses = 0;

  constructor(seed: number, bug: Bug | null, traits: SimulatedTraits) {
    this.#seed = seed;
    this.#bug = bug;
    this.#random = new SeededRandom(seed);
    this.#harsh = seed % 2 === 0;
    this.#weather = new Weather(new SeededRandom(seed + 1_000_003), this.#harsh ? 0.5 : 0.1);
    const time = new SimulatedTime();
    this.#world = new SimulatedObjects(time, this.#weather, seed + 2_000_003, traits);
    this.#director = new SimulatedProcess("director", time, new SeededRandom(seed + 3_000_017));
  }

  async run(): Promise<BranchOutcome> {
    const options = { schema: Buffer.from("{}"), actor: null, message: null };
    await GraphLog.init(this.#world.connect("maker"), this.#world.process("maker"), options);
    this.#weather.rough();
    for (const id of PROCESSES) this.#start(id);
    for (let step = 0; step < STEPS && this.#faults.length === 0; step++) {
      await this.#director.clock.sleep(this.#weather.delay(2_000));
      this.#strike();
    }
    this.#weather.calm();
    for (const id of PROCESSES) this.#world.crash(id);
    await this.#director.clock.sleep(Weather.latestMs + HOUR_MS); // everything that is still to happen happens
    if (this.#harsh || this.#random.chance(0.5)) this.#losePower();
    const violation = this.#faults[0] ?? (await this.#check());
    return { seed: this.#seed, violation, totals: this.#totals() };
  }

  #start(id: string): void {
    const process = this.#world.process(id);
    const store = planted(this.#world.connect(id), this.#bug);
    for (let client = 0; client < CLIENTS; client++) {
      const random = new SeededRandom(this.#random.integer(2 ** 31));
      this.#live(store, process, random).catch((error: unknown) => this.#faults.push(describe(error)));
    }
  }

  async #live(store: ObjectStore, process: SimulatedProcess, random: SeededRandom): Promise<void> {
    const ground = { store, environment: process, random, bug: this.#bug };
    for (;;) {
      const actor = await BranchActor.begin(ground, this.#history);
      for (let calls = 0; actor !== null && calls < 20; calls++) {
        await actor.act();
        await process.clock.sleep(random.next() * 400);
      }
      await process.clock.sleep(1_000);
    }
  }

  /** Something happens to the world. */
  #strike(): void {
    const random = this.#random;
    if (this.#weather.isDead) this.#weather.rough();
    const id = random.pick(PROCESSES);
    const roll = random.next();
    const wasCrash = this.#crashed;
    this.#crashed = false;
    if (this.#harsh && wasCrash && random.chance(0.5)) this.#restartAll();
    else if (roll < (this.#harsh ? 0.4 : 0.25)) {
      this.#crashes++;
      this.#crashed = true;
      this.#world.crash(id);
      this.#start(id);
    } else if (roll < 0.5) this.#world.process(id).pause(random.pick([500, 40_000]) * random.next());
    else if (roll < 0.55)
      this.#world.process(id).moveClock((random.next() - 0.5) * random.pick([HOUR_MS, CENTURIES_MS]));
    else if (roll < 0.6) this.#weather.dead();
    else if (roll < 0.7) this.#restartAll();
  }

  #restartAll(): void {
    this.#losePower();
    for (const id of PROCESSES) this.#start(id);
  }

  #losePower(): void {
    this.#powerLosses++;
    this.#world.powerLoss();
    this.#history.losePower();
  }

  async #check(): Promise<string | null> {
    const [store, process] = [this.#world.connect("checker"), this.#world.process("checker")];
    try {
      return await checkBranches(this.#world, store, process, this.#history);
    } catch (error) {
      return `the check failed: ${describe(error)}`;
    }
  }

  #totals(): BranchTotals {
    const { calls } = this.#history;
    const count = (test: (call: BranchCall) => boolean): number => calls.filter(test).length;
    const done = (kind: BranchCall["action"]["kind"]): number =>
      count(({ action, answer }) => action.kind === kind && answer?.kind === "done");
    const told = (reason: string): number =>
      count(({ answer }) => answer?.kind === "refused" && answer.reason === reason);
    return {
      commits: this.#world.keys().filter((key) => key.endsWith(".commit")).length,
      creates: done("create"),
      loads: done("load"),
      writes: done("write"),
      deletes: done("delete"),
      reverts: done("revert"),
      merges: done("merge"),
      forwards: count(
        ({ evaluated, answer }) => answer?.kind === "done" && evaluated.at(-1)?.forward === true,
      ),
      repeated: count(({ answer }) => answer?.kind === "done" && answer.repeated),
      upToDate: count(({ action, answer }) => action.kind === "merge" && answer?.kind === "nothing"),
      overtaken: count(({ answer, evaluated }) => answer?.kind === "done" && evaluated.length > 1),
      conflicts: told("merge_conflict"),
      spared: told("precondition_failed"),
      crashes: this.#crashes,
      powerLosses: this.#powerLosses,
    };
  }
}

function describe(error: unknown): string {
  if (isError(error)) return `${error.reason}: ${error.stack ?? error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
