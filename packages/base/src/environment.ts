/** Time, injected so that tests can steer it. */
export interface Clock {
  /** Microseconds since the epoch, of the wall clock. Used for timestamps and clean-up; safety never depends on it. */
  nowMicros(): number;
  /** Milliseconds of a clock that never goes back. */
  monotonicMs(): number;
  /** With `mayEnd` the process may end meanwhile. */
  sleep(ms: number, signal?: AbortSignal, options?: { readonly mayEnd?: boolean }): Promise<void>;
}

/** Randomness, injected so that tests can steer it. */
export interface Random {
  bytes(length: number): Uint8Array;
  /** Uniform in [0, 1). */
  next(): number;
}

/** What code needs of its surroundings besides a store. */
export interface Environment {
  readonly clock: Clock;
  readonly random: Random;
}
