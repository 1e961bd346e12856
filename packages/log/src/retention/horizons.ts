import { type ObjectStore, placeOf } from "@omnigraph/storage";
import type { CommitAddress } from "../address.ts";
import {
  decodeHorizon,
  type Horizon,
  horizonKey,
  HORIZON_PREFIX,
  isBelow,
  partOfKey,
} from "./horizon-record.ts";

/** Objects of one horizon at most; so many names of a listing have the newest record among them. */
const PARTS = 4;

/** What cleanup has condemned so far. The newest record says all that earlier ones say, and never changes, so one small listing is enough. */
export class Horizons {
  readonly #store: ObjectStore;
  readonly #graph: string;
  readonly #access: "read" | "write";
  #newest: Horizon | null = null;

  constructor(store: ObjectStore, graph: string, access: "read" | "write") {
    this.#store = store;
    this.#graph = graph;
    this.#access = access;
  }

  /** The newest horizon; null where nothing was ever cleaned up. Throws `object_corrupt`, `format_newer`, `graph_replaced`. */
  async newest(signal?: AbortSignal): Promise<Horizon | null> {
    for (let after: string | undefined; ;) {
      const listed = await this.#store.list(HORIZON_PREFIX, {
        limit: PARTS,
        ...(after === undefined ? {} : { after }),
      });
      signal?.throwIfAborted();
      const found = listed.map(({ key }) => partOfKey(key)).find((named) => named?.part === "json");
      if (found !== undefined && found !== null) return this.read(found.number, signal);
      // Files of others may be in between.
      after = listed.at(-1)?.key;
      if (after === undefined || listed.length < PARTS) return null;
    }
  }

  /** The horizon of a number that was listed. */
  async read(number: number, signal?: AbortSignal): Promise<Horizon> {
    if (this.#newest?.number === number) return this.#newest;
    const key = horizonKey(number, "json");
    const bytes = (await this.#store.get(key, signal)) ?? new Uint8Array(0); // nobody removes one: empty is damaged
    const horizon = decodeHorizon(bytes, this.#graph, this.#access, placeOf(this.#store, key));
    if (this.#newest === null || number > this.#newest.number) this.#newest = horizon;
    return horizon;
  }

  /** Whether a commit is condemned. As `newest`. */
  async isCondemned(address: CommitAddress, signal?: AbortSignal): Promise<boolean> {
    const newest = await this.newest(signal);
    return newest !== null && isBelow(newest.cuts, address);
  }
}
