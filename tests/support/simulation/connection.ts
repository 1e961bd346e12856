import { OmnigraphError } from "@omnigraph/base";
import { checkKey } from "../../../packages/storage/src/objects/keys.ts";
import type { SimulatedHoldings } from "./holdings.ts";
import type { CallPlan, SimulatedCall, SimulatedNetwork } from "./network.ts";
import type { Durability, ObjectInfo, ObjectStore, PutOutcome, VersionedObject } from "@omnigraph/storage";
import type { SimulatedProcess } from "./time.ts";

/** One call: what it does when it happens, what syncs it before it is answered, and what the caller hears who gets no answer. */
interface Request<T> {
  readonly call: Omit<SimulatedCall, "process">;
  readonly effect: () => T;
  readonly sync?: (result: T) => void;
  /** Undefined: a failure. */
  readonly unanswered?: T;
}

/** The shared store as one process sees it. */
export class SimulatedConnection implements ObjectStore {
  readonly uri = "simulated://";
  readonly ordered: boolean;
  readonly noticesReplacement: boolean;
  readonly #holdings: SimulatedHoldings;
  readonly #process: SimulatedProcess;
  readonly #network: SimulatedNetwork;
  /** Keys put relaxed, which the next durable put syncs first. */
  readonly #relaxed = new Set<string>();

  constructor(
    holdings: SimulatedHoldings,
    process: SimulatedProcess,
    network: SimulatedNetwork,
    traits: Pick<ObjectStore, "ordered" | "noticesReplacement">,
  ) {
    this.ordered = traits.ordered;
    this.noticesReplacement = traits.noticesReplacement;
    this.#holdings = holdings;
    this.#process = process;
    this.#network = network;
  }

  async get(key: string, signal?: AbortSignal): Promise<Uint8Array | null> {
    checkKey(key);
    signal?.throwIfAborted();
    const effect = (): Uint8Array | null => this.#holdings.look(key)?.slice() ?? null;
    return this.#request({ call: { operation: "get", key }, effect });
  }

  async range(key: string, offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array | null> {
    checkKey(key);
    signal?.throwIfAborted();
    const effect = (): Uint8Array | null => {
      const bytes = this.#holdings.look(key);
      const from = offset < 0 ? Math.max(0, (bytes?.length ?? 0) + offset) : offset;
      return bytes?.slice(from, from + length) ?? null;
    };
    return this.#request({ call: { operation: "range", key }, effect });
  }

  async getVersioned(key: string): Promise<VersionedObject | null> {
    checkKey(key);
    const effect = (): VersionedObject | null => {
      const bytes = this.#holdings.look(key);
      const version = this.#holdings.versionOf(key);
      return bytes === null || version === null ? null : { bytes: bytes.slice(), version };
    };
    return this.#request({ call: { operation: "get", key }, effect });
  }

  async exists(key: string): Promise<boolean> {
    checkKey(key);
    return this.#request({
      call: { operation: "exists", key },
      effect: () => this.#holdings.look(key) !== null,
    });
  }

  async put(key: string, bytes: Uint8Array, durability: Durability = "durable"): Promise<void> {
    checkKey(key);
    const sent = bytes.slice();
    await this.#request({
      call: { operation: "put", key },
      effect: () => this.#before(durability, () => this.#holdings.hold(key, sent, durability)),
      sync: () => this.#after(key, durability),
    });
  }

  async putIfAbsent(key: string, bytes: Uint8Array, durability: Durability = "durable"): Promise<PutOutcome> {
    checkKey(key);
    const sent = bytes.slice();
    return this.#request<PutOutcome>({
      call: { operation: "putIfAbsent", key },
      effect: () => this.#before(durability, () => this.#holdings.holdIfAbsent(key, sent, durability)),
      sync: (outcome) => {
        if (outcome === "stored") this.#after(key, durability);
      },
      unanswered: "unknown",
    });
  }

  async putIfMatch(key: string, bytes: Uint8Array, version: string | null): Promise<string | null> {
    checkKey(key);
    const sent = bytes.slice();
    return this.#request({
      call: { operation: "putIfMatch", key },
      effect: () => this.#before("durable", () => this.#holdings.holdIfMatch(key, sent, version)),
      sync: (now) => {
        if (now !== null) this.#after(key, "durable");
      },
    });
  }

  async sync(keys: readonly string[]): Promise<void> {
    await this.#request({
      call: { operation: "sync", key: keys[0] ?? "" },
      effect: () => this.#holdings.sync(keys),
    });
  }

  async list(
    prefix: string,
    options: { readonly after?: string; readonly limit?: number } = {},
  ): Promise<readonly ObjectInfo[]> {
    return this.#request({
      call: { operation: "list", key: prefix },
      effect: () => this.#holdings.entries(prefix, options.after ?? null, options.limit ?? Infinity),
    });
  }

  async foreignNames(): Promise<readonly string[]> {
    return [];
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    await this.#request({ call: { operation: "delete", key }, effect: () => this.#holdings.drop(key) });
  }

  async deletePrefix(prefix: string): Promise<void> {
    await this.#request({
      call: { operation: "deletePrefix", key: prefix },
      effect: () => {
        for (const { key } of this.#holdings.entries(prefix, null, Infinity)) this.#holdings.drop(key);
      },
    });
  }

  async close(): Promise<void> {}

  #before<T>(durability: Durability, hold: () => T): T {
    if (durability === "durable") {
      this.#holdings.sync(this.#relaxed);
      this.#relaxed.clear();
    }
    return hold();
  }

  #after(key: string, durability: Durability): void {
    if (durability === "durable") this.#holdings.sync([key]);
    else this.#relaxed.add(key);
  }

  #request<T>(request: Request<T>): Promise<T> {
    const plan = this.#network.plan({ ...request.call, process: this.#process.id });
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        if (request.unanswered === undefined) reject(noAnswer(request.call.operation, request.call.key));
        else resolve(request.unanswered);
      };
      this.#follow(plan, request, resolve, giveUp);
    });
  }

  #follow<T>(plan: CallPlan, request: Request<T>, answer: (result: T) => void, giveUp: () => void): void {
    switch (plan.fate) {
      case "answered": {
        const { delayMs, answerMs, repeatMs } = plan;
        this.#happen(request, delayMs, answerMs, repeatMs === null ? answer : ignore);
        if (repeatMs !== null) this.#happen(request, delayMs + repeatMs, answerMs, answer);
        break;
      }
      case "lost":
        this.#happen(request, plan.delayMs, plan.timeoutMs - plan.delayMs, giveUp);
        break;
      case "late":
        this.#process.deliver(plan.timeoutMs, giveUp);
        this.#happen(request, plan.timeoutMs + plan.lateMs, 0, ignore);
        break;
      case "refused":
        this.#process.deliver(plan.delayMs, giveUp);
        break;
    }
  }

  /** The effect needs no process any more; the sync before the answer does. */
  #happen<T>(request: Request<T>, delayMs: number, answerMs: number, answer: (result: T) => void): void {
    this.#holdings.powered(delayMs, () => {
      const result = request.effect();
      this.#process.deliver(answerMs, () => {
        request.sync?.(result);
        answer(result);
      });
    });
  }
}

function ignore(): void {}

/** The failure that a caller hears who got no answer. */
function noAnswer(operation: string, key: string): OmnigraphError {
  return new OmnigraphError("store_transient", `the simulated store did not answer ${operation} ${key}`, {
    details: { operation, key },
  });
}
