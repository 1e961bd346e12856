import { OmnigraphError } from "@omnigraph/base";
import { checkKey } from "../../../packages/storage/src/objects/keys.ts";
import type { SimulatedAddress } from "./address.ts";
import type { SimulatedHoldings } from "./holdings.ts";
import type { CallPlan, SimulatedCall, SimulatedNetwork } from "./network.ts";
import {
  type Durability,
  type ObjectInfo,
  type ObjectStore,
  type PutBytes,
  type PutOutcome,
  type VersionedObject,
  wholeBytes,
} from "@omnigraph/storage";
import type { SimulatedProcess } from "./time.ts";

/** One call: what it does when it happens, what syncs it before it is answered, and what the caller hears who gets no answer. */
interface Request<T> {
  readonly call: Omit<SimulatedCall, "process">;
  readonly effect: (root: SimulatedHoldings) => T;
  readonly sync?: (result: T, root: SimulatedHoldings) => void;
  /** Undefined: a failure. */
  readonly unanswered?: T;
  /** What the caller hears where it happened and there was no room to sync it. Undefined: then it does not happen. */
  readonly unsynced?: ((result: T) => T) | undefined;
}

/** The shared store as one process sees it. */
export class SimulatedConnection implements ObjectStore {
  readonly uri = "simulated://";
  readonly ordered: boolean;
  readonly noticesReplacement: boolean;
  readonly #address: SimulatedAddress;
  /** The root that was found first, where the store notices a replacement. */
  #opened: SimulatedHoldings | null = null;
  readonly #process: SimulatedProcess;
  readonly #network: SimulatedNetwork;
  /** Keys put relaxed, which the next durable put syncs first. */
  readonly #relaxed = new Set<string>();

  constructor(
    address: SimulatedAddress,
    process: SimulatedProcess,
    network: SimulatedNetwork,
    traits: Pick<ObjectStore, "ordered" | "noticesReplacement">,
  ) {
    this.ordered = traits.ordered;
    this.noticesReplacement = traits.noticesReplacement;
    this.#address = address;
    this.#process = process;
    this.#network = network;
  }

  /** The root that it reads and writes: the one that it has opened, or what is there. */
  get root(): SimulatedHoldings {
    return this.#opened ?? this.#address.now;
  }

  /** Whether that is what is there. */
  get isAtAddress(): boolean {
    return this.root === this.#address.now;
  }

  async get(key: string, signal?: AbortSignal): Promise<Uint8Array | null> {
    checkKey(key);
    signal?.throwIfAborted();
    const effect = (root: SimulatedHoldings): Uint8Array | null => root.look(key)?.slice() ?? null;
    return this.#request({ call: { operation: "get", key }, effect });
  }

  async range(key: string, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array | null> {
    checkKey(key);
    signal?.throwIfAborted();
    const effect = (root: SimulatedHoldings): Uint8Array | null => {
      const bytes = root.look(key);
      const from = offset < 0 ? Math.max(0, (bytes?.length ?? 0) + offset) : offset;
      return bytes?.slice(from, from + length) ?? null;
    };
    return this.#request({ call: { operation: "range", key }, effect });
  }

  async getVersioned(key: string): Promise<VersionedObject | null> {
    checkKey(key);
    const effect = (root: SimulatedHoldings): VersionedObject | null => {
      const bytes = root.look(key);
      const version = root.versionOf(key);
      return bytes === null || version === null ? null : { bytes: bytes.slice(), version };
    };
    return this.#request({ call: { operation: "get", key }, effect });
  }

  async exists(key: string): Promise<boolean> {
    checkKey(key);
    return this.#request({
      call: { operation: "exists", key },
      effect: (root) => root.look(key) !== null,
    });
  }

  async put(key: string, bytes: PutBytes, durability: Durability = "durable"): Promise<void> {
    checkKey(key);
    const sent = wholeBytes(bytes).slice();
    await this.#request({
      call: { operation: "put", key },
      effect: (root) => this.#before(root, durability, () => root.hold(key, sent, durability)),
      sync: (_, root) => this.#after(root, key, durability),
    });
  }

  async putIfAbsent(key: string, bytes: Uint8Array, durability: Durability = "durable"): Promise<PutOutcome> {
    checkKey(key);
    const sent = bytes.slice();
    return this.#request<PutOutcome>({
      call: { operation: "putIfAbsent", key },
      effect: (root) => this.#before(root, durability, () => root.holdIfAbsent(key, sent, durability)),
      sync: (outcome, root) => {
        if (outcome === "stored") this.#after(root, key, durability);
      },
      unanswered: "unknown",
      unsynced:
        durability === "durable" ? (outcome) => (outcome === "stored" ? "unknown" : outcome) : undefined,
    });
  }

  async putIfMatch(key: string, bytes: Uint8Array, version: string | null): Promise<string | null> {
    checkKey(key);
    const sent = bytes.slice();
    return this.#request({
      call: { operation: "putIfMatch", key },
      effect: (root) => this.#before(root, "durable", () => root.holdIfMatch(key, sent, version)),
      sync: (now, root) => {
        if (now !== null) this.#after(root, key, "durable");
      },
    });
  }

  async sync(keys: readonly string[]): Promise<void> {
    await this.#request({
      call: { operation: "sync", key: keys[0] ?? "" },
      effect: (root) => root.sync(keys),
    });
  }

  async list(
    prefix: string,
    options: { readonly after?: string; readonly limit?: number } = {},
  ): Promise<readonly ObjectInfo[]> {
    return this.#request({
      call: { operation: "list", key: prefix },
      effect: (root) => root.entries(prefix, options.after ?? null, options.limit ?? Infinity),
    });
  }

  async foreignNames(): Promise<readonly string[]> {
    return [];
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    await this.#request({ call: { operation: "delete", key }, effect: (root) => root.drop(key) });
  }

  async deletePrefix(prefix: string): Promise<void> {
    await this.#request({
      call: { operation: "deletePrefix", key: prefix },
      effect: (root) => {
        for (const { key } of root.entries(prefix, null, Infinity)) root.drop(key);
      },
    });
  }

  async close(): Promise<void> {}

  #before<T>(root: SimulatedHoldings, durability: Durability, hold: () => T): T {
    if (durability === "durable") {
      root.sync(this.#relaxed);
      this.#relaxed.clear();
    }
    return hold();
  }

  #after(root: SimulatedHoldings, key: string, durability: Durability): void {
    if (durability === "durable") root.sync([key]);
    else this.#relaxed.add(key);
  }

  #request<T>(request: Request<T>): Promise<T> {
    const plan = this.#network.plan({ ...request.call, process: this.#process.id });
    return new Promise<T>((resolve, reject) => {
      const giveUp = (): void => {
        if (request.unanswered === undefined) reject(noAnswer(request.call.operation, request.call.key));
        else resolve(request.unanswered);
      };
      this.#follow(plan, request, { resolve: (result: T) => resolve(result), reject }, giveUp);
    });
  }

  #follow<T>(plan: CallPlan, request: Request<T>, answer: Answer<T>, giveUp: () => void): void {
    switch (plan.fate) {
      case "answered": {
        const { delayMs, answerMs, repeatMs } = plan;
        this.#happen(request, delayMs, answerMs, repeatMs === null ? answer : IGNORED);
        if (repeatMs !== null) this.#happen(request, delayMs + repeatMs, answerMs, answer);
        break;
      }
      case "lost":
        this.#happen(request, plan.delayMs, plan.timeoutMs - plan.delayMs, {
          resolve: giveUp,
          reject: giveUp,
        });
        break;
      case "late":
        this.#process.deliver(plan.timeoutMs, giveUp);
        this.#happen(request, plan.timeoutMs + plan.lateMs, 0, IGNORED);
        break;
      case "refused":
        this.#process.deliver(plan.delayMs, giveUp);
        break;
      case "full": {
        const { call, effect, unsynced } = request;
        const { delayMs } = plan;
        if (!plan.isHeld || unsynced === undefined)
          this.#process.deliver(delayMs, () => answer.reject(full(call.operation, call.key)));
        else this.#happen({ call, effect: (root) => unsynced(effect(root)) }, delayMs, 0, answer);
        break;
      }
    }
  }

  /** The effect needs no process any more; the sync before the answer does. */
  #happen<T>(request: Request<T>, delayMs: number, answerMs: number, { resolve, reject }: Answer<T>): void {
    this.#address.powered(delayMs, () => {
      const root = this.#open();
      if (root === null) {
        this.#process.deliver(answerMs, () => reject(replaced(this.uri)));
        return;
      }
      const result = request.effect(root);
      this.#process.deliver(answerMs, () => {
        request.sync?.(result, root);
        resolve(result);
      });
    });
  }

  /** What is at the address; null where that is not what was opened, and the store notices. */
  #open(): SimulatedHoldings | null {
    const { now } = this.#address;
    if (!this.noticesReplacement) return now;
    if (this.#opened === null && !now.isEmpty) this.#opened = now;
    return this.#opened === null || this.#opened === now ? now : null;
  }
}

/** How a caller hears of what happened. */
interface Answer<T> {
  readonly resolve: (result: T) => void;
  readonly reject: (error: OmnigraphError) => void;
}

const IGNORED = { resolve: (): void => {}, reject: (): void => {} };

/** What a store says that notices it. */
function replaced(uri: string): OmnigraphError {
  return new OmnigraphError(
    "graph_replaced",
    `${uri} holds something else than what was opened; nothing was written`,
    {
      details: { uri },
    },
  );
}

/** What a store says that has no room. */
function full(operation: string, key: string): OmnigraphError {
  return new OmnigraphError("store_full", `the simulated store has no room for ${operation} ${key}`, {
    details: { operation, key },
  });
}

/** The failure that a caller hears who got no answer. */
function noAnswer(operation: string, key: string): OmnigraphError {
  return new OmnigraphError("store_transient", `the simulated store did not answer ${operation} ${key}`, {
    details: { operation, key },
  });
}
