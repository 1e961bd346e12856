import { type Environment, isError, LIMITS, OmnigraphError, stampOf } from "@omnigraph/base";
import type { Durability, ObjectStore, PutOutcome } from "@omnigraph/storage";
import { slotKey } from "../address.ts";
import { type EncodedObject, encodeObject } from "../commit/codec.ts";
import type { CommitObject, CommitRecord } from "../commit/header.ts";
import { next, type CommitState } from "../commit/next.ts";
import { takeBack } from "../continuity.ts";
import type { BranchLog, Tip } from "../reading/branch-log.ts";
import type { CommitObjects } from "../reading/commit-objects.ts";
import type { Layouts } from "../reading/layouts.ts";
import { outcomeUnknown } from "./errors.ts";
import { keysOf, unsynced } from "./unsynced.ts";
import type { SyncedSlots } from "./synced-slots.ts";
import type { Drafted } from "./queued-write.ts";

const NONCE_BYTES = 16;
const LEAST_WAIT_MS = 2;
const MOST_WAIT_MS = 500;

/** Errors of reading a slot that reading it again will not change. */
const DECIDED: ReadonlySet<string> = new Set(["log_corrupt", "format_newer", "graph_replaced"]);

/** What the publishers of one open graph share. */
export interface PublisherContext {
  /** ULID of the graph. */
  readonly graph: string;
  readonly store: ObjectStore;
  readonly environment: Environment;
  readonly objects: CommitObjects;
  readonly layouts: Layouts;
  /** Called for every object that this process has put into its slot. */
  readonly onPut: (encoded: EncodedObject) => void;
  readonly synced: SyncedSlots;
}

/**
 * Puts commit objects into the next slot of one log. A slot is left for the next one only once another object is known to be in it; while there is no
 * answer, the same bytes go to the same slot again: so an object lands at most once, whatever the store does.
 */
export class Publisher {
  readonly #log: BranchLog;
  readonly #context: PublisherContext;

  constructor(log: BranchLog, context: PublisherContext) {
    this.#log = log;
    this.#context = context;
  }

  /**
   * Puts drafts as commits after a head; answers them, or null where another object is in the slot. Throws `outcome_unknown` once the store gave no answer for
   * `LIMITS.putDeadlineMs`, and a store's own refusal where nothing was written. Throws `log_torn` where later slots show that the next one is a hole: nothing
   * is acknowledged into it.
   */
  async publish(
    head: Tip,
    drafted: readonly Drafted[],
    durability: Durability,
  ): Promise<readonly CommitRecord[] | null> {
    const encoded = await this.#encode(head, drafted, durability);
    // Else power loss could take the head and leave the object after it.
    if (durability === "durable") await this.sync(head);
    // If the slot after this one is taken, this one is a hole, and a put would be acknowledged below the end of the log. It is probed before the put where
    // the store is near (unordered), beside it otherwise.
    const beyond = this.#isBeyond(encoded.object);
    if ((await this.#log.isOutdated()) || (!this.#context.store.ordered && (await beyond))) {
      // Taken by another object, or a hole: then this throws.
      await this.#log.expect(encoded.object.slot);
      return null;
    }
    const there = await this.#put(encoded, head.object);
    const { object } = encoded;
    if (there.nonce !== object.nonce) return null;
    if (await beyond) await this.#checkIsEnd(object);
    if (durability === "durable") this.#context.synced.note(object.logId, object.slot);
    this.#context.objects.keep(object);
    this.#log.notePut(object);
    this.#context.onPut(encoded);
    return object.commits;
  }

  /**
   * Makes the log durable up to a slot, together with the record that names the branch. The writer of a durable object has synced what is before it, and
   * the writer of the record the fork point.
   */
  async sync({ slot, object }: Pick<Tip, "slot" | "object">): Promise<void> {
    const { objects, synced } = this.#context;
    const { logId } = this.#log;
    const pending = object === null ? [] : await unsynced(objects, object, synced.upTo(logId));
    const keys = keysOf(pending);
    const ref = (pending.at(-1)?.slot ?? slot) <= 0 ? this.#log.unsyncedRef : null;
    if (ref !== null) keys.push(ref);
    if (keys.length === 0) return;
    await this.#context.store.sync(keys);
    if (ref !== null) this.#log.noteRefSynced();
    synced.note(logId, slot);
  }

  /** Whether the slot after an object is taken. */
  async #isBeyond({ logId, slot }: CommitObject): Promise<boolean> {
    try {
      return await this.#context.store.exists(slotKey(logId, slot + 1));
    } catch (cause) {
      if (!isError(cause)) throw cause;
      return false;
    }
  }

  /** Checks that the object in the next slot follows the one that was just put. Throws `log_torn`. */
  async #checkIsEnd(object: CommitObject): Promise<void> {
    const { objects } = this.#context;
    objects.checkChain(object, await objects.expect(object.logId, object.slot + 1));
  }

  async #encode(head: Tip, drafted: readonly Drafted[], durability: Durability): Promise<EncodedObject> {
    const { graph, environment, layouts } = this.#context;
    const { logId, name } = this.#log;
    const slot = head.slot + 1;
    const now = stampOf(environment.clock);
    let { header } = head.commit;
    let layout = await layouts.read(header.layout);
    const commits: CommitRecord[] = [];
    for (const [index, write] of drafted.entries()) {
      const { changes, merge } = write.draft;
      const address = { logId, slot, index };
      const theirs = merge === undefined ? null : await this.#stateAt(merge.theirs);
      const derived = next({ header, layout }, write, address, now, theirs);
      if (derived.newLayout !== null) await layouts.put(derived.newLayout, derived.layout);
      ({ header, layout } = derived);
      commits.push({ header, address, branch: name, changes });
    }
    const nonce = Buffer.from(environment.random.bytes(NONCE_BYTES)).toString("hex");
    const predecessor = head.object?.checksum ?? null;
    const frame = { graph, logId, slot, branch: name, nonce, predecessor, durability };
    return encodeObject(
      frame,
      commits,
      drafted.map(({ segment }) => segment),
    );
  }

  async #stateAt({ header }: CommitRecord): Promise<CommitState> {
    return { header, layout: await this.#context.layouts.read(header.layout) };
  }

  /** Puts an object until it is certain which object is in the slot; answers that one. */
  async #put(encoded: EncodedObject, before: CommitObject | null): Promise<CommitObject> {
    const { object } = encoded;
    const { clock, random } = this.#context.environment;
    const deadline = clock.monotonicMs() + LIMITS.putDeadlineMs.value;
    let mayBeThere = false;
    for (let attempt = 0; ; attempt++) {
      try {
        const outcome = await this.#proved(encoded, before, () => this.#send(encoded, attempt === 0));
        if (outcome === "stored") return object;
        // A network that repeats calls answers that an object exists for the one that it has just put.
        mayBeThere = true;
        const there = await this.#proved(encoded, before, () => this.#look(object));
        if (there !== null && there !== "unknown") return there;
      } catch (cause) {
        // What was sent before may have reached the graph, wherever that is now.
        if (!mayBeThere || !isError(cause, "graph_replaced")) throw cause;
        throw outcomeUnknown(firstOp(object), object.logId, object.slot, cause);
      }
      if (clock.monotonicMs() >= deadline) throw outcomeUnknown(firstOp(object), object.logId, object.slot);
      await clock.sleep(Math.min(LEAST_WAIT_MS * 2 ** attempt, MOST_WAIT_MS) * random.next());
    }
  }

  /**
   * Makes a call for an object while looking beside it whether the one before it is still there. Throws `graph_replaced` where it is not, with the object
   * taken back; `unknown` where that cannot be told.
   */
  async #proved<T>(
    { object, bytes }: EncodedObject,
    before: CommitObject | null,
    call: () => Promise<T>,
  ): Promise<T | "unknown"> {
    const { store, objects } = this.#context;
    if (!objects.continuity.isNeeded) return call();
    const [answer, look] = await Promise.allSettled([call(), objects.continuity.ofHead(before)]);
    if (look.status === "rejected" && isError(look.reason, "graph_replaced")) {
      await takeBack(store, this.#key(object), bytes);
      throw look.reason;
    }
    if (answer.status === "rejected") throw answer.reason;
    if (look.status === "fulfilled") return answer.value;
    if (!isError(look.reason)) throw look.reason;
    // A damaged predecessor is reported to its readers; for this check it is there.
    return DECIDED.has(look.reason.reason) ? answer.value : "unknown";
  }

  /** One attempt. After one without an answer, the refusal of a later one proves nothing about the first. */
  async #send({ object, bytes }: EncodedObject, first: boolean): Promise<PutOutcome> {
    try {
      return await this.#context.store.putIfAbsent(this.#key(object), bytes, object.durability);
    } catch (cause) {
      if (!(cause instanceof OmnigraphError) || (first && cause.reason !== "store_transient")) throw cause;
      return "unknown";
    }
  }

  /** The object in the slot; our own is synced if it is to be durable. Null where it cannot be told yet. */
  async #look(ours: CommitObject): Promise<CommitObject | null> {
    const { store, objects } = this.#context;
    try {
      const bytes = await store.get(this.#key(ours));
      if (bytes === null) return null;
      const there = objects.decode(ours.logId, ours.slot, bytes);
      if (there.nonce === ours.nonce && ours.durability === "durable") await store.sync([this.#key(ours)]);
      return there;
    } catch (cause) {
      // A failed read proves nothing about the put.
      if (!isError(cause) || DECIDED.has(cause.reason)) throw cause;
      return null;
    }
  }

  #key({ logId, slot }: CommitObject): string {
    return slotKey(logId, slot);
  }
}

function firstOp(object: CommitObject): string {
  return object.commits[0]?.header.op ?? "";
}
