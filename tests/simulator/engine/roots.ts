import type { SimulatedHoldings } from "../../support/simulation/holdings.ts";
import type { SimulatedObjects } from "../../support/simulation/objects.ts";
import type { SeededRandom } from "../../support/simulation/seeded-random.ts";
import type { Span } from "./heads.ts";

/** A time in which one root was at the address, in milliseconds of virtual time. */
interface Reign extends Span {
  readonly root: SimulatedHoldings;
}

/** What the address of the graph leads to in the course of a run: the graph, another one, an older copy of it, or nothing. */
export class Roots {
  readonly #world: SimulatedObjects;
  readonly #nowMs: () => number;
  readonly #home: SimulatedHoldings;
  readonly #other: SimulatedHoldings;
  readonly #reigns: Reign[] = [];
  #copy: SimulatedHoldings | null = null;
  #sinceMs = 0;
  #exchanges = 0;

  /** `other` holds another graph. */
  constructor(world: SimulatedObjects, other: SimulatedHoldings, nowMs: () => number) {
    this.#world = world;
    this.#nowMs = nowMs;
    this.#home = world.root;
    this.#other = other;
  }

  /** How often what is at the address was exchanged. */
  get exchanges(): number {
    return this.#exchanges;
  }

  /** The roots that were there and hold a graph; asked after `close`. */
  get graphs(): readonly SimulatedHoldings[] {
    return [...new Set(this.#reigns.map(({ root }) => root))].filter(({ isEmpty }) => !isEmpty);
  }

  get isAway(): boolean {
    return this.#world.root !== this.#home;
  }

  /** Somebody copies the graph, to put the copy back some time. */
  keepCopy(): void {
    this.#copy = this.#world.otherRoot("copy");
  }

  /** Somebody moves the graph away, and puts another one, the copy or nothing in its place. */
  leave(random: SeededRandom): void {
    const nothing = this.#world.otherRoot("empty");
    this.#exchange(random.pick([nothing, this.#other, this.#copy ?? this.#other]));
    this.#copy = null; // it was put back, and is no copy any more
  }

  /** The graph is put back. */
  comeBack(): void {
    this.#exchange(this.#home);
  }

  /** Whether anything but this root was at the address at a moment of a span; asked after `close`. */
  wasReplaced(root: SimulatedHoldings, { begunMs, endedMs }: Span): boolean {
    return this.#reigns.some(
      (reign) => reign.root !== root && reign.begunMs <= endedMs && reign.endedMs >= begunMs,
    );
  }

  /** Ends the last reign: what is put at the address from now on is put there for a check. */
  close(): void {
    this.#exchange(this.#world.root);
  }

  #exchange(root: SimulatedHoldings): void {
    const nowMs = this.#nowMs();
    this.#reigns.push({ root: this.#world.root, begunMs: this.#sinceMs, endedMs: nowMs });
    this.#sinceMs = nowMs;
    if (root !== this.#world.root) this.#exchanges++;
    this.#world.exchange(root);
  }
}
