import { isError } from "@omnigraph/base";
import type {
  Durability,
  ObjectInfo,
  ObjectStore,
  PutBytes,
  PutOutcome,
  VersionedObject,
} from "@omnigraph/storage";
import { REFS_PREFIX } from "./branch/names.ts";
import { type Continuity, takeBack } from "./continuity.ts";
import { RECOVERY_PREFIX } from "./intent/keys.ts";
import { HORIZON_PREFIX } from "./retention/horizon-record.ts";
import { PINS_PREFIX } from "./retention/pin-record.ts";

/**
 * A store that is written only while it holds the graph that was opened. For all puts but those of commits, which have a check of their own. Throws
 * `graph_replaced` besides the errors of the store.
 */
export class WatchedStore implements ObjectStore {
  readonly uri: string;
  readonly ordered: boolean;
  readonly noticesReplacement = true;
  readonly #store: ObjectStore;
  readonly #continuity: Continuity;

  constructor(store: ObjectStore, continuity: Continuity) {
    this.uri = store.uri;
    this.ordered = store.ordered;
    this.#store = store;
    this.#continuity = continuity;
  }

  /** Checks in parallel to the put. An object that was put into another graph is removed, if it could be taken for one of that graph. */
  async putIfAbsent(key: string, bytes: Uint8Array, durability?: Durability): Promise<PutOutcome> {
    const [put, look] = await Promise.allSettled([
      this.#store.putIfAbsent(key, bytes, durability),
      this.#continuity.ofGraph(),
    ]);
    if (look.status === "rejected" && isError(look.reason, "graph_replaced")) {
      if (isOwn(key)) await takeBack(this.#store, key, bytes);
      throw look.reason;
    }
    if (put.status === "rejected") throw put.reason;
    if (look.status === "fulfilled" || put.value === "exists") return put.value;
    if (!isError(look.reason)) throw look.reason;
    return "unknown";
  }

  /** A replaced object cannot be restored, so the check comes first. Nobody waits for these puts. */
  async put(key: string, bytes: PutBytes, durability?: Durability): Promise<void> {
    await this.#continuity.ofGraph();
    await this.#store.put(key, bytes, durability);
  }

  async putIfMatch(key: string, bytes: Uint8Array, version: string | null): Promise<string | null> {
    await this.#continuity.ofGraph();
    return this.#store.putIfMatch(key, bytes, version);
  }

  get(key: string, signal?: AbortSignal): Promise<Uint8Array | null> {
    return this.#store.get(key, signal);
  }

  range(key: string, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array | null> {
    return this.#store.range(key, offset, length, signal);
  }

  getVersioned(key: string): Promise<VersionedObject | null> {
    return this.#store.getVersioned(key);
  }

  exists(key: string): Promise<boolean> {
    return this.#store.exists(key);
  }

  sync(keys: readonly string[]): Promise<void> {
    return this.#store.sync(keys);
  }

  list(
    prefix: string,
    options?: { readonly after?: string; readonly limit?: number },
  ): Promise<readonly ObjectInfo[]> {
    return this.#store.list(prefix, options);
  }

  foreignNames(limit: number): Promise<readonly string[]> {
    return this.#store.foreignNames(limit);
  }

  delete(key: string): Promise<void> {
    return this.#store.delete(key);
  }

  /** Checks first: what is to go may be needed in the graph that is there now. */
  async deletePrefix(prefix: string): Promise<void> {
    await this.#continuity.ofGraph();
    return this.#store.deletePrefix(prefix);
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

const OWN = [REFS_PREFIX, RECOVERY_PREFIX, PINS_PREFIX, HORIZON_PREFIX];

/** Whether an object tells which graph it is of. Others are named by the hash of their bytes, and a writer of the other graph may rely on an equal one. */
function isOwn(key: string): boolean {
  return OWN.some((prefix) => key.startsWith(prefix));
}
