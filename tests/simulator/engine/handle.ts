import { isError } from "@omnigraph/base";
import type { Omnigraph } from "omnigraph";
import type { Write } from "../../oracle/random-writes.ts";
import type { SimulatedConnection } from "../../support/simulation/connection.ts";
import { SeededRandom } from "../../support/simulation/seeded-random.ts";
import type { SimulatedProcess } from "../../support/simulation/time.ts";
import type { AnyActor } from "./actors/actors.ts";
import { PLACE } from "./actors/editor.ts";
import type { Calls, Errand } from "./calls.ts";
import { Client } from "./client.ts";
import { type HandleOptions, openGraph } from "./open.ts";

const CLIENTS = 2;
/** Why a graph may not open: nobody answers, or something else or nothing is at its address. */
const REFUSALS = ["store_transient", "graph_not_found", "graph_replaced"] as const;

/** What the handles of a run share. */
export interface Shared {
  readonly calls: Calls;
  readonly actors: readonly AnyActor[];
  readonly writes: Iterator<Write, undefined>;
  /** Errands that ended processes left. */
  readonly left: Errand[];
  /** Clients begin nothing any more. */
  isOver: boolean;
}

/** A process with the graph open, and its clients. */
export class Handle {
  readonly process: SimulatedProcess;
  readonly busy = new Set<Errand>();
  graph: Omnigraph | null = null;
  readonly #connect: () => SimulatedConnection;
  readonly #shared: Shared;
  readonly #options: HandleOptions;
  #store: SimulatedConnection | null = null;
  #isClosing = false;

  constructor(
    process: SimulatedProcess,
    connect: () => SimulatedConnection,
    shared: Shared,
    options: HandleOptions,
  ) {
    this.process = process;
    this.#connect = connect;
    this.#shared = shared;
    this.#options = options;
  }

  /** Opens the graph, and has clients at work on it until it is closed or the run is over. */
  async live(): Promise<void> {
    const { process } = this;
    for (;;) {
      this.#isClosing = false;
      this.#store = null;
      const store = this.#connect();
      const graph = await this.#open(store);
      if (graph !== null) {
        this.graph = graph;
        this.#store = store;
        await Promise.all(Array.from({ length: CLIENTS }, () => this.#client(graph, store)));
      }
      if (this.#shared.isOver) return;
      await process.clock.sleep(1_000 * process.random.next());
    }
  }

  /** Ends the handle as a program does that ends well; its clients open another. */
  async close(abort: boolean): Promise<void> {
    const { graph } = this;
    if (graph === null || this.#isClosing) return;
    this.#isClosing = true;
    await graph.close({ abort });
  }

  /** Writes once more by the handle as it is, whatever befell it; not where another graph is at its address, or none. */
  async goOn(): Promise<void> {
    const { graph, process } = this;
    const store = this.#store;
    if (graph === null || store === null || this.#isClosing || !store.isAtAddress) return;
    const { calls } = this.#shared;
    const edit = { kind: "edit", branch: "main", write: PLACE, from: null, isConditional: false } as const;
    const errand = calls.errand(edit, false);
    const isRelaxed = this.#options.durability === "relaxed";
    const begunMicros = process.clock.nowMicros();
    const call = calls.begin(errand, { root: store.root, isRelaxed, begunMicros });
    const { commit } = await graph.load(PLACE.text, { mode: PLACE.mode, message: errand.id });
    calls.end(call, { kind: "done", commit: commit.id });
  }

  /** Null where it cannot be opened now. */
  async #open(store: SimulatedConnection): Promise<Omnigraph | null> {
    try {
      return await openGraph(store, this.process, this.#options);
    } catch (error) {
      if (REFUSALS.some((reason) => isError(error, reason))) return null;
      throw error;
    }
  }

  async #client(graph: Omnigraph, store: SimulatedConnection): Promise<void> {
    const { busy, process } = this;
    const { calls, actors, writes, left } = this.#shared;
    const random = new SeededRandom(process.random.integer(2 ** 31));
    const client = new Client({
      graph,
      environment: process,
      random,
      actors,
      calls,
      writes,
      left,
      busy,
      isRelaxed: this.#options.durability === "relaxed",
      root: () => store.root,
      isClosing: () => this.#isClosing,
      giveUp: () => void this.close(false),
    });
    while (!this.#isClosing && !this.#shared.isOver) {
      await client.act();
      await process.clock.sleep(random.next() * 400);
    }
  }
}
