import { type Clock, isError, OmnigraphError } from "@omnigraph/base";
import { setMaxListeners } from "node:events";
import type { CallOptions } from "../api/graph.ts";
import type { Authorize } from "../api/authorization.ts";
import { type CallName, type Named, permit, type PermitTypes } from "./authorization.ts";
import { CallLimits, closedMeanwhile, failureOf } from "./call-limits.ts";

/** What the calls of all actors on one handle share. */
class Life {
  readonly closing = new AbortController();
  /** The limits of the running calls that have any. */
  readonly bounded = new Set<CallLimits>();
  running = 0;
  idle: (() => void) | null = null;
  ended: Promise<void> | null = null;

  constructor() {
    // Every running read of a call without limits listens to this one signal.
    setMaxListeners(0, this.closing.signal);
  }
}

/**
 * The calls on one handle, and its closing: calls that began before it are finished, later ones are refused. Every public method runs through here exactly
 * once and is authorized here. Public methods must not call each other, since the inner call would be refused while the handle closes.
 */
export class Calls {
  readonly #uri: string;
  readonly #clock: Clock;
  readonly #actor: string | null;
  readonly #authorize: Authorize | null;
  readonly #explain: (error: OmnigraphError) => Promise<OmnigraphError>;
  readonly #life: Life;

  /**
   * `actor` is the author if a call names none; without `authorize` every call is permitted. `explain` may find out more of why a call failed than the
   * error itself tells.
   */
  constructor(
    uri: string,
    clock: Clock,
    actor: string | null = null,
    authorize: Authorize | null = null,
    explain: (error: OmnigraphError) => Promise<OmnigraphError> = async (error) => error,
    life = new Life(),
  ) {
    this.#life = life;
    this.#explain = explain;
    this.#uri = uri;
    this.#clock = clock;
    this.#actor = actor;
    this.#authorize = authorize;
  }

  /** The same handle for another actor: one life, and another author and permission. `authorize` as before if it is undefined. */
  as(actor: string, authorize: Authorize | null = this.#authorize): Calls {
    return new Calls(this.#uri, this.#clock, actor, authorize, this.#explain, this.#life);
  }

  /** Aborts when the handle is closed with `abort`. */
  get closing(): AbortSignal {
    return this.#life.closing.signal;
  }

  /** Whether each call must be authorized before it does anything. */
  get needsPermission(): boolean {
    return this.#authorize !== null;
  }

  /** Errors: `closed`. */
  check(): void {
    if (this.#life.ended === null) return;
    throw new OmnigraphError("closed", `the graph at ${this.#uri} was closed; open it again`);
  }

  /**
   * Authorizes a call and runs it within its limits; `named` is what its arguments name besides its options. The call itself asks for permission for the
   * types that it touches, when it knows them. Errors: `closed`, `permission_denied`, those of the call, `aborted`, `deadline_exceeded`, and no others.
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
      using limits = new CallLimits(options, this.#life.bounded, this.#clock);
      return await limits.run(call);
    });
  }

  /** An iteration as a call: when the first piece is requested, its options are read and it is authorized. */
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
    using limits = new CallLimits(options, this.#life.bounded, this.#clock);
    const authorize = this.#authorize;
    const permitTypes =
      authorize === null ? undefined : await limits.run(() => permit(authorize, name, options, this.#actor));
    return yield* make(options, limits, permitTypes);
  }

  /** Wraps an iteration: each piece is a call of its own, which begins when the piece is requested. */
  pieces<T, Result>(source: AsyncGenerator<T, Result, undefined>): AsyncGenerator<T, Result, undefined> {
    return new Pieces(source, async (pull) => {
      this.check();
      return this.#counted(pull);
    });
  }

  /**
   * Closes the handle: waits for the running calls, which `abort` stops first, and then releases what they use. Closing again waits for the same end.
   * Errors: those of `release`.
   */
  close(abort: boolean, release: () => Promise<void>): Promise<void> {
    this.#life.ended ??= this.#end(release);
    if (abort) {
      this.#life.closing.abort();
      for (const limits of this.#life.bounded) limits.stop("close");
    }
    return this.#life.ended;
  }

  async #end(release: () => Promise<void>): Promise<void> {
    if (this.#life.running > 0) await new Promise<void>((resolve) => (this.#life.idle = resolve));
    try {
      await release();
    } catch (thrown) {
      throw failureOf(thrown);
    }
  }

  async #counted<T>(call: (closing: AbortSignal) => Promise<T>): Promise<T> {
    this.#life.running++;
    try {
      return await call(this.#life.closing.signal);
    } catch (thrown) {
      if (this.#life.closing.signal.aborted && !isError(thrown)) throw closedMeanwhile(thrown);
      throw await this.#explain(failureOf(thrown));
    } finally {
      if (--this.#life.running === 0) this.#life.idle?.();
    }
  }
}

/** An iteration that requests every piece through a gate. */
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
      // Refused or failed: the source is ended, so that it frees what it uses.
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
    // Cast: the returned value is not used.
    await this.#source.return(undefined as Result);
  }
}
