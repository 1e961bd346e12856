import { type Environment, stampOf } from "@omnigraph/base";
import { type ObjectStore, placeOf } from "@omnigraph/storage";
import { claim } from "../content-objects.ts";
import { type CondemnedList, decodeCondemned, encodeCondemned } from "../retention/condemned-list.ts";
import {
  type Cuts,
  decodeHorizon,
  encodeHorizon,
  HORIZON_PREFIX,
  type Horizon,
  horizonKey,
  type HorizonPart,
  partOfKey,
} from "../retention/horizon-record.ts";
import { storeNow } from "../retention/store-clock.ts";

const NONCE_BYTES = 16;
const NOTHING: CondemnedList = { slots: new Map(), tables: [] };

/** The objects that there are of a horizon, with the time at which each was put, by the store's clock. */
export type HorizonObjects = ReadonlyMap<HorizonPart, number>;

/** Puts and reads the horizons of a graph. */
export class HorizonStore {
  readonly #store: ObjectStore;
  readonly #environment: Environment;
  readonly #graph: string;

  constructor(store: ObjectStore, environment: Environment, graph: string) {
    this.#store = store;
    this.#environment = environment;
    this.#graph = graph;
  }

  /** All horizons, the newest first. */
  async all(): Promise<ReadonlyMap<number, HorizonObjects>> {
    const found = new Map<number, Map<HorizonPart, number>>();
    for (const { key, modifiedMs } of await this.#store.list(HORIZON_PREFIX)) {
      const named = partOfKey(key);
      if (named === null) continue;
      const parts = found.get(named.number) ?? new Map<HorizonPart, number>();
      found.set(named.number, parts.set(named.part, modifiedMs));
    }
    return new Map([...found].filter(([, parts]) => parts.has("json")));
  }

  async read(number: number): Promise<Horizon> {
    const key = horizonKey(number, "json");
    const bytes = (await this.#store.get(key)) ?? new Uint8Array(0); // nobody removes one: empty is damaged
    return decodeHorizon(bytes, this.#graph, "write", this.#place(key));
  }

  /** Condemns: puts the record after the newest one, with all that that one has. Others may put theirs first. */
  async condemn(cuts: Cuts, actor: string | null): Promise<Horizon> {
    for (;;) {
      const [newest] = (await this.all()).keys();
      const before = newest === undefined ? null : await this.read(newest);
      // Its owner may not have synced it yet, and power loss must not take it from below the next one.
      if (newest !== undefined) await this.#store.sync([horizonKey(newest, "json")]);
      const own: Horizon = {
        number: (newest ?? -1) + 1,
        cuts: merged(before?.cuts ?? new Map(), cuts),
        at: stampOf(this.#environment.clock),
        actor,
        nonce: Buffer.from(this.#environment.random.bytes(NONCE_BYTES)).toString("hex"),
      };
      const key = horizonKey(own.number, "json");
      const there = await claim(this.#store, this.#environment, key, encodeHorizon(own, this.#graph));
      if (decodeHorizon(there, this.#graph, "write", this.#place(key)).nonce === own.nonce) return own;
    }
  }

  /** Puts a list unless there is one. Answers the one that is there. */
  async putList(number: number, part: "found" | "done", list: CondemnedList): Promise<CondemnedList> {
    const key = horizonKey(number, part);
    const there = await claim(this.#store, this.#environment, key, encodeCondemned(list));
    return decodeCondemned(there, "write", this.#place(key));
  }

  async readList(number: number, part: "found" | "done"): Promise<CondemnedList> {
    const key = horizonKey(number, part);
    const bytes = (await this.#store.get(key)) ?? new Uint8Array(0); // nobody removes one: empty is damaged
    return decodeCondemned(bytes, "write", this.#place(key));
  }

  /** A list that something irrevocable is done by. Whoever puts it may not have synced it yet, and power loss must not take it from below what comes after it. */
  async reliedList(number: number, part: "found" | "done"): Promise<CondemnedList> {
    await this.#store.sync([horizonKey(number, part)]);
    return this.readList(number, part);
  }

  /** Whether what both looks found unneeded is agreed: nothing is removed without that. */
  hasDone(number: number): Promise<boolean> {
    return this.#store.exists(horizonKey(number, "done"));
  }

  /** Notes that all of it is removed. */
  async putOver(number: number): Promise<void> {
    await claim(this.#store, this.#environment, horizonKey(number, "over"), encodeCondemned(NOTHING));
  }

  /** As `storeNow`. */
  now(): Promise<number> {
    return storeNow(this.#store);
  }

  #place(key: string): string {
    return placeOf(this.#store, key);
  }
}

function merged(before: Cuts, cuts: Cuts): Cuts {
  const all = new Map(before);
  for (const [logId, cut] of cuts) if (cut > (all.get(logId) ?? -1)) all.set(logId, cut);
  return all;
}
