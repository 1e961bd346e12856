import { isDeepStrictEqual } from "node:util";
import { type Environment, isError, present, type Reason } from "@omnigraph/base";
import { type GraphParts, MemoryBudget } from "omnigraph";
import { type Fault, FAULTS, type FaultName, FaultyStore } from "../support/simulation/faulty-store.ts";
import { SeededRandom } from "../support/simulation/seeded-random.ts";
import { ProcessClock, ShortClock } from "../support/simulation/short-clock.ts";
import type { Place } from "./places.ts";
import { lostTables, type State, stateOf, withGraph } from "./state.ts";
import {
  makeGraph,
  prepareGraph,
  type Writer,
  writeOnwards,
  writeOthers,
  type WriterProcess,
} from "./writer.ts";

const HOURS_MS = 3 * 3_600_000;
const BYTES = 2 ** 26;

/** What a writer was told, or that its process ended first. */
type Told = "done" | "partly done" | "unknown" | "killed" | { readonly refused: Reason };

/** One writer on one kind of store: the graph that it begins with, and what is right before and after. */
export interface Scene {
  readonly writer: Writer;
  readonly template: Place;
  readonly folder: string;
  /** When its cases begin, in milliseconds of their clocks. */
  readonly startMs: number;
  readonly before: State;
  readonly after: State;
  /** What is right between the steps of a writer of two; else as before. */
  readonly midway: State;
  /** What `fsck` finds before: nothing, but where something is to be repaired. */
  readonly found: ReadonlySet<string>;
  /** Calls of the writer that each fault can befall. */
  readonly calls: Readonly<Record<FaultName, number>>;
}

/** Makes the graph that a writer begins with, and runs the writer once without a fault. */
export async function sceneOf(writer: Writer, template: Place, folder: string): Promise<Scene> {
  const time = new ShortClock();
  const process = calmProcess(template, folder, time);
  if (writer.prepare !== null) {
    await makeGraph(process);
    await prepareGraph(process);
    await writer.prepare?.(process);
  }
  const before = await readState(process, writer);
  const startMs = time.monotonicMs();
  const place = await template.copy(environmentOf(new ProcessClock(time)));
  const { told, calls, end } = await run(writer, place, null, folder, time);
  if (told !== "done") throw new Error(`${writer.name} fails without a fault: ${JSON.stringify(told)}`);
  await end();
  const after = await readState(calmProcess(place, folder, time), writer);
  if (isDeepStrictEqual(before, after)) throw new Error(`${writer.name} does nothing`);
  await place.remove();
  const midway =
    writer.midway === undefined ? before : await stateAfter(process, time, writer, writer.midway);
  const found = await findings(process, writer);
  return { writer, template, folder, startMs, before, after, midway, found, calls };
}

async function stateAfter(
  { place: template, folder }: WriterProcess,
  time: ShortClock,
  writer: Writer,
  write: Writer["write"],
): Promise<State> {
  const place = await template.copy(environmentOf(new ProcessClock(time)));
  const process = calmProcess(place, folder, time);
  await write(process);
  const state = await readState(process, writer);
  await place.remove();
  return state;
}

/** Faults of calls of which a writer makes many. */
const MANY: ReadonlySet<FaultName> = new Set([
  "get failed",
  "killed before the call",
  "killed after the call",
  "paused for hours",
  "clock set back",
  "clock set on",
]);
/** A writer with more cases than so many has hundreds of reads of one kind: fewer of them are tried. */
const MANY_CASES = 600;

/** Which calls meet their faults: every so-manieth and the last. */
export interface Sample {
  readonly nth: number;
  /** Whether that is so for all faults; else for those alone that befall any call, or a get. */
  readonly all: boolean;
}

/** The faults that a writer is run into. */
export function faultsOf({ calls }: Scene, { nth, all }: Sample): readonly Fault[] {
  const each = FAULTS.flatMap((name) =>
    Array.from({ length: calls[name] }, (_, at): Fault => ({ name, at })),
  );
  const many = each.length > MANY_CASES ? nth * 4 : nth;
  const nthOf = (name: FaultName): number => (MANY.has(name) ? many : all ? nth : 1);
  return each.filter(({ name, at }) => at % nthOf(name) === 0 || at === calls[name] - 1);
}

/** Runs a writer into a fault, and checks what is left. Answers whether the fault was met. */
export async function runCase(scene: Scene, fault: Fault): Promise<boolean> {
  const { writer, folder, startMs } = scene;
  const time = new ShortClock(startMs);
  const place = await scene.template.copy(environmentOf(new ProcessClock(time)));
  const { told, met, end } = await run(writer, place, fault, folder, time);
  try {
    await checkCase(scene, calmProcess(place, folder, time, writer.waits), told);
  } catch (cause) {
    const what = typeof told === "string" ? told : `refused: ${told.refused}`;
    throw new Error(`${writer.name}, ${fault.name} at call ${fault.at} (told ${what}): ${String(cause)}`, {
      cause,
    });
  } finally {
    await end();
  }
  await place.remove();
  return met;
}

interface Run {
  readonly told: Told;
  readonly met: boolean;
  readonly calls: Readonly<Record<FaultName, number>>;
  /** Closes what the process had open. */
  readonly end: () => Promise<void>;
}

async function run(
  writer: Writer,
  place: Place,
  fault: Fault | null,
  folder: string,
  time: ShortClock,
): Promise<Run> {
  const clock = new ProcessClock(time, writer.waits);
  const environment = environmentOf(clock);
  const ofStores = environmentOf(new ProcessClock(time));
  const faulty = new FaultyStore(fault, {
    meanwhile: async () => {
      time.advance(HOURS_MS);
      await (writer.others ?? writeOthers)(calmProcess(place, folder, time));
      time.advance(HOURS_MS);
    },
    setClock: (ms) => clock.set(ms),
  });
  const opened: GraphParts[] = [];
  const open = async (at: Place): Promise<GraphParts> => {
    const { objects, tablesOver } = await at.open(ofStores);
    const over = faulty.objects(objects, await objects.list(""));
    const tables = tablesOver(over);
    const parts = { objects: over, tables: at.holdsTables ? faulty.tables(tables) : tables };
    opened.push({ objects, tables });
    return { ...parts, environment, budget: new MemoryBudget(BYTES) };
  };
  const process = { place, folder, open: () => open(place), openBeside: () => open(besideOf(place)) };
  const writing = write(writer, process);
  const told = await Promise.race([writing, faulty.killed.then((): Told => "killed")]);
  writing.catch(() => {});
  await faulty.settle();
  const end = async (): Promise<void> => {
    for (const { objects } of opened) await objects.close();
  };
  return { told, met: faulty.met, calls: faulty.calls, end };
}

async function write(writer: Writer, process: WriterProcess): Promise<Told> {
  try {
    const answer = await writer.write(process);
    return writer.isAll?.(answer) === false ? "partly done" : "done";
  } catch (thrown) {
    if (!isError(thrown)) throw thrown;
    return thrown.reason === "outcome_unknown" ? "unknown" : { refused: thrown.reason };
  }
}

/** A process without faults. */
function calmProcess(place: Place, folder: string, time: ShortClock, waits?: Writer["waits"]): WriterProcess {
  const environment = environmentOf(new ProcessClock(time, waits));
  const open = async (at: Place): Promise<GraphParts> => {
    const { objects, tablesOver } = await at.open(environment);
    return { objects, tables: tablesOver(objects), environment, budget: new MemoryBudget(BYTES) };
  };
  return { place, folder, open: () => open(place), openBeside: () => open(besideOf(place)) };
}

function besideOf({ beside }: Place): Place {
  return present(beside, "address beside");
}

/** Reads with a fresh handle, checks all, does the same again, writes on, and reads with another fresh handle. */
async function checkCase(scene: Scene, process: WriterProcess, told: Told): Promise<void> {
  const { writer, after, found } = scene;
  checkTold(scene, await readState(process, writer), told);
  // A copy that is not complete has tables that nothing names yet.
  if (writer.copies !== true) await checkTables(process, writer);
  for (const finding of await findings(process, writer))
    if (!found.has(finding)) throw new Error(`fsck finds ${finding}`);
  await writer.write(process);
  const written = writer.copies === true ? { ...process, open: process.openBeside } : process;
  for (const branch of new Set(["main", writer.branch ?? "main"]))
    await writeOnwards(branch, !process.place.holdsTables)(written);
  const last = await readState(process, writer);
  if (!isDeepStrictEqual(last, after))
    throw new Error(`it is wrong once it was done again: ${differs(last, scene)}`);
  await checkTables(process, writer);
}

/** What is there must be what the writer was told. */
function checkTold(scene: Scene, state: State, told: Told): void {
  const { writer, before, midway, after } = scene;
  const isDone = isDeepStrictEqual(state, after);
  const isBefore = isDeepStrictEqual(state, before);
  const isWhole = isDone || isBefore || isDeepStrictEqual(state, midway);
  if (!isWhole && !isBetween(scene, state)) throw new Error(`it is half done: ${differs(state, scene)}`);
  const isLost = told === "partly done" && writer.midway !== undefined && isBefore;
  if ((told === "done" && !isDone) || isLost) throw new Error("what was acknowledged is not there");
  if (typeof told !== "string" && isDone && writer.isCarriedOn !== true)
    throw new Error("what was refused is there");
}

/** Whether each branch of a copy is as before or as afterwards. */
function isBetween({ writer, before, after }: Scene, state: State): boolean {
  if (writer.copies !== true || state === null || before === null || after === null) return false;
  return Object.entries(state.branches).every(
    ([name, branch]) =>
      isDeepStrictEqual(branch, before.branches[name]) || isDeepStrictEqual(branch, after.branches[name]),
  );
}

async function checkTables({ open, openBeside }: WriterProcess, writer: Writer): Promise<void> {
  const { objects } = await (writer.copies === true ? openBeside() : open());
  const lost = await lostTables(objects);
  await objects.close();
  if (lost.length > 0) throw new Error(`nobody knows of the tables ${lost.join(", ")}`);
}

function differs(state: State, { before, after }: Scene): string {
  return JSON.stringify({ state, before, after }, null, 1);
}

async function readState({ open, openBeside }: WriterProcess, writer: Writer): Promise<State> {
  const parts = await (writer.copies === true ? openBeside() : open());
  return withGraph(parts, (graph) => stateOf(graph, parts.objects, writer));
}

/** The errors and warnings of `fsck`. */
async function findings({ open, openBeside }: WriterProcess, writer: Writer): Promise<ReadonlySet<string>> {
  const parts = await (writer.copies === true ? openBeside() : open());
  const answer = await withGraph(parts, (graph) => graph.maintenance.fsck());
  const found = (answer?.findings ?? []).filter(({ severity }) => severity !== "note");
  return new Set(found.map(({ class: kind, place }) => `${kind} at ${place}`));
}

let environments = 0;

/** Random ids must differ from those of other processes. */
function environmentOf(clock: ProcessClock): Environment {
  return { clock, random: new SeededRandom(environments++) };
}
