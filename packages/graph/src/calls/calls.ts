import { isError, OmnigraphError } from "@omnigraph/base";
import { setMaxListeners } from "node:events";
import type { CallOptions } from "../api/graph.ts";
import type { Authorize } from "../api/authorization.ts";
import { type CallName, type Named, permit, type PermitTypes } from "./authorization.ts";
import { CallLimits, closedMeanwhile, failureOf } from "./call-limits.ts";

/**
 * The calls on one handle, and its end: a call that began before the handle was closed ends, what comes later is refused. Every method that callers
 * have runs in here, once, and is permitted here: a call from within another would be refused while the handle closes.
 */
export class Calls {
  readonly #uri: string;
  readonly #actor: string | null;
  readonly #authorize: Authorize | null;
  readonly #closing = new AbortController();
  /** The bounds of calls under way that have some. */
  readonly #bounded = new Set<CallLimits>();
  #running = 0;
  #idle: (() => void) | null = null;
  #ended: Promise<void> | null = null;

  /** `actor` is the author where a call names none; without `authorize` every call is permitted. */
  constructor(uri: string, actor: string | null = null, authorize: Authorize | null = null) {
    this.#uri = uri;
    this.#actor = actor;
    this.#authorize = authorize;
    // One for each read under way, of all calls without bounds of their own.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Aborts when the handle is closed with `abort`. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Whether calls have to be permitted, each one before it does anything. */
  get needsPermission(): boolean {
    return this.#authorize !== null;
  }

  /** Errors: `closed`. */
  check(): void {
    if (this.#ended === null) return;
    throw new OmnigraphError("closed", `the graph at ${this.#uri} was closed; open it again`);
  }

  /**
   * Runs a call within its bounds, once it is permitted; `named` is what its arguments name beside its options. A call asks for the types that it touches
   * itself, when it knows them. Errors: `closed`, `permission_denied`, those of the call, `aborted`, `deadline_exceeded`; no other error leaves.
   */
  run<T>(
    name: CallName,
    options: CallOptions & Named,
    body: (signal: AbortSignal, permitTypes?: PermitTypes) => Promise<T>,
    named?: Named,
  ): Promise<T> {
    this.check();
    const authorize = this.#authorize;
    const call =
      authorize === null
        ? body
        : async (signal: AbortSignal): Promise<T> => {
            const permitTypes = await permit(authorize, name, { ...options, ...named }, this.#actor);
            signal.throwIfAborted();
            return body(signal, permitTypes);
          };
    if (options.signal === undefined && options.deadlineMs === undefined) return this.#counted(call);
    return this.#counted(async () => {
      using limits = new CallLimits(options, this.#bounded);
      return await limits.run(call);
    });
  }

  /** An iteration that is a call: its options are read, and it is permitted, when the first piece is asked for. */
  stream<Options extends CallOptions & Named, T, Result>(
    name: CallName,
    optionsOf: () => Options,
    make: (
      options: Options,
      limits: CallLimits,
      permitTypes: PermitTypes,
    ) => AsyncGenerator<T, Result, undefined>,
  ): AsyncGenerator<T, Result, undefined> {
    return this.pieces(this.#begun(name, optionsOf, make));
  }

  async *#begun<Options extends CallOptions & Named, T, Result>(
    name: CallName,
    optionsOf: () => Options,
    make: (
      options: Options,
      limits: CallLimits,
      permitTypes: PermitTypes,
    ) => AsyncGenerator<T, Result, undefined>,
  ): AsyncGenerator<T, Result, undefined> {
    const options = optionsOf();
    using limits = new CallLimits(options, this.#bounded);
    const authorize = this.#authorize;
    const permitTypes =
      authorize === null ? undefined : await limits.run(() => permit(authorize, name, options, this.#actor));
    return yield* make(options, limits, permitTypes);
  }

  /** What an iteration gives: each piece is a call of its own, begun when it is asked for. */
  pieces<T, Result>(source: AsyncGenerator<T, Result, undefined>): AsyncGenerator<T, Result, undefined> {
    return new Pieces(source, async (pull) => {
      this.check();
      return this.#counted(pull);
    });
  }

  /**
   * Ends the handle: waits for the calls under way, stopped first where that is asked for, and lets go of what they stand on. A later call waits for the
   * same end. Errors: those of `release`.
   */
  close(abort: boolean, release: () => Promise<void>): Promise<void> {
    this.#ended ??= this.#end(release);
    if (abort) {
      this.#closing.abort();
      for (const limits of this.#bounded) limits.stop("close");
    }
    return this.#ended;
  }

  async #end(release: () => Promise<void>): Promise<void> {
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    try {
      await release();
    } catch (thrown) {
      throw failureOf(thrown);
    }
  }

  async #counted<T>(call: (closing: AbortSignal) => Promise<T>): Promise<T> {
    this.#running++;
    try {
      return await call(this.#closing.signal);
    } catch (thrown) {
      throw this.#closing.signal.aborted && !isError(thrown) ? closedMeanwhile(thrown) : failureOf(thrown);
    } finally {
      if (--this.#running === 0) this.#idle?.();
    }
  }
}

/** An iteration whose every pull goes through a gate. */
class Pieces<T, Result> implements AsyncGenerator<T, Result, undefined> {
  readonly #source: AsyncGenerator<T, Result, undefined>;
  readonly #gate: <R>(pull: () => Promise<R>) => Promise<R>;

  constructor(source: AsyncGenerator<T, Result, undefined>, gate: <R>(pull: () => Promise<R>) => Promise<R>) {
    this.#source = source;
    this.#gate = gate;
  }

  async next(): Promise<IteratorResult<T, Result>> {
    try {
      return await this.#gate(() => this.#source.next());
    } catch (thrown) {
      // Refused or failed: what makes the pieces is let go.
      this.#source.throw(thrown).catch(() => undefined);
      throw thrown;
    }
  }

  return(value: Result | PromiseLike<Result>): Promise<IteratorResult<T, Result>> {
    return this.#source.return(value);
  }

  throw(thrown: unknown): Promise<IteratorResult<T, Result>> {
    return this.#source.throw(thrown);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Cast: nobody looks at what it returns.
    await this.#source.return(undefined as Result);
  }
}
