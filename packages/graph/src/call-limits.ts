import { isError, OmnigraphError } from "@omnigraph/base";
import type { CallOptions } from "./api.ts";

/** The bounds of one call: what stops it, and how it then fails. */
export class CallLimits implements Disposable {
  /** Aborts when the caller's does, and when time is up; undefined where nothing can stop the call. */
  readonly signal: AbortSignal | undefined;
  readonly #deadlineMs: number | undefined;
  readonly #timeout = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;

  constructor({ signal, deadlineMs }: CallOptions) {
    this.#deadlineMs = deadlineMs;
    if (deadlineMs === undefined) {
      this.signal = signal;
      return;
    }
    this.#timer = setTimeout(() => this.#timeout.abort(), Math.max(0, deadlineMs));
    this.signal =
      signal === undefined ? this.#timeout.signal : AbortSignal.any([signal, this.#timeout.signal]);
  }

  /** Runs the call. Errors: those of the call, `aborted`, `deadline_exceeded`. */
  async run<T>(call: (signal: AbortSignal | undefined) => Promise<T>): Promise<T> {
    try {
      if (this.signal?.aborted === true) throw this.signal.reason;
      return await call(this.signal);
    } catch (thrown) {
      throw this.failure(thrown);
    }
  }

  /** What a failure of the call was: an end that these bounds brought about is named as such, any other stays. */
  failure(thrown: unknown): unknown {
    const stopped = this.signal?.aborted === true && (!isError(thrown) || isError(thrown, "aborted"));
    if (!stopped) return thrown;
    if (this.#timeout.signal.aborted) {
      return new OmnigraphError(
        "deadline_exceeded",
        `the call did not end within ${this.#deadlineMs} ms; it changed nothing`,
        { details: { deadline_ms: this.#deadlineMs }, cause: thrown },
      );
    }
    if (isError(thrown)) return thrown;
    return new OmnigraphError("aborted", "the call was stopped by its caller; it changed nothing", {
      cause: thrown,
    });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/** Runs a call within its bounds. Errors: those of the call, `aborted`, `deadline_exceeded`. */
export async function limited<T>(
  options: CallOptions,
  call: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  using limits = new CallLimits(options);
  return await limits.run(call);
}
