import { isError, OmnigraphError } from "@omnigraph/base";
import { setMaxListeners } from "node:events";
import type { CallOptions } from "../api/graph.ts";

/** The longest that one timer runs; a longer one would end at once. */
const TIMER_MS = 2 ** 31 - 1;

/** What stopped a call. */
type Stop = "caller" | "deadline" | "close";

/** The bounds of one call: what stops it, and how it then fails. */
export class CallLimits implements Disposable {
  /** Aborts when the caller's does, when time is up, and when the handle is closed with `abort`. */
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #others: Set<CallLimits>;
  readonly #caller: AbortSignal | undefined;
  readonly #byCaller = (): void => this.stop("caller", this.#caller?.reason);
  readonly #deadlineMs: number | undefined;
  #stop: Stop | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** `others` are the bounds of calls under way on the same handle: these are among them until they are disposed of. */
  constructor({ signal, deadlineMs }: CallOptions, others: Set<CallLimits>) {
    this.signal = this.#controller.signal;
    // Many reads of one call run at one time, each with a listener.
    setMaxListeners(0, this.signal);
    this.#others = others;
    others.add(this);
    this.#caller = signal;
    if (signal?.aborted === true) this.#byCaller();
    signal?.addEventListener("abort", this.#byCaller, { once: true });
    this.#deadlineMs = deadlineMs;
    if (deadlineMs !== undefined && deadlineMs !== Infinity) this.#wait(deadlineMs);
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

  /** What a failure of the call was: an end that these bounds brought about is named as such, any other stays. */
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
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#byCaller);
    this.#others.delete(this);
  }

  #wait(ms: number): void {
    const step = Math.min(ms, TIMER_MS);
    this.#timer = setTimeout(() => (ms > step ? this.#wait(ms - step) : this.stop("deadline")), step);
  }
}

/** How a call fails that the end of its handle stopped. */
export function closedMeanwhile(cause: unknown): OmnigraphError {
  return new OmnigraphError("aborted", "the graph was closed meanwhile; the call changed nothing", { cause });
}

/** A failure as it leaves the library: what is not ours is a fault of the software. */
export function failureOf(thrown: unknown): OmnigraphError {
  if (isError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new OmnigraphError("internal", message, { cause: thrown });
}
