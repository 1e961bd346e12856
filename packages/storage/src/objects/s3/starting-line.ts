/** Where several wait for each other, and from where all go on in one turn. */
export class StartingLine {
  #missing: number;
  readonly #open: Promise<void>;
  #release: () => void = () => undefined;

  constructor(count: number) {
    this.#missing = count;
    this.#open = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  /** Waits until all are there. One that cannot come calls this too, and does not wait. */
  async arrive(): Promise<void> {
    if (--this.#missing === 0) this.#release();
    await this.#open;
  }
}
