import { OmnigraphError } from "@omnigraph/base";
import type { LayerStore, ObjectInfo, ObjectStore, PutOutcome } from "@omnigraph/storage";
import { compareKeys } from "../../../packages/storage/src/objects/keys.ts";

/** What can go wrong with one call of a store, or from one call on. */
export const FAULTS = [
  "put failed",
  "put done, answer lost",
  "put done too late",
  "disk full",
  "sync failed",
  "delete failed",
  "get failed",
  "list failed",
  "list stale",
  "killed before the call",
  "killed after the call",
  "paused for hours",
  "clock set back",
  "clock set on",
] as const;

export type FaultName = (typeof FAULTS)[number];

/** A fault, and at which of the calls that it can befall it does: 0 is the first. */
export interface Fault {
  readonly name: FaultName;
  readonly at: number;
}

type Operation =
  | Exclude<keyof ObjectStore, "uri" | "ordered" | "noticesReplacement" | "close">
  | "stage"
  | "index";

const PUTS: readonly Operation[] = ["put", "putIfAbsent", "putIfMatch", "stage", "index"];
const DELETES: readonly Operation[] = ["delete", "deletePrefix"];
const GETS: readonly Operation[] = ["get", "range", "getVersioned", "exists"];
const LISTS: readonly Operation[] = ["list", "foreignNames"];
const ALL: readonly Operation[] = [...PUTS, ...DELETES, ...GETS, ...LISTS, "sync"];

/** The calls that each fault can befall. */
const BEFALLS: Readonly<Record<FaultName, readonly Operation[]>> = {
  "put failed": PUTS,
  "put done, answer lost": PUTS,
  "put done too late": ["putIfAbsent"],
  "disk full": PUTS,
  "sync failed": ["sync"],
  "delete failed": DELETES,
  "get failed": GETS,
  "list failed": LISTS,
  "list stale": ["list"],
  "killed before the call": ALL,
  "killed after the call": ALL,
  "paused for hours": ALL,
  "clock set back": ALL,
  "clock set on": ALL,
};

/** How far a clock is set. */
const CLOCK_MS = 5 * 3_600_000;
/** Calls after which a put that was answered with nothing is done after all. */
const LATE_CALLS = 2;

interface Call<T> {
  readonly operation: Operation;
  readonly args: readonly unknown[];
  /** All names that the store had before. */
  readonly earlier: readonly ObjectInfo[];
  readonly perform: () => Promise<T>;
}

/** What befalls a process besides its calls. */
interface Surroundings {
  /** What others do while the process stands still. */
  readonly meanwhile: () => Promise<void>;
  /** Sets the clock of the process on, or back. */
  readonly setClock: (ms: number) => void;
}

/** The stores and the tables of one process whose calls are counted, one of which meets a fault. */
export class FaultyStore {
  /** Resolves once the process is killed: from then on no call of it is answered. */
  readonly killed: Promise<void>;
  /** Calls so far that each fault could befall. */
  readonly calls: Record<FaultName, number>;
  /** Whether the fault was met. */
  met = false;
  readonly #fault: Fault | null;
  readonly #surroundings: Surroundings;
  #kill: () => void = () => {};
  #isDead = false;
  #isFull = false;
  #late: { readonly perform: () => Promise<unknown>; calls: number } | null = null;

  constructor(fault: Fault | null, surroundings: Surroundings) {
    this.calls = Object.fromEntries(FAULTS.map((name) => [name, 0])) as Record<FaultName, number>;
    this.killed = new Promise((done) => (this.#kill = done));
    this.#fault = fault;
    this.#surroundings = surroundings;
  }

  /** A store by way of this one. `earlier` are all names that it has now: what a stale listing shows. */
  objects(objects: ObjectStore, earlier: readonly ObjectInfo[]): ObjectStore {
    return new Proxy(objects, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        const operation = ALL.find((each) => each === name);
        if (operation === undefined) return value.bind(target);
        return (...args: readonly unknown[]) =>
          this.#call({ operation, args, earlier, perform: () => Reflect.apply(value, target, args) });
      },
    });
  }

  /** The same for tables that do not go through the objects. */
  tables(tables: LayerStore): LayerStore {
    const through =
      <A extends readonly unknown[], T>(operation: Operation, call: (...args: A) => Promise<T>) =>
      async (...args: A): Promise<T> =>
        this.#call({ operation, args, earlier: [], perform: () => call(...args) });
    return {
      stage: through("stage", (...args: Parameters<LayerStore["stage"]>) => tables.stage(...args)),
      ...(tables.index === undefined ? {} : { index: through("index", tables.index.bind(tables)) }),
      open: (entry) => tables.open(entry),
      check: (entry, signal) => tables.check(entry, signal),
      drift: (entry, signal) => tables.drift(entry, signal),
      rebuild: (entry, signal) => tables.rebuild(entry, signal),
    };
  }

  /** Does what is still to be done late. */
  async settle(): Promise<void> {
    const late = this.#late;
    this.#late = null;
    await late?.perform();
  }

  async #call<T>(call: Call<T>): Promise<T> {
    if (this.#isDead) return never();
    await this.#doLate();
    for (const name of FAULTS) if (BEFALLS[name].includes(call.operation)) this.calls[name]++;
    const fault = this.#fault;
    const befalls = fault !== null && BEFALLS[fault.name].includes(call.operation);
    const isIt = befalls && this.calls[fault.name] === fault.at + 1;
    if (isIt) this.met = true;
    if (this.#isFull && PUTS.includes(call.operation)) throw full();
    const answer = isIt ? await this.#befall(fault.name, call) : await call.perform();
    return this.#isDead ? never() : answer;
  }

  async #befall<T>(name: FaultName, call: Call<T>): Promise<T> {
    switch (name) {
      case "put failed":
      case "sync failed":
      case "delete failed":
      case "get failed":
      case "list failed":
        throw failed(call.operation);
      case "put done, answer lost":
        await call.perform();
        return this.#unanswered(call);
      case "put done too late":
        this.#late = { perform: call.perform, calls: LATE_CALLS };
        return this.#unanswered(call);
      case "disk full":
        this.#isFull = true;
        throw full();
      case "list stale":
        // Cast: the call is a `list`.
        return listedEarlier(call) as T;
      case "killed before the call":
        this.#die();
        return never();
      case "killed after the call":
        await call.perform();
        this.#die();
        return never();
      case "paused for hours":
        await this.#surroundings.meanwhile();
        return call.perform();
      case "clock set back":
        this.#surroundings.setClock(-CLOCK_MS);
        return call.perform();
      case "clock set on":
        this.#surroundings.setClock(CLOCK_MS);
        return call.perform();
    }
  }

  #die(): void {
    this.#isDead = true;
    this.#kill();
  }

  async #doLate(): Promise<void> {
    const late = this.#late;
    if (late === null || late.calls-- > 0) return;
    await this.settle();
  }

  #unanswered<T>({ operation }: Call<T>): T {
    const outcome: PutOutcome = "unknown";
    // Cast: the call is a `putIfAbsent`.
    if (operation === "putIfAbsent") return outcome as T;
    throw failed(operation);
  }
}

function listedEarlier({ args: [prefix, options], earlier }: Call<unknown>): readonly ObjectInfo[] {
  // Casts: the arguments of `list`.
  const { after, limit } = (options ?? {}) as { after?: string; limit?: number };
  return earlier
    .filter(
      ({ key }) => key.startsWith(String(prefix)) && (after === undefined || compareKeys(key, after) > 0),
    )
    .slice(0, limit);
}

function never<T>(): Promise<T> {
  return new Promise(() => {});
}

function failed(operation: Operation): OmnigraphError {
  return new OmnigraphError("store_transient", `the store failed in ${operation}, as the test had it`);
}

function full(): OmnigraphError {
  return new OmnigraphError("store_full", "the store has no room left, as the test had it");
}
