import { setMaxListeners } from "node:events";
import {
  type Environment,
  isError,
  LIMITS,
  OmnigraphError,
  present,
  stampOf,
  ulidFactory,
} from "@omnigraph/base";
import { type ObjectStore, placeOf } from "@omnigraph/storage";
import type { CommitId } from "../address.ts";
import { claim } from "../content-objects.ts";
import { decodePin, encodePin, isPinKey, pinKey, type PinRecord, PINS_PREFIX } from "./pin-record.ts";
import { storeNow } from "./store-clock.ts";

/** A pin is renewed this often in the time after which it expires. */
const RENEWALS = 5;

/** What pins need. */
export interface PinsContext {
  readonly store: ObjectStore;
  readonly environment: Environment;
  /** ULID of the graph. */
  readonly graph: string;
}

/**
 * A claim on the snapshot of a commit. Whoever starts something from a commit puts it first and then looks at the horizon. It is renewed until it is
 * released. Where its owner stood still for so long that it expired, cleanup removes it, and `isHeld` is false for ever: so the owner asks that before it
 * trusts what it read.
 *
 * Each renewal is another object, put before the one before it is removed. Cleanup ignores an expired pin only once it has removed it and listed all pins
 * again. So a renewal that finds the former object still there has been seen, or will be.
 */
export class Pin {
  readonly commit: CommitId;
  readonly #context: PinsContext;
  readonly #purpose: string;
  readonly #over = new AbortController();
  #op: string;
  #isLost = false;
  #renewing: Promise<void> = Promise.resolve();
  readonly #beating: Promise<void>;

  constructor(context: PinsContext, { commit, purpose, op }: PinRecord) {
    this.commit = commit;
    this.#context = context;
    this.#purpose = purpose;
    this.#op = op;
    setMaxListeners(0, this.#over.signal); // each sleep listens to it
    this.#beating = this.#beat();
  }

  /** Whether the snapshot was protected from the beginning up to now. One small call. */
  async isHeld(): Promise<boolean> {
    await this.#renewing;
    if (!this.#isLost && !(await this.#context.store.exists(pinKey(this.#op)))) this.#isLost = true;
    return !this.#isLost;
  }

  /** Throws `history_reclaimed` where the pin was lost. */
  async check(): Promise<void> {
    if (await this.isHeld()) return;
    throw new OmnigraphError(
      "history_reclaimed",
      `the claim on commit ${this.commit} expired while its owner stood still, so cleanup may have reclaimed what it needs; repeat the call`,
      { details: { commit: this.commit } },
    );
  }

  /** Ends the claim. If the store fails, it ends when it expires. */
  async release(): Promise<void> {
    await this.abandon();
    await quietly(() => this.#context.store.delete(pinKey(this.#op)));
  }

  /** Renews the claim no more: it ends when it expires. For an owner that cannot tell whether what it started is there. */
  async abandon(): Promise<void> {
    this.#over.abort(new OmnigraphError("aborted", "the pin is over"));
    await this.#beating;
  }

  async #beat(): Promise<void> {
    const { clock } = this.#context.environment;
    const { signal } = this.#over;
    while (!signal.aborted) {
      await clock.sleep(LIMITS.pinExpiryMs.value / RENEWALS, signal).catch(() => undefined);
      if (signal.aborted) return;
      // One renewal that fails does not matter.
      this.#renewing = quietly(() => this.#renew());
      await this.#renewing;
    }
  }

  async #renew(): Promise<void> {
    if (this.#isLost) return;
    const { store } = this.#context;
    const before = this.#op;
    const { op } = await putPin(this.#context, this.commit, this.#purpose);
    if (await store.exists(pinKey(before))) {
      this.#op = op;
      await store.delete(pinKey(before));
    } else {
      this.#isLost = true;
      await store.delete(pinKey(op));
    }
  }
}

/** Puts a pin. It outlasts the process, not power loss, which its owner does not outlast either. */
export async function takePin(context: PinsContext, commit: CommitId, purpose: string): Promise<Pin> {
  return new Pin(context, await putPin(context, commit, purpose));
}

async function putPin(context: PinsContext, commit: CommitId, purpose: string): Promise<PinRecord> {
  const { store, environment, graph } = context;
  const record = { graph, op: ulidFactory(environment)(), commit, purpose, at: stampOf(environment.clock) };
  await claim(store, environment, pinKey(record.op), encodePin(record), "relaxed");
  return record;
}

/** What pins claim. */
interface Pinned {
  readonly commits: ReadonlySet<CommitId>;
  /** Places of pins that cannot be read. Power loss leaves such, and has taken their owners: they claim nothing, and expire as others do. */
  readonly unreadable: readonly string[];
}

/** The commits that are pinned; removes pins that have expired. Throws `format_newer` where one that has not is of a later version. */
export async function pinnedCommits(store: ObjectStore): Promise<Pinned> {
  for (;;) {
    const listed = (await store.list(PINS_PREFIX)).filter(({ key }) => isPinKey(key));
    if (listed.length === 0) return { commits: new Set(), unreadable: [] };
    const oldest = (await storeNow(store)) - LIMITS.pinExpiryMs.value;
    const expired = listed.filter(({ modifiedMs }) => modifiedMs < oldest);
    for (const { key } of expired) await store.delete(key);
    if (expired.length > 0) continue;
    const bytes = await Promise.all(listed.map(({ key }) => store.get(key)));
    // One that is gone was released, or renewed under a name that is not in this listing.
    if (bytes.includes(null)) continue;
    const commits = new Set<CommitId>();
    const unreadable: string[] = [];
    for (const [i, { key }] of listed.entries()) {
      const place = placeOf(store, key);
      const commit = commitIn(present(bytes[i], "bytes of a pin"), place);
      if (commit === null) unreadable.push(place);
      else commits.add(commit);
    }
    return { commits, unreadable };
  }
}

/** The commit that a pin names; null where it is damaged. */
function commitIn(bytes: Uint8Array, place: string): CommitId | null {
  try {
    return decodePin(bytes, place).commit;
  } catch (cause) {
    if (!isError(cause, "object_corrupt")) throw cause;
    return null;
  }
}

/** Failures of the store are ignored. */
async function quietly(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    if (!isError(cause)) throw cause;
  }
}
