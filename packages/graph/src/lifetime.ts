import { OmnigraphError } from "@omnigraph/base";

/** Whether a handle is open; everything that was got from it asks here. */
export class Lifetime {
  readonly #uri: string;
  #closed = false;

  constructor(uri: string) {
    this.#uri = uri;
  }

  /** Ends it; false when it had ended before. */
  end(): boolean {
    const ends = !this.#closed;
    this.#closed = true;
    return ends;
  }

  /** Errors: `closed`. */
  check(): void {
    if (this.#closed)
      throw new OmnigraphError("closed", `the graph at ${this.#uri} was closed; open it again`);
  }
}
