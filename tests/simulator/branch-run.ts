import { isError, SeededRandom, SimulatedProcess, SimulatedTime } from "@omnigraph/base";
import { GraphLog } from "@omnigraph/log";
import { type ObjectStore, SimulatedObjects } from "@omnigraph/storage";
import { BranchActor } from "./branch-actor.ts";
import { checkBranches } from "./branch-check.ts";
import { BranchHistory } from "./branch-history.ts";
import { type Bug, planted } from "./planted.ts";
import { Weather } from "./weather.ts";

const HOUR_MS = 3_600_000;

/** What one run came to. */
export interface BranchOutcome {
  readonly seed: number;
  /** What the run showed to be wrong, or null. */
  readonly violation: string | null;
  /** Calls that were answered with success, by kind. */
  readonly done: Readonly<Record<string, number>>;
  readonly powerLosses: number;
}

/** One run of the real log with several branches: processes make, write, read and delete them, and are crashed, paused and cut off, as the seed says. */
export async function simulateBranches(seed: number, bug: Bug | null = null): Promise<BranchOutcome> {
  const random = new SeededRandom(seed);
  const weather = new Weather(new SeededRandom(seed + 1_000_003));
  const time = new SimulatedTime();
  const world = new SimulatedObjects(time, weather, seed + 2_000_003);
  const director = new SimulatedProcess("director", time, new SeededRandom(seed + 3_000_017));
  const history = new BranchHistory();
  const faults: string[] = [];
  const maker = world.process("maker");
  const options = { schema: Buffer.from("{}"), actor: null, message: null };
  await GraphLog.init(world.connect("maker"), maker, options);
  weather.rough();
  const ids = ["p0", "p1", "p2"];
  const start = (id: string): void => {
    const process = world.process(id);
    const store = planted(world.connect(id), bug);
    for (let client = 0; client < 2; client++) {
      live(store, process, new SeededRandom(random.integer(2 ** 31)), history).catch((error: unknown) =>
        faults.push(describe(error)),
      );
    }
  };
  for (const id of ids) start(id);
  let powerLosses = 0;
  for (let step = 0; step < 12 && faults.length === 0; step++) {
    await director.clock.sleep(weather.delay(2_000));
    if (weather.isDead) weather.rough();
    const [first = "p0", ...rest] = ids;
    const id = random.pick([first, ...rest]);
    const roll = random.next();
    if (roll < 0.25) {
      world.crash(id);
      start(id);
    } else if (roll < 0.45) world.process(id).pause(random.pick([500, 40_000]) * random.next());
    else if (roll < 0.55) world.process(id).moveClock((random.next() - 0.5) * HOUR_MS);
    else if (roll < 0.62) weather.dead();
    else if (roll < 0.7) {
      powerLosses++;
      world.powerLoss();
      for (const each of ids) start(each);
    }
  }
  weather.calm();
  for (const id of ids) world.crash(id);
  await director.clock.sleep(Weather.latestMs + HOUR_MS); // everything that is still to happen happens
  if (random.chance(0.5)) {
    powerLosses++;
    world.powerLoss();
  }
  const violation = faults[0] ?? (await checked(world, history));
  const done: Record<string, number> = {};
  for (const { kind, answer } of history.calls)
    if (answer?.kind === "done") done[kind] = (done[kind] ?? 0) + 1;
  return { seed, violation, done, powerLosses };
}

async function checked(world: SimulatedObjects, history: BranchHistory): Promise<string | null> {
  try {
    return await checkBranches(world, world.connect("checker"), world.process("checker"), history);
  } catch (error) {
    return `the check failed: ${describe(error)}`;
  }
}

async function live(
  store: ObjectStore,
  process: SimulatedProcess,
  random: SeededRandom,
  history: BranchHistory,
): Promise<void> {
  for (;;) {
    const actor = await BranchActor.begin(store, process, random, history);
    for (let calls = 0; actor !== null && calls < 20; calls++) {
      await actor.act();
      await process.clock.sleep(random.next() * 600);
    }
    await process.clock.sleep(1_000);
  }
}

function describe(error: unknown): string {
  if (isError(error)) return `${error.reason}: ${error.stack ?? error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
