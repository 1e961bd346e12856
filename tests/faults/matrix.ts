import { isDeepStrictEqual } from "node:util";
import { type Environment, isError, type Reason } from "@omnigraph/base";
import type { ObjectInfo } from "@omnigraph/storage";
import { Omnigraph } from "omnigraph";
import { type Fault, FAULTS, type FaultName, FaultyStore } from "../support/simulation/faulty-store.ts";
import { SeededRandom } from "../support/simulation/seeded-random.ts";
import { ShortClock } from "../support/simulation/short-clock.ts";
import type { Place } from "./places.ts";
import { lostTables, partsOf, type State, stateOf, withGraph } from "./state.ts";
import {
  INIT,
  INLINE_ROWS,
  prepareGraph,
  SCHEMA,
  type Writer,
  writeOnwards,
  writeOthers,
} from "./writers.ts";

const HOURS_MS = 3 * 3_600_000;

/** What a writer was told, or that its process ended first. */
type Told = "done" | "partly done" | "unknown" | "killed" | { readonly refused: Reason };

/** One writer on one kind of store: the graph that it begins with, and what is right before and after. */
export interface Scene {
  readonly writer: Writer;
  readonly template: Place;
  readonly before: State;
  readonly after: State;
  /** What is right between the steps of a writer of two; else as before. */
  readonly midway: State;
  /** Whether tables are cheap to write: then they are written in every case. */
  readonly isQuick: boolean;
  /** Calls of the writer that each fault can befall. */
  readonly calls: Readonly<Record<FaultName, number>>;
}

/** Makes the graph that a writer begins with, and runs the writer once without a fault. */
export async function sceneOf(writer: Writer, template: Place): Promise<Scene> {
  const environment = environmentOf();
  if (writer.name !== INIT) {
    await makeGraph(template, environment);
    await withGraph(template, environment, async (graph) => {
      await prepareGraph(graph);
      await writer.prepare?.(graph);
    });
  }
  const before = await readState(template, environment, writer);
  const place = await template.copy();
  const { told, faulty, isQuick } = await run(writer, place, null, environmentOf());
  if (told !== "done") throw new Error(`${writer.name} fails without a fault: ${JSON.stringify(told)}`);
  const after = await readState(place, environment, writer);
  if (isDeepStrictEqual(before, after)) throw new Error(`${writer.name} does nothing`);
  await place.remove();
  const midway =
    writer.midway === undefined ? before : await stateAfter(template, writer, writer.midway.write);
  return { writer, template, before, after, midway, isQuick, calls: faulty.calls };
}

async function stateAfter(
  template: Place,
  writer: Writer,
  write: (graph: Omnigraph) => Promise<unknown>,
): Promise<State> {
  const place = await template.copy();
  const environment = environmentOf();
  await withGraph(place, environment, write);
  const state = await readState(place, environment, writer);
  await place.remove();
  return state;
}

/** Faults of calls of which a writer makes many: these may be tried at some of them only. */
const MANY: ReadonlySet<FaultName> = new Set([
  "get failed",
  "killed before the call",
  "killed after the call",
  "paused for hours",
]);

/** The faults that a writer can meet, every one at every call; with `nth`, those of many calls at every so-manieth and at the last. */
export function faultsOf({ calls }: Scene, nth: number): readonly Fault[] {
  const all = FAULTS.flatMap((name) => Array.from({ length: calls[name] }, (_, at): Fault => ({ name, at })));
  return all.filter(({ name, at }) => !MANY.has(name) || at % nth === 0 || at === calls[name] - 1);
}

/** Runs a writer into a fault, and checks what is left. Answers whether the fault was met. */
export async function runCase(scene: Scene, fault: Fault): Promise<boolean> {
  const { writer } = scene;
  const environment = environmentOf();
  const place = await scene.template.copy();
  const { told, faulty, end } = await run(writer, place, fault, environment);
  try {
    await checkCase(scene, place, told, environment);
  } catch (cause) {
    const what = typeof told === "string" ? told : `refused: ${told.refused}`;
    throw new Error(`${writer.name}, ${fault.name} at call ${fault.at} (told ${what}): ${String(cause)}`, {
      cause,
    });
  } finally {
    await end();
  }
  await place.remove();
  return faulty.met;
}

interface Run {
  readonly told: Told;
  readonly faulty: FaultyStore;
  readonly isQuick: boolean;
  readonly end: () => Promise<void>;
}

async function run(
  writer: Writer,
  place: Place,
  fault: Fault | null,
  environment: TestEnvironment,
): Promise<Run> {
  const opened = await place.open(environment);
  const earlier: readonly ObjectInfo[] = await opened.objects.list("");
  const faulty = new FaultyStore(opened.objects, earlier, fault, () => meanwhile(writer, place, environment));
  const parts = partsOf(opened, faulty.objects, environment);
  const tables = opened.isAllObjects ? parts.tables : faulty.tables(parts.tables);
  const writing = write(writer, { ...parts, tables });
  const told = await Promise.race([writing, faulty.killed.then((): Told => "killed")]);
  writing.catch(() => {});
  await faulty.settle();
  return { told, faulty, isQuick: opened.isAllObjects, end: () => opened.objects.close() };
}

async function write(writer: Writer, parts: Parameters<typeof Omnigraph.openWith>[0]): Promise<Told> {
  let graph: Omnigraph | null = null;
  try {
    graph =
      writer.name === INIT
        ? await Omnigraph.initWith(parts, { schema: SCHEMA, maintenance: "off" })
        : await Omnigraph.openWith(parts, { inlineRows: INLINE_ROWS, maintenance: "off" });
    const answer = await writer.write(graph);
    return writer.midway?.isAll(answer) === false ? "partly done" : "done";
  } catch (thrown) {
    if (!isError(thrown)) throw thrown;
    return thrown.reason === "outcome_unknown" ? "unknown" : { refused: thrown.reason };
  } finally {
    // What it does in the background is its work as well.
    await graph?.close();
  }
}

/** Others write while a process stands still for hours. */
async function meanwhile(writer: Writer, place: Place, environment: TestEnvironment): Promise<void> {
  environment.clock.advance(HOURS_MS);
  const { objects, ...opened } = await place.open(environment);
  const parts = partsOf({ ...opened, objects }, objects, environment);
  if (writer.name === INIT)
    await Omnigraph.initWith(parts, { schema: SCHEMA, maintenance: "off" }).then(
      (graph) => graph.close(),
      ignored,
    );
  else await writeOthers(parts);
  environment.clock.advance(HOURS_MS);
}

function ignored(thrown: unknown): void {
  if (!isError(thrown, "graph_exists")) throw thrown;
}

/** Reads with a fresh handle, does the same again, writes on, and reads with another fresh handle. */
async function checkCase(
  scene: Scene,
  place: Place,
  told: Told,
  environment: TestEnvironment,
): Promise<void> {
  const { writer, before, midway, after } = scene;
  const state = await readState(place, environment, writer);
  const isDone = isDeepStrictEqual(state, after);
  const isWhole = isDone || isDeepStrictEqual(state, before) || isDeepStrictEqual(state, midway);
  if (!isWhole) throw new Error(`it is half done: ${differs(state, scene)}`);
  if (told === "done" && !isDone) throw new Error("what was acknowledged is not there");
  if (told === "partly done" && isDeepStrictEqual(state, before))
    throw new Error("what was acknowledged is not there");
  if (typeof told !== "string" && isDone && !isDoneByOthers(told.refused))
    throw new Error("what was refused is there");
  await checkTables(place, environment);
  if (writer.name === INIT && !isDone) await makeGraph(place, environment);
  await withGraph(place, environment, async (graph) => {
    await writer.write(graph);
    for (const branch of new Set(["main", writer.branch ?? "main"])) {
      await writeOnwards(graph, branch, scene.isQuick);
    }
  });
  const last = await readState(place, environment, writer);
  if (!isDeepStrictEqual(last, after))
    throw new Error(`it is wrong once it was done again: ${differs(last, scene)}`);
}

/** Two who make a graph at one address: one of them is told that it is there. */
function isDoneByOthers(reason: Reason): boolean {
  return reason === "graph_exists";
}

async function checkTables(place: Place, environment: Environment): Promise<void> {
  const { objects } = await place.open(environment);
  const lost = await lostTables(objects);
  await objects.close();
  if (lost.length > 0) throw new Error(`nobody knows of the tables ${lost.join(", ")}`);
}

function differs(state: State, { before, after }: Scene): string {
  return JSON.stringify({ state, before, after }, null, 1);
}

async function readState(place: Place, environment: Environment, writer: Writer): Promise<State> {
  return withGraph(place, environment, (graph) => stateOf(graph, writer.folds === true));
}

async function makeGraph(place: Place, environment: Environment): Promise<void> {
  const opened = await place.open(environment);
  const graph = await Omnigraph.initWith(partsOf(opened, opened.objects, environment), {
    schema: SCHEMA,
    maintenance: "off",
  });
  await graph.close();
}

interface TestEnvironment extends Environment {
  readonly clock: ShortClock;
}

let environments = 0;

/** Random ids must differ from those of other processes. */
function environmentOf(): TestEnvironment {
  return { clock: new ShortClock(), random: new SeededRandom(environments++) };
}
