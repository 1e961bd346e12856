/** Limits how many calls run at a time; the others wait, first come, first served. */
export class Semaphore {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((go) => this.#waiting.add(go));
    try {
      return await call();
    } finally {
      this.#leave();
    }
  }

  /** Gives the place to the one that waits longest. */
  #leave(): void {
    for (const go of this.#waiting) {
      this.#waiting.delete(go);
      go();
      return;
    }
    this.#free++;
  }
}
