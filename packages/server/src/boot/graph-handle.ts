import { isError, OmnigraphError } from "@omnigraph/base";
import { Omnigraph } from "omnigraph";

/** How long a graph that did not open is left alone. */
export const RETRY_MS = 5000;

/** The open graph at an address, from the first who asks for it until it is closed. */
export class GraphHandle {
  readonly uri: string;
  readonly #id: string;
  readonly #onFailure: (graph: string, error: unknown) => void;
  readonly #isReadOnly: boolean;
  #graph: Promise<Omnigraph> | null = null;
  #isClosed = false;
  #isOpen = false;

  /** `onFailure` is told why the graph of this id does not open. */
  constructor(
    id: string,
    uri: string,
    onFailure: (graph: string, error: unknown) => void,
    isReadOnly: boolean,
  ) {
    this.#id = id;
    this.uri = uri;
    this.#onFailure = onFailure;
    this.#isReadOnly = isReadOnly;
  }

  /** Whether it is open now. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Opens the graph, unless it is open or was tried a short while ago. Errors: `graph_unavailable`. */
  opened(): Promise<Omnigraph> {
    if (this.#isClosed) return Promise.reject(this.unavailable());
    this.#graph ??= this.#begin();
    return this.#graph;
  }

  /** Closes the graph once its calls have ended; with `abort` they are ended first. It is not opened again. */
  async close(abort: boolean): Promise<void> {
    this.#isClosed = true;
    const graph = this.#graph;
    if (graph === null) return;
    try {
      await (await graph).close({ abort });
    } catch (thrown) {
      if (!isError(thrown, "graph_unavailable")) throw thrown;
    }
  }

  /** That the graph cannot be used now. */
  unavailable(cause?: unknown): OmnigraphError {
    return new OmnigraphError("graph_unavailable", `graph ${this.#id} cannot be opened now`, { cause });
  }

  async #begin(): Promise<Omnigraph> {
    try {
      const graph = await Omnigraph.open(this.uri, { readOnly: this.#isReadOnly });
      this.#isOpen = true;
      return graph;
    } catch (cause) {
      this.#onFailure(this.#id, cause);
      setTimeout(() => (this.#graph = null), RETRY_MS).unref();
      throw this.unavailable(cause);
    }
  }
}
