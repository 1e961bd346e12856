import { isError, OmnigraphError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import { slotKey } from "./address.ts";
import { CHECKSUM_BYTES, decodeObject, type ObjectReader } from "./commit/codec.ts";
import type { CommitObject } from "./commit/header.ts";
import { decodeFormat, FORMAT_KEY, type GraphFormat } from "./format-object.ts";

/**
 * Checks that a store still holds the graph that was opened, for stores that do not notice themselves that everything below their address was replaced.
 * Each check is one small call, made in parallel to the call that it protects.
 */
export class Continuity {
  /** False where the store notices it itself: then the checks do nothing. */
  readonly isNeeded: boolean;
  readonly #store: ObjectStore;
  readonly #format: GraphFormat;
  readonly #reader: ObjectReader;

  constructor(store: ObjectStore, format: GraphFormat, reader: ObjectReader) {
    this.isNeeded = !store.noticesReplacement;
    this.#store = store;
    this.#format = format;
    this.#reader = reader;
  }

  /** Checks `format.json`. Throws `graph_replaced`. */
  async ofGraph(signal?: AbortSignal): Promise<void> {
    if (!this.isNeeded) return;
    const bytes = await this.#store.get(FORMAT_KEY, signal);
    if (bytes === null) throw this.replaced(`has no ${FORMAT_KEY} any more`);
    const { graph, nonce } = decodeFormat(bytes, this.#reader.access, this.#store.uri);
    if (graph !== this.#format.graph || nonce !== this.#format.nonce)
      throw this.replaced(`holds graph ${graph}`);
  }

  /**
   * Checks the object of a head; null for a log without objects: then as `ofGraph`. The checksum of a head covers all before it, so this also detects an
   * older copy of the same graph. Throws `graph_replaced`, and `log_corrupt` where the object is damaged.
   */
  async ofHead(object: CommitObject | null, signal?: AbortSignal): Promise<void> {
    if (!this.isNeeded) return;
    if (object === null) return this.ofGraph(signal);
    const key = slotKey(object.logId, object.slot);
    const found = await this.#store.range(key, -CHECKSUM_BYTES, CHECKSUM_BYTES, signal);
    if (found === null || Buffer.from(found).toString("hex") !== object.checksum)
      await this.#diagnose(object, key);
  }

  /** Finds out why an object changed, and throws that. */
  async #diagnose(object: CommitObject, key: string): Promise<void> {
    await this.ofGraph();
    const bytes = await this.#store.get(key);
    if (bytes === null) throw this.replaced(`has no ${key} any more`);
    const { nonce } = decodeObject(bytes, object.logId, object.slot, this.#reader);
    if (nonce !== object.nonce) throw this.replaced(`has another commit at ${key}`);
  }

  /** The error of a store that holds something else than what was opened; `what` says how that shows. */
  replaced(what: string): OmnigraphError {
    const { uri } = this.#store;
    return new OmnigraphError(
      "graph_replaced",
      `${uri} ${what}: the graph ${this.#format.graph} that was opened was moved or removed, or another one or an older copy was put in its place; nothing was written: put the graph back, or open it again at the address where it is now`,
      { details: { uri, graph: this.#format.graph } },
    );
  }
}

/**
 * Removes an object that was put into the wrong graph. It was never acknowledged and nobody can have built on it: it names another graph, or follows a
 * commit that is not there. If the store fails, the object stays.
 */
export async function takeBack(store: ObjectStore, key: string, bytes: Uint8Array): Promise<void> {
  try {
    const there = await store.get(key);
    if (there !== null && Buffer.compare(there, bytes) === 0) await store.delete(key);
  } catch (cause) {
    if (!isError(cause)) throw cause;
  }
}
