import { isError } from "@omnigraph/base";
import type { Omnigraph } from "omnigraph";
import type { SimulatedConnection } from "../../support/simulation/connection.ts";
import type { SimulatedObjects } from "../../support/simulation/objects.ts";
import type { SimulatedProcess } from "../../support/simulation/time.ts";
import { planted } from "../planted.ts";
import type { EngineBug } from "./bugs.ts";
import type { Calls } from "./calls.ts";
import { openGraph, PLAIN } from "./open.ts";

/** Processes that open the graph, do one thing, and end. */
export class Visitors {
  readonly #world: SimulatedObjects;
  readonly #calls: Calls;
  readonly #bug: EngineBug | null;

  constructor(world: SimulatedObjects, calls: Calls, bug: EngineBug | null) {
    this.#world = world;
    this.#calls = calls;
    this.#bug = bug;
  }

  /** A process that lives long enough settles what others left. */
  settle(): Promise<void> {
    return this.#visit("settler", async (graph) => {
      await graph.recovery.settle();
    });
  }

  /** All but the newest commits are given up. */
  clean(): Promise<void> {
    return this.#visit("cleaner", async (graph, store, { clock }) => {
      const asked = { keep: 1, olderThanMs: null, graceMs: 0, confirm: true } as const;
      const errand = this.#calls.errand({ kind: "cleanup", ...asked }, false);
      const call = this.#calls.begin(errand, {
        root: store.root,
        isRelaxed: false,
        begunMicros: clock.nowMicros(),
      });
      const { commits } = await graph.maintenance.cleanup({
        keep: 1,
        graceMs: 0,
        confirm: true,
        actor: errand.id,
      });
      this.#calls.end(call, { kind: "done", commit: null, reclaimed: commits });
    });
  }

  async #visit(
    id: string,
    act: (graph: Omnigraph, store: SimulatedConnection, process: SimulatedProcess) => Promise<void>,
  ): Promise<void> {
    try {
      const store = planted(this.#world.connect(id), this.#bug);
      const process = this.#world.process(id);
      const graph = await openGraph(store, process, PLAIN);
      await act(graph, store, process);
      await graph.close();
    } catch (error) {
      // Another graph may be at the address, or none.
      if (!isError(error)) throw error;
    }
  }
}
