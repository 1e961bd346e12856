import { MemoryObjects } from "omnigraph";
import type { SimulatedHoldings } from "../../support/simulation/holdings.ts";

let runs = 0;

/** Where the graphs of one run are backed up: each root has a place in the memory of this process, of which nothing ever fails. */
export class Copies {
  readonly #run = runs++;
  readonly #names = new Set<string>();

  uriOf({ id }: SimulatedHoldings): string {
    const name = `simulated-copy-${this.#run}-${id}`;
    this.#names.add(name);
    return `memory://${name}`;
  }

  /** Whether anybody has begun to copy a root. */
  has({ id }: SimulatedHoldings): boolean {
    return this.#names.has(`simulated-copy-${this.#run}-${id}`);
  }

  /** Frees the memory. */
  async drop(): Promise<void> {
    for (const name of this.#names) await new MemoryObjects(name).deletePrefix("");
  }
}
