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

/** Errors of reading a slot that another attempt would give again. */
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

/** What became of drafts: their commits, or that another object is in the slot. `end`: that one, where no later slot is known to be taken; else null. */
export type Published =
  | { readonly kind: "put"; readonly commits: readonly CommitRecord[] }
  | { readonly kind: "lost"; readonly end: Tip | null };

/**
 * Puts commit objects into the next slot of one log. While the store gives no answer, the same bytes are sent to the same slot again; the writer goes to the
 * next slot only once it has seen another object in this one. So an object is written at most once, whatever the store does.
 */
export class Publisher {
  readonly #log: BranchLog;
  readonly #context: PublisherContext;

  constructor(log: BranchLog, context: PublisherContext) {
    this.#log = log;
    this.#context = context;
  }

  /**
   * Puts drafts as commits after a head. Throws `outcome_unknown` if the store gave no answer for `LIMITS.putDeadlineMs`, the error of the store if it refused
   * and nothing was written, and `log_torn` if a later slot is taken: the next one is then a hole, and no commit may be acknowledged in it.
   */
  async publish(head: Tip, drafted: readonly Drafted[], durability: Durability): Promise<Published> {
    const encoded = await this.#encode(head, drafted, durability);
    // Otherwise power loss could lose the head and leave the object after it.
    if (durability === "durable") await this.sync(head);
    const { object } = encoded;
    const beyond = this.#isBeyond(object);
    if (await this.#goesOn(beyond)) {
      // The slot is taken by another object; if it is a hole, this throws.
      await this.#log.expect(object.slot);
      return { kind: "lost", end: null };
    }
    const there = await this.#put(encoded, head.object);
    const isBeyond = await beyond;
    if (there.nonce !== object.nonce) {
      const end = this.#log.noteOther(head, there);
      return { kind: "lost", end: isBeyond ? null : end };
    }
    if (isBeyond) await this.#checkIsEnd(encoded);
    if (durability === "durable") this.#context.synced.note(object.logId, object.slot);
    this.#context.objects.keep(object);
    this.#log.notePut(object);
    this.#context.onPut(encoded);
    return { kind: "put", commits: object.commits };
  }

  /**
   * Makes the log durable up to a slot, and the record that names the branch. What comes before a durable object was synced by its writer, and the fork
   * point by the writer of the record.
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

  /**
   * Whether the log goes on behind the head, before anything is put. If so, the slot after it is taken, or is a hole in which a put would be acknowledged below
   * the end of the log. A local store (unordered) is asked before the put, a remote one at the same time as the put, to save a round trip.
   */
  async #goesOn(beyond: Promise<boolean>): Promise<boolean> {
    if (this.#context.store.ordered) return this.#log.goesOn;
    return (await this.#log.isOutdated()) || beyond;
  }

  /** Whether the slot after an object is taken, or on a remote store any later one, where the log was not looked at lately. */
  async #isBeyond({ logId, slot }: CommitObject): Promise<boolean> {
    const { store } = this.#context;
    try {
      const probed = await Promise.all([
        store.exists(slotKey(logId, slot + 1)),
        store.ordered && this.#log.isOutdated(),
      ]);
      return probed.includes(true);
    } catch (cause) {
      if (!isError(cause)) throw cause;
      return false;
    }
  }

  /** Checks that the object in the next slot follows the one that was just put. If not, that was put into a hole: takes it back, and throws `log_torn`. */
  async #checkIsEnd({ object, bytes }: EncodedObject): Promise<void> {
    const { store, objects } = this.#context;
    try {
      objects.checkChain(object, await objects.expect(object.logId, object.slot + 1));
    } catch (cause) {
      if (isError(cause, "log_torn")) await takeBack(store, this.#key(object), bytes);
      // The object is there, and whether anything follows it cannot be told.
      if (isError(cause) && cause.reason.startsWith("store_"))
        throw outcomeUnknown(firstOp(object), object.logId, object.slot, cause);
      throw cause;
    }
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

  /** Puts an object, again and again until it is certain which object is in the slot; returns that one. */
  async #put(encoded: EncodedObject, before: CommitObject | null): Promise<CommitObject> {
    const { object } = encoded;
    const { clock, random } = this.#context.environment;
    const deadline = clock.monotonicMs() + LIMITS.putDeadlineMs.value;
    let mayBeThere = false;
    for (let attempt = 0; ; attempt++) {
      try {
        const outcome = await this.#proved(encoded, before, () => this.#send(encoded, attempt === 0));
        if (outcome === "stored") return object;
        // If the network sent the call twice, the second one finds the object that the first one has put.
        mayBeThere = true;
        const there = await this.#proved(encoded, before, () => this.#look(object));
        if (there !== null && there !== "unknown") return there;
      } catch (cause) {
        // An earlier attempt may have reached the graph before it was replaced.
        if (!mayBeThere || !isError(cause, "graph_replaced")) throw cause;
        throw outcomeUnknown(firstOp(object), object.logId, object.slot, cause);
      }
      if (clock.monotonicMs() >= deadline) throw outcomeUnknown(firstOp(object), object.logId, object.slot);
      await clock.sleep(Math.min(LEAST_WAIT_MS * 2 ** attempt, MOST_WAIT_MS) * random.next());
    }
  }

  /**
   * Makes a call for an object, and checks at the same time that the object before it is still there. If it is not, takes the object back and throws
   * `graph_replaced`; answers `unknown` if that cannot be determined.
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
    // A damaged predecessor is reported to its readers; this check asks only whether it exists.
    return DECIDED.has(look.reason.reason) ? answer.value : "unknown";
  }

  /** One attempt. If an earlier attempt had no answer, the refusal of a later one does not prove that the earlier one failed. */
  async #send({ object, bytes }: EncodedObject, first: boolean): Promise<PutOutcome> {
    try {
      return await this.#context.store.putIfAbsent(this.#key(object), bytes, object.durability);
    } catch (cause) {
      if (!(cause instanceof OmnigraphError) || (first && cause.reason !== "store_transient")) throw cause;
      return "unknown";
    }
  }

  /** The object in the slot; our own is synced if it is to be durable. Null if the slot is empty or could not be read. */
  async #look(ours: CommitObject): Promise<CommitObject | null> {
    const { store, objects } = this.#context;
    try {
      const bytes = await store.get(this.#key(ours));
      if (bytes === null) return null;
      const there = objects.decode(ours.logId, ours.slot, bytes);
      if (there.nonce === ours.nonce && ours.durability === "durable") await store.sync([this.#key(ours)]);
      return there;
    } catch (cause) {
      // That the read failed does not say whether the put succeeded.
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
