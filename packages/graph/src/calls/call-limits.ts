import { type Clock, isError, OmnigraphError } from "@omnigraph/base";
import { setMaxListeners } from "node:events";
import type { CallOptions } from "../api/graph.ts";

/** The longest time that a clock sleeps at once: a timer of more would fire immediately. */
const TIMER_MS = 2 ** 31 - 1;

/** What stopped a call. */
type Stop = "caller" | "deadline" | "close";

/** The limits of one call: what stops it, and which error it then fails with. */
export class CallLimits implements Disposable {
  /** Aborts when the signal of the caller does, at the deadline, and when the handle is closed with `abort`. */
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #others: Set<CallLimits>;
  readonly #caller: AbortSignal | undefined;
  readonly #byCaller = (): void => this.stop("caller", this.#caller?.reason);
  readonly #deadlineMs: number | undefined;
  /** Aborts when the call has ended. */
  readonly #ended = new AbortController();
  #stop: Stop | null = null;

  /** `others` are the limits of the running calls on the same handle; these are among them until they are disposed. */
  constructor({ signal, deadlineMs }: CallOptions, others: Set<CallLimits>, clock: Clock) {
    this.signal = this.#controller.signal;
    // A call may run many reads at once, each with a listener.
    setMaxListeners(0, this.signal);
    this.#others = others;
    others.add(this);
    this.#caller = signal;
    if (signal?.aborted === true) this.#byCaller();
    signal?.addEventListener("abort", this.#byCaller, { once: true });
    this.#deadlineMs = deadlineMs;
    if (deadlineMs !== undefined) this.#wait(deadlineMs, clock).catch(() => undefined); // the call ended first
  }

  stop(by: Stop, reason?: unknown): void {
    this.#stop ??= by;
    this.#controller.abort(reason);
  }

  /** Runs the call. Errors: those of the call, `aborted`, `deadline_exceeded`; anything else that is thrown as `internal`. */
  async run<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      this.signal.throwIfAborted();
      return await call(this.signal);
    } catch (thrown) {
      throw this.failure(thrown);
    }
  }

  /** The error that the call fails with: an abort that these limits caused becomes their error, any other error stays. */
  failure(thrown: unknown): OmnigraphError {
    if (!this.signal.aborted || (isError(thrown) && !isError(thrown, "aborted"))) return failureOf(thrown);
    switch (this.#stop) {
      case "deadline":
        return new OmnigraphError(
          "deadline_exceeded",
          `the call did not end within ${this.#deadlineMs} ms; it changed nothing`,
          { details: { deadline_ms: this.#deadlineMs }, cause: thrown },
        );
      case "caller":
        if (isError(thrown)) return thrown;
        return new OmnigraphError("aborted", "the call was stopped by its caller; it changed nothing", {
          cause: thrown,
        });
      case "close":
      case null:
        return closedMeanwhile(thrown);
    }
  }

  [Symbol.dispose](): void {
    this.#ended.abort();
    this.#caller?.removeEventListener("abort", this.#byCaller);
    this.#others.delete(this);
  }

  async #wait(ms: number, clock: Clock): Promise<void> {
    let left = ms;
    do {
      await clock.sleep(Math.min(left, TIMER_MS), this.#ended.signal);
      left -= TIMER_MS;
    } while (left > 0);
    this.stop("deadline");
  }
}

/** The error of a call that was stopped by closing its handle. */
export function closedMeanwhile(cause: unknown): OmnigraphError {
  return new OmnigraphError("aborted", "the graph was closed meanwhile; the call changed nothing", { cause });
}

/** A failure as callers see it: any error that is not an `OmnigraphError` is a bug, and reported as `internal`. */
export function failureOf(thrown: unknown): OmnigraphError {
  if (isError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new OmnigraphError("internal", message, { cause: thrown });
}
