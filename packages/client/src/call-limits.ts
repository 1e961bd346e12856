import { OmnigraphError } from "@omnigraph/base";
import type { CallOptions } from "omnigraph";

/** Longest time of a timer. */
const MOST_MS = 2 ** 31 - 1;

/** What ends a call early: its caller, or its deadline. */
export class CallLimits {
  readonly signal: AbortSignal | null;
  readonly #caller: AbortSignal | undefined;
  readonly #deadlineMs: number;

  /** Errors: `usage`. */
  constructor(call: string, { signal, deadlineMs = Infinity }: CallOptions) {
    if (!(deadlineMs >= 0))
      throw new OmnigraphError(
        "usage",
        `${call}: deadlineMs is ${String(deadlineMs)}; give a number of milliseconds from 0, or Infinity`,
      );
    const own = deadlineMs > MOST_MS ? [] : [AbortSignal.timeout(Math.ceil(deadlineMs))];
    const all = [...(signal === undefined ? [] : [signal]), ...own];
    this.signal = all.length === 0 ? null : AbortSignal.any(all);
    this.#caller = signal;
    this.#deadlineMs = deadlineMs;
  }

  get isOver(): boolean {
    return this.signal?.aborted === true;
  }

  /** Why the call was ended: `aborted` or `deadline_exceeded`. */
  failure(call: string): OmnigraphError {
    if (this.#caller?.aborted === true)
      return new OmnigraphError(
        "aborted",
        `${call}: the call was stopped by its caller; it changed nothing`,
        {
          cause: this.#caller.reason,
        },
      );
    return new OmnigraphError("deadline_exceeded", `${call}: it took longer than ${this.#deadlineMs} ms`, {
      details: { deadline_ms: this.#deadlineMs },
    });
  }

  /** Waits; ends early with the call. Errors: as `failure`. */
  async pause(call: string, ms: number): Promise<void> {
    await new Promise<void>((done) => {
      const over = (): void => {
        clearTimeout(timer);
        this.signal?.removeEventListener("abort", over);
        done();
      };
      const timer = setTimeout(over, ms);
      this.signal?.addEventListener("abort", over);
    });
    if (this.isOver) throw this.failure(call);
  }
}
