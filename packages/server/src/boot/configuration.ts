import { LIMITS } from "@omnigraph/base";
import type { ServerSource } from "./sources.ts";
import type { Tokens } from "./tokens.ts";

/** The certificate of a server and its key, as PEM. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** What a server is set up with, and may be given anew while it runs. */
export interface Configuration {
  readonly source: ServerSource;
  /** Null: nobody is asked who they are, and everything is permitted. */
  readonly tokens: Tokens | null;
  /** Null: plain HTTP. */
  readonly tls: TlsFiles | null;
}

/** What is told of a configuration that is read again. */
export interface ConfigurationEvents {
  /** Has it count. Errors: whatever is wrong with it; then the former one stays. */
  readonly apply: (configuration: Configuration) => Promise<void>;
  readonly onApplied: (configuration: Configuration) => void;
  /** Why what was read does not count. Told once for each cause. */
  readonly onFailed: (error: unknown) => void;
  /** Whether what is there now does not count. */
  readonly onStale: (isStale: boolean) => void;
}

/**
 * Reads a configuration again and again, and has it count where it changed. It counts only once it was read alike twice, so that no file is taken while somebody writes
 * it: half of a policy may permit what the whole forbids.
 */
export class WatchedConfiguration {
  readonly #read: () => Promise<Configuration>;
  readonly #events: ConfigurationEvents;
  #applied: string;
  /** What was read last, and what was tried last: fingerprints, or why it could not be. */
  #seen: string;
  #tried: string;
  #turn: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #isOver = false;

  /** `current` is the configuration that counts. */
  constructor(current: Configuration, read: () => Promise<Configuration>, events: ConfigurationEvents) {
    this.#read = read;
    this.#events = events;
    this.#applied = fingerprintOf(current);
    this.#seen = this.#applied;
    this.#tried = this.#applied;
  }

  /** Looks for changes from now on. */
  start(everyMs: number = LIMITS.httpWatchMs.value): void {
    this.#timer ??= setInterval(() => void this.look(), everyMs).unref();
  }

  /** Ends it, once what is being read is dealt with. */
  stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#isOver = true;
    return this.#turn;
  }

  /** Looks once. Never fails. */
  look(): Promise<void> {
    return this.#inTurn(false);
  }

  /** Has what is there now count, whether it changed or not. Never fails. */
  reload(): Promise<void> {
    return this.#inTurn(true);
  }

  #inTurn(isForced: boolean): Promise<void> {
    this.#turn = this.#turn.then(() => this.#once(isForced));
    return this.#turn;
  }

  async #once(isForced: boolean): Promise<void> {
    if (this.#isOver) return;
    let read: Configuration | null = null;
    let failure: unknown = null;
    try {
      read = await this.#read();
    } catch (thrown) {
      failure = thrown;
    }
    const print = read === null ? `failed: ${String(failure)}` : fingerprintOf(read);
    const isSettled = isForced || print === this.#seen;
    this.#seen = print;
    if (!isSettled || (!isForced && print === this.#tried)) return;
    this.#tried = print;
    if (read === null) this.#failed(failure);
    else if (print === this.#applied && !isForced) this.#events.onStale(false);
    else await this.#apply(read, print);
  }

  async #apply(read: Configuration, print: string): Promise<void> {
    try {
      await this.#events.apply(read);
    } catch (thrown) {
      this.#failed(thrown);
      return;
    }
    this.#applied = print;
    this.#events.onStale(false);
    this.#events.onApplied(read);
  }

  #failed(error: unknown): void {
    this.#events.onStale(true);
    this.#events.onFailed(error);
  }
}

/** Equal for equal configurations. Of tokens it has digests alone. */
function fingerprintOf({ source, tokens, tls }: Configuration): string {
  return JSON.stringify([source, tokens?.fingerprint ?? null, tls]);
}
