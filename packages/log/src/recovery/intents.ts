import { type Environment, isError, OmnigraphError } from "@omnigraph/base";
import type { Owners } from "@omnigraph/storage";
import type { CommitRecord } from "../commit/header.ts";
import { type FoundIntent, type OpenIntent, readIntents } from "../intent/read-intents.ts";
import { outcomeUnknown } from "../writing/errors.ts";
import { beginIntent, type Intent, type IntentFacts } from "../writing/intent.ts";
import { type Decision, Settlement, type SettlementContext, type StagedTest } from "./settlement.ts";
import { IntentWatch, STILL_MS } from "./watch.ts";

/** How often a handle that is used looks for intents, at most. */
const LOOK_MS = 10_000;

/** What became of one intent. */
export interface Settled {
  readonly open: OpenIntent;
  /** What was decided; or the error for which nothing was: then the intent stays. */
  readonly outcome: Decision | { readonly kind: "failed"; readonly error: OmnigraphError };
}

/** What the intents of one open graph need. */
export interface IntentsContext extends SettlementContext {
  /** ULID of the graph. */
  readonly graph: string;
  readonly environment: Environment;
  readonly owners: Owners;
  readonly readOnly: boolean;
  /** Throws `read_only`. */
  checkWritable(): void;
}

/** Writes that stage tables, in this process and others: announces them, and settles those whose process is gone. */
export class Intents {
  readonly #context: IntentsContext;
  readonly #watch: IntentWatch;
  readonly #settlement: Settlement;
  #lookedMs = -Infinity;
  #running: Promise<unknown> | null = null;
  readonly #closing = new AbortController();
  #idling: Promise<void> | null = null;
  /** What failed in the background and was no failure of the store. */
  readonly #faults: unknown[] = [];

  constructor(context: IntentsContext) {
    this.#context = context;
    this.#watch = new IntentWatch(context.environment.clock, context.owners);
    this.#settlement = new Settlement(context);
  }

  /** Begins to settle in the background what others have left, and goes on with it until it is closed, whether or not the graph is used. `test` tells which commits staged writes conflict with; null: every one that changes anything. */
  start(test: StagedTest | null): void {
    this.#settlement.test = test;
    if (this.#context.readOnly) return;
    this.nudge();
    this.#idling ??= this.#idle();
  }

  /** Announces a write that will stage tables, before it stages anything. Throws `read_only`. */
  async begin(facts: IntentFacts): Promise<Intent> {
    const { graph, store, environment, owners } = this.#context;
    this.#context.checkWritable();
    const intent = await beginIntent({ graph, store, environment, owner: owners.self() }, facts);
    this.#watch.noteOwn(intent);
    return intent;
  }

  /**
   * Ends an intent of this handle whose write has made a commit. If that adopts other tables, those of this intent are removed. Where the store fails the intent
   * stays, to be settled later.
   */
  async end(intent: Intent, commit: CommitRecord): Promise<void> {
    await intent.abandon();
    // A commit of the same op from before the base decides nothing here.
    const isLater = commit.header.depth > intent.facts.base.header.depth;
    await this.#tidy(async () => {
      const decision: Decision | null = isLater
        ? { kind: "published", commit }
        : await this.#settlement.withdraw(intent);
      await this.#settlement.remove(intent.staging, intent.facts.branch, decision);
    });
  }

  /**
   * Ends an intent of this handle whose write was refused, and removes what it had staged; not one whose outcome is unknown. Answers the commit that another
   * process has made of it meanwhile, null where there is none and there never will be. Throws `outcome_unknown` where that cannot be told: then the
   * intent stays.
   */
  async withdraw(intent: Intent): Promise<CommitRecord | null> {
    await intent.abandon();
    const { record, facts, staging } = intent;
    let decision: Decision | null;
    try {
      decision = await this.#settlement.withdraw(intent);
    } catch (cause) {
      if (!isError(cause)) throw cause;
      const slot = (facts.branch.known?.address.slot ?? 0) + 1;
      throw outcomeUnknown(record.op, record.logId, slot, cause);
    }
    await this.#tidy(() => this.#settlement.remove(staging, facts.branch, decision));
    return decision?.kind === "published" ? decision.commit : null;
  }

  async #tidy(remove: () => Promise<void>): Promise<void> {
    try {
      await remove();
    } catch (cause) {
      if (!isError(cause)) throw cause;
    }
  }

  /** Everything in `__recovery/`: writes that stage tables, in any process, and what cannot be read. Throws only what the store does. */
  read(signal?: AbortSignal): Promise<readonly FoundIntent[]> {
    return readIntents(this.#context.store, signal);
  }

  /** To be called when the graph is used: now and then settles in the background what can be settled at once. What fails is tried another time. */
  nudge(): void {
    const now = this.#context.environment.clock.monotonicMs();
    if (this.#context.readOnly || this.#isClosed || this.#running !== null || now - this.#lookedMs < LOOK_MS)
      return;
    this.#lookedMs = now;
    this.#running = this.#inBackground();
  }

  /** Waits for what is under way in the background, and begins nothing more. Throws what failed there and should never fail. */
  async close(): Promise<void> {
    this.#closing.abort(new OmnigraphError("closed", "the graph was closed"));
    await this.#idling;
    await this.#running;
    const [fault] = this.#faults;
    if (fault !== undefined) throw fault;
  }

  /**
   * Settles every intent whose owner is gone. Those whose owner may live are watched as long as it takes to tell; those whose owner does live are left
   * alone. Throws `read_only`, and what the store does if the intents cannot be listed.
   */
  async settle(signal?: AbortSignal): Promise<readonly Settled[]> {
    this.#context.checkWritable();
    const settled: Settled[] = [];
    const firstSeen = new Map<string, string | null>();
    for (;;) {
      let waitMs = Infinity;
      for (const open of await this.#opened(signal)) {
        const { staging, beat } = open;
        const restMs = this.#watch.restMs(open);
        const isTried = settled.some((one) => one.open.staging === staging);
        if (!firstSeen.has(staging)) firstSeen.set(staging, beat);
        if (restMs === 0 && !isTried) settled.push(await this.#settle(open));
        else if (!isTried && firstSeen.get(staging) === beat) waitMs = Math.min(waitMs, restMs);
      }
      if (waitMs === Infinity) return settled;
      await this.#context.environment.clock.sleep(waitMs, signal);
    }
  }

  /** Whether the owner of an intent is known to be gone, as far as this handle has seen. */
  isOrphaned(open: OpenIntent): boolean {
    return this.#watch.restMs(open) === 0;
  }

  /**
   * Gives an attempt up and removes it, unless it is decided already; removes the objects of what is none that can be read, or is of another graph (null).
   * Throws `read_only`, what the store does, `outcome_unknown`.
   */
  async discard(found: FoundIntent, why: string): Promise<Decision | null> {
    this.#context.checkWritable();
    if (isOpen(found)) {
      try {
        return await this.#settlement.giveUp(found, why);
      } catch (cause) {
        if (!isError(cause, "commit_not_found")) throw cause;
      }
    }
    await this.#removeObjects(found);
    return null;
  }

  async #removeObjects({ objects }: FoundIntent): Promise<void> {
    for (const { key } of objects) await this.#context.store.delete(key);
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** A handle that only reads, or does nothing, sees a beat stand still as well: one that was seen once has, by the next look. The process may end meanwhile. */
  async #idle(): Promise<void> {
    const { clock } = this.#context.environment;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await clock.sleep(STILL_MS, signal, { mayEnd: true }).catch(() => undefined);
      this.nudge();
    }
  }

  async #inBackground(): Promise<void> {
    try {
      for (const open of await this.#opened()) {
        if (this.#isClosed) break;
        if (this.#watch.restMs(open) === 0) await this.#settle(open);
      }
    } catch (cause) {
      // What the store refuses is told to whoever asks for what is not settled.
      if (!isError(cause)) this.#faults.push(cause);
    } finally {
      this.#running = null;
    }
  }

  /** The intents that can be settled. What is left of others is removed. */
  async #opened(signal?: AbortSignal): Promise<readonly OpenIntent[]> {
    const found = await this.read(signal);
    for (const one of found) if (one.kind === "leftover") await this.#removeObjects(one);
    const opened = found.filter(isOpen);
    this.#watch.forgetAllBut(opened);
    return opened;
  }

  async #settle(open: OpenIntent): Promise<Settled> {
    try {
      return { open, outcome: await this.#settlement.settle(open) };
    } catch (error) {
      if (!isError(error)) throw error;
      return { open, outcome: { kind: "failed", error } };
    }
  }
}

function isOpen(found: FoundIntent): found is OpenIntent {
  return found.kind === "open";
}
