import { present } from "@omnigraph/base";
import { SimulatedConnection } from "./connection.ts";
import { SimulatedAddress } from "./address.ts";
import type { SimulatedHoldings } from "./holdings.ts";
import type { SimulatedNetwork } from "./network.ts";
import { SeededRandom } from "./seeded-random.ts";
import { SimulatedProcess, type SimulatedTime } from "./time.ts";

/** What a simulated store is like. */
export interface SimulatedTraits {
  /** Whether it says that it lists in order, so that its users search by listings and not by probes. Default true. */
  readonly ordered?: boolean;
  /** Whether it says that it notices a replacement by itself, so that its users do not look for one. Default false. */
  readonly noticesReplacement?: boolean;
  /** Whether no put makes its neighbours in the folder durable: harsher than a disk, and what nobody may rely on. Default false. */
  readonly apart?: boolean;
}

/**
 * One store shared by the processes of a simulation, steered by a seed. It keeps what a local disk keeps: an object is visible to all at once, but
 * outlasts power loss only when its bytes were synced and then the names of its folder, by its own durable put, by a later one into
 * the same folder, or by `sync`. A process that ends between the two leaves an object that all can see and power loss can take.
 */
export class SimulatedObjects {
  readonly #network: SimulatedNetwork;
  readonly #random: SeededRandom;
  readonly #processes = new Map<string, SimulatedProcess>();
  readonly #address: SimulatedAddress;
  readonly #traits: { readonly ordered: boolean; readonly noticesReplacement: boolean };

  constructor(time: SimulatedTime, network: SimulatedNetwork, seed: number, traits: SimulatedTraits = {}) {
    const { ordered = true, noticesReplacement = false, apart = false } = traits;
    this.#traits = { ordered, noticesReplacement };
    this.#address = new SimulatedAddress(time, apart);
    this.#network = network;
    this.#random = new SeededRandom(seed);
  }

  /** The process of this id, begun where there is none: its environment, and what can befall it. */
  process(id: string): SimulatedProcess {
    const running = this.#processes.get(id);
    if (running !== undefined) return running;
    const seed = Math.floor(this.#random.next() * 2 ** 32);
    const begun = new SimulatedProcess(id, this.#address.time, new SeededRandom(seed));
    this.#processes.set(id, begun);
    return begun;
  }

  /** The store as a process sees it. */
  connect(id: string): SimulatedConnection {
    return new SimulatedConnection(this.#address, this.process(id), this.#network, this.#traits);
  }

  /** Ends a process: it never goes on, but what it has sent may still happen. The id can be begun anew. */
  crash(id: string): void {
    present(this.#processes.get(id), `simulated process ${id}`).end();
    this.#processes.delete(id);
  }

  /** Ends every process and every call under way; what was not synced is lost or kept at random, object by object. */
  powerLoss(): void {
    this.end();
    this.#address.losePower(this.#random);
  }

  /** Ends every process, so that what waits in them takes no more turns of the event loop. */
  end(): void {
    for (const id of this.#processes.keys()) this.crash(id);
  }

  /** What is at the address now. */
  get root(): SimulatedHoldings {
    return this.#address.now;
  }

  /** Another root of nothing, or a copy of what is there; neither is at the address before it is exchanged for what is. */
  otherRoot(kind: "empty" | "copy"): SimulatedHoldings {
    return kind === "empty" ? this.#address.empty() : this.#address.copy();
  }

  /** Puts another root at the address, behind everybody's back. */
  exchange(root: SimulatedHoldings): void {
    this.#address.exchange(root);
  }

  /** What is at a key, at once and unseen by the network: for a test's own checks. Not a copy. */
  look(key: string): Uint8Array | null {
    return this.#address.now.look(key);
  }

  /** As `look`, before anything replaced it. */
  firstAt(key: string): Uint8Array | null {
    return this.#address.now.firstAt(key);
  }

  /** Milliseconds of virtual time since which there is an object at a key; null where there is none. */
  since(key: string): number | null {
    return this.#address.now.since(key);
  }

  /** Every key, in order: for a test's own checks. */
  keys(): readonly string[] {
    return this.#address.now.keys();
  }

  /** Removes an object behind everybody's back. */
  lose(key: string): void {
    this.#address.now.lose(key);
  }

  /** Replaces an object behind everybody's back, as a failing disk would. */
  damage(key: string, bytes: Uint8Array): void {
    this.#address.now.damage(key, bytes);
  }
}
