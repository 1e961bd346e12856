import { createHash } from "node:crypto";
import { isError, LIMITS } from "@omnigraph/base";
import { HISTORY_BASE } from "../../oracle/random-history.ts";
import { SeededRandom } from "../../support/simulation/seeded-random.ts";
import { SimulatedProcess, SimulatedTime } from "../../support/simulation/time.ts";
import { SimulatedObjects } from "../../support/simulation/objects.ts";
import type { SimulatedConnection } from "../../support/simulation/connection.ts";
import type { CallPlan, SimulatedCall, SimulatedNetwork } from "../../support/simulation/network.ts";
import { planted as plantedStore } from "../planted.ts";
import { traitsOf } from "../traits.ts";
import { Weather } from "../weather.ts";
import { type EngineBug, planted } from "./bugs.ts";
import { Calls, type Errand } from "./calls.ts";
import { checkRun } from "./check.ts";
import { NAMES } from "./actors/actor.ts";
import { actorsOf } from "./actors/actors.ts";
import { Handle, type Shared } from "./handle.ts";
import { foldingSoon } from "./folding-soon.ts";
import { type HandleOptions, makeGraph } from "./open.ts";
import { migratesOf, type RunOptions, type Size, upkeepOf, WHOLE } from "./options.ts";
import { drawWrites } from "./requests.ts";
import { fillsOf, Room } from "./room.ts";
import { Roots } from "./roots.ts";
import { stillTurns } from "./still-turns.ts";
import { countCalls, type Totals } from "./totals.ts";
import { Visitors } from "./visitors.ts";

const HOUR_MS = 3_600_000;
/** Clocks go wrong by up to half of this: before 1970, and beyond what stamps hold. */
const CENTURIES_MS = 800 * 365 * 24 * HOUR_MS;
const PROCESSES = ["p0", "p1", "p2"] as const;
/** Turns of the event loop that whatever is under way may take after the last event. */
const TURNS = 200;

/** What one run came to. */
export interface Outcome {
  readonly seed: number;
  /** What the run showed to be wrong, or null. */
  readonly violation: string | null;
  readonly totals: Totals;
  /** Of all calls to the store and all answers to clients, in order: equal for equal runs. */
  readonly digest: string;
}

const NEVER: CallPlan = { fate: "refused", delayMs: 0 };

/** One run of the real library over simulated objects: processes write, merge and read, and are crashed, paused and cut off, as the seed says. */
export async function simulate(seed: number, options: RunOptions = {}): Promise<Outcome> {
  using _ = planted(options.bug ?? null);
  using _soon = foldingSoon();
  using _still = stillTurns();
  return await new Run(seed, options).run();
}

class Run {
  readonly #seed: number;
  readonly #bug: EngineBug | null;
  readonly #size: Size;
  readonly #random: SeededRandom;
  readonly #weather: Weather;
  readonly #world: SimulatedObjects;
  readonly #director: SimulatedProcess;
  readonly #digest = createHash("sha256");
  readonly #shared: Shared;
  readonly #visitors: Visitors;
  readonly #room: Room;
  readonly #handles = new Map<string, Handle>();
  /** Commits are slow to outlast power loss, which often comes soon after a crash: what the crash left unsynced is then still so. */
  readonly #isHarsh: boolean;
  /** Many writes are staged, and processes die in the middle of one. */
  readonly #isFatal: boolean;
  readonly #fate: SeededRandom;
  readonly #faults: string[] = [];
  readonly #isCleaned: boolean;
  readonly #isKept: boolean;
  readonly #fills: boolean;
  readonly #hasOther: boolean;
  /** Some handles write relaxed. What power loss leaves of that may be torn, and nobody goes on with it: power is lost in the end only. */
  readonly #hasRelaxed: boolean;
  #roots: Roots | null = null;
  #hasCrashed = false;
  /** How much longer than otherwise it is to the next strike. */
  #waitMs = 0;
  #crashes = 0;
  #closes = 0;
  #powerLosses = 0;

  constructor(seed: number, options: RunOptions) {
    const { bug = null, traits = traitsOf(seed), size = WHOLE, upkeep = upkeepOf(seed) } = options;
    this.#seed = seed;
    this.#isCleaned = upkeep === "cleaned" || upkeep === "hasty" || upkeep === "tended";
    this.#isKept = upkeep === "kept" || upkeep === "tended";
    this.#fills = options.fills ?? fillsOf(seed);
    this.#bug = bug;
    this.#size = size;
    this.#random = new SeededRandom(seed);
    this.#isHarsh = seed % 2 === 0;
    this.#fate = new SeededRandom(seed + 4_000_037);
    this.#isFatal = this.#fate.chance(0.4);
    // Other stores are told apart by calls of their own (decision 0011), and a crash within one can leave an object that readers name.
    this.#hasRelaxed = this.#random.chance(0.2);
    this.#hasOther = !this.#hasRelaxed && traits.noticesReplacement === true && this.#random.chance(0.4);
    this.#weather = new Weather(new SeededRandom(seed + 1_000_003), this.#isHarsh ? 0.5 : 0.1);
    const time = new SimulatedTime();
    this.#room = new Room(seed, () => time.nowMs);
    const isBlind = bug === "replacement_unnoticed";
    const own = isBlind ? { ...traits, noticesReplacement: false } : traits;
    this.#world = new SimulatedObjects(time, this.#traced(), seed + 2_000_003, own);
    this.#director = new SimulatedProcess("director", time, new SeededRandom(seed + 3_000_017));
    const writes = drawWrites(seed, size.writes)[Symbol.iterator]();
    const actors = actorsOf(upkeep, options.migrates ?? migratesOf(seed));
    this.#shared = { calls: new Calls(() => time.nowMs), actors, writes, left: [], isOver: false };
    this.#visitors = new Visitors(this.#world, this.#shared.calls, bug);
  }

  async run(): Promise<Outcome> {
    using _ = this.#room.spilling();
    await this.#make();
    this.#weather.rough();
    for (const id of PROCESSES) this.#start(id);
    for (let step = 0; step < this.#size.steps && this.#faults.length === 0; step++) {
      await this.#pass(this.#weather.delay(2_000) + this.#waitMs);
      this.#waitMs = 0;
      this.#strike();
    }
    const violation = this.#faults[0] ?? (await this.#end()) ?? (await this.#check());
    const { calls } = this.#shared;
    await calls.copies.drop();
    this.#world.end();
    for (const { errand, begunMs, endedMs, answer } of calls.all)
      this.#digest.update(JSON.stringify([errand.id, begunMs, endedMs, answer?.kind]));
    const commits = this.#world.keys().filter((key) => key.endsWith(".commit")).length;
    const [crashes, closes, powerLosses] = [this.#crashes, this.#closes, this.#powerLosses];
    return {
      seed: this.#seed,
      violation,
      totals: {
        ...countCalls(calls),
        commits,
        crashes,
        closes,
        powerLosses,
        replacements: this.#roots?.exchanges ?? 0,
        unspilled: this.#room.unspilled,
      },
      digest: this.#digest.digest("hex"),
    };
  }

  /** The graph of the run; where the store notices a replacement, now and then another one besides, which is not at the address yet. */
  async #make(): Promise<void> {
    await this.#makeGraph("maker");
    if (!this.#hasOther) return;
    const home = this.#world.root;
    const other = this.#world.otherRoot("empty");
    this.#world.exchange(other);
    await this.#makeGraph("other maker");
    this.#world.exchange(home);
    this.#roots = new Roots(this.#world, other, () => this.#director.clock.monotonicMs());
  }

  /** A graph on which most edits are allowed. */
  async #makeGraph(id: string): Promise<void> {
    const [store, maker] = [this.#world.connect(id), this.#world.process(id)];
    const graph = await makeGraph(store, maker);
    const { calls } = this.#shared;
    const edit = {
      kind: "edit",
      branch: "main",
      write: HISTORY_BASE,
      from: null,
      isConditional: false,
    } as const;
    const begunMicros = maker.clock.nowMicros();
    const how = { root: store.root, isRelaxed: false, begunMicros };
    const call = calls.begin(calls.errand(edit, false), how);
    const { commit } = await graph.load(HISTORY_BASE.text, { mode: "append", message: call.errand.id });
    calls.end(call, { kind: "done", commit: commit.id });
    for (const name of NAMES) await graph.branches.create(name);
    await graph.close();
  }

  /** The network of the run; every call goes into the digest. */
  #traced(): SimulatedNetwork {
    return {
      plan: (call) => {
        const isLast = this.#isFatal && this.#fate.chance(dangerOf(call));
        if (isLast) void this.#die(call.process);
        // Else what is removed last would be the sign that something is left.
        const isUnsent = isLast && call.operation.startsWith("delete");
        const plan = isUnsent ? NEVER : (this.#room.plan(call) ?? this.#weather.plan(call));
        this.#digest.update(`${call.process} ${call.operation} ${call.key} ${plan.fate}\n`);
        return plan;
      },
    };
  }

  #start(id: string): void {
    const random = this.#random;
    const options: HandleOptions = {
      isStarved: random.chance(0.1),
      inlineRows: random.chance(this.#isFatal ? 0.8 : 0.3) ? 1 : 1_000,
      durability: this.#hasRelaxed && random.chance(0.6) ? "relaxed" : "durable",
      maintenance: random.chance(0.5) ? "background" : "off",
    };
    const connect = (): SimulatedConnection => plantedStore(this.#world.connect(id), this.#bug);
    const handle = new Handle(this.#world.process(id), connect, this.#shared, options);
    this.#handles.set(id, handle);
    handle.live().catch((error: unknown) => this.#faults.push(`process ${id}: ${describe(error)}`));
  }

  /** A process ends right after a call, and begins anew. */
  async #die(id: string): Promise<void> {
    const handle = this.#handles.get(id);
    await this.#pass(0);
    if (handle === undefined || this.#handles.get(id) !== handle || this.#shared.isOver) return;
    this.#crash(id);
    this.#start(id);
  }

  /** Something happens to the world. */
  #strike(): void {
    const random = this.#random;
    if (this.#weather.isDead) this.#weather.rough();
    const id = random.pick(PROCESSES);
    const roll = random.next();
    const hadCrashed = this.#hasCrashed;
    this.#hasCrashed = false;
    if (this.#isHarsh && hadCrashed && random.chance(0.5)) this.#restartAll();
    else if (roll < (this.#isHarsh ? 0.35 : 0.2)) {
      this.#hasCrashed = true;
      this.#crash(id);
      this.#start(id);
    } else if (roll < 0.42) this.#close(id);
    else if (roll < 0.55) this.#world.process(id).pause(random.pick(this.#pauses) * random.next());
    else if (roll < 0.6)
      this.#world.process(id).moveClock((random.next() - 0.5) * random.pick([HOUR_MS, CENTURIES_MS]));
    else if (roll < 0.65) this.#dieFor(random.pick([0, 60_000]) * random.next());
    else if (roll < 0.75) this.#restartAll();
    this.#replace();
    if (this.#fills) this.#room.strike();
    if (this.#isKept && this.#fate.chance(0.2)) this.#spoil();
  }

  /** Something that is derived is lost, or damaged. */
  #spoil(): void {
    const [first, ...others] = this.#world.keys().filter((key) => isDerived(key));
    if (first === undefined) return;
    const key = this.#fate.pick([first, ...others]);
    this.#shared.calls.spoiled.add(key);
    if (this.#fate.chance(0.5)) this.#world.lose(key);
    else this.#world.damage(key, Buffer.from("spoiled"));
  }

  /** Most of how long processes stand still. Where the past is given up, now and then for so long that claims on it expire. */
  get #pauses(): readonly [number, ...number[]] {
    return this.#isCleaned ? [500, 40_000, 3 * HOUR_MS] : [500, 40_000];
  }

  /** Somebody replaces the graph, copies it, or puts it back. */
  #replace(): void {
    const roots = this.#roots;
    const random = this.#random;
    if (roots === null) return;
    const roll = random.next();
    if (roots.isAway) {
      if (roll < 0.5) roots.comeBack();
    } else if (roll < 0.3) roots.leave(random);
    else if (roll < 0.5) roots.keepCopy();
  }

  /** Nobody reaches the store: now and then for so long that writers give up. */
  #dieFor(ms: number): void {
    this.#weather.dead();
    this.#waitMs = ms;
  }

  #close(id: string): void {
    this.#closes++;
    const closing = this.#handles.get(id)?.close(this.#random.chance(0.5));
    closing?.catch((error: unknown) => this.#faults.push(`closing ${id}: ${describe(error)}`));
  }

  #crash(id: string): void {
    this.#crashes++;
    this.#leave(id);
    this.#world.crash(id);
  }

  #restartAll(): void {
    if (this.#hasRelaxed) for (const id of PROCESSES) this.#crash(id);
    else this.#losePower();
    for (const id of PROCESSES) this.#start(id);
  }

  #losePower(): void {
    this.#powerLosses++;
    for (const id of this.#handles.keys()) this.#leave(id);
    this.#world.powerLoss();
    this.#shared.calls.losePower();
  }

  /** The errands of a process that ends are left, or taken up by another one where they have an op of their own. */
  #leave(id: string): void {
    const busy: Iterable<Errand> = this.#handles.get(id)?.busy ?? [];
    this.#handles.delete(id);
    for (const errand of busy) if (errand.isNamed && this.#random.chance(0.8)) this.#shared.left.push(errand);
  }

  /** The weather clears up, and all that is still to happen happens. Half of the runs end with the crash of everyone, the others with answers to all. */
  async #end(): Promise<string | null> {
    this.#shared.isOver = true;
    this.#weather.calm();
    this.#room.clear();
    if (this.#roots?.isAway === true && (this.#world.root.isEmpty || this.#random.chance(0.5)))
      this.#roots.comeBack();
    if (this.#random.chance(0.5)) for (const id of this.#handles.keys()) this.#crash(id);
    if (this.#isCleaned && this.#random.chance(0.5)) {
      // Who stands still has lost its claims by then, and will go on.
      await this.#pass(2 * LIMITS.pinExpiryMs.value);
      await this.#visitors.clean();
    }
    await this.#pass(Weather.latestMs + HOUR_MS);
    // What is evaluated in turns of the event loop, a merge say, is not over because hours are.
    const isBusy = (): boolean => [...this.#handles.values()].some(({ busy }) => busy.size > 0);
    for (let turns = 0; turns < TURNS && isBusy(); turns++) await this.#pass(1_000);
    if (this.#faults[0] !== undefined) return this.#faults[0];
    for (const [id, handle] of this.#handles) {
      const { busy, graph } = handle;
      const [waiting] = busy;
      if (waiting !== undefined) return `process ${id} never hears of ${JSON.stringify(waiting)}`;
      await handle
        .goOn()
        .catch((error: unknown) => this.#faults.push(`${id} cannot go on: ${describe(error)}`));
      if (graph !== null) await graph.close().catch((error: unknown) => this.#faults.push(describe(error)));
    }
    if (this.#isFatal) await this.#visitors.settle();
    if (this.#isCleaned && this.#random.chance(0.5)) await this.#visitors.clean();
    if (this.#isHarsh || this.#random.chance(0.5)) this.#losePower();
    return this.#faults[0] ?? null;
  }

  async #check(): Promise<string | null> {
    // A head must not move while merges are compared.
    const settle = this.#isCleaned ? () => this.#visitors.settle() : null;
    try {
      return await checkRun(this.#world, this.#shared.calls, {
        roots: this.#roots,
        room: this.#room,
        settle,
      });
    } catch (error) {
      return `the check failed: ${describe(error)}`;
    }
  }

  async #pass(ms: number): Promise<void> {
    await this.#director.clock.sleep(ms);
  }
}

function isDerived(key: string): boolean {
  return key.startsWith("__manifest/digests/") || key.endsWith(".cols");
}

/** How likely it is that a process ends after a call of those that only writes make which stage tables, or settle what others have staged. */
function dangerOf({ operation, key }: SimulatedCall): number {
  const isOfStaging = key.startsWith("__recovery/") || key.startsWith("tables/");
  if (!isOfStaging || operation === "get" || operation === "list") return 0;
  return operation === "delete" || operation === "deletePrefix" ? 0.2 : 0.05;
}

function describe(error: unknown): string {
  if (isError(error)) return `${error.reason}: ${error.stack ?? error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
