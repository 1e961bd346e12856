import { createHash } from "node:crypto";
import { type Environment, isError, OmnigraphError } from "@omnigraph/base";
import { type LayerEntry, placeOf } from "@omnigraph/storage";
import { isLogId, type LogId, logPrefix, LOGS_PREFIX, slotKey, slotOfKey } from "../address.ts";
import { decodeObject, type EncodedObject } from "../commit/codec.ts";
import { type CommitObject, lastOf } from "../commit/header.ts";
import { MISSING_REMEDY } from "../features.ts";
import { decodeFormat, FORMAT_KEY, type GraphFormat, withNonce } from "../format-object.ts";
import { decodeLayout, layoutKey } from "../layout/layout.ts";
import { checkUnused, graphExists, schemaKey } from "../make-graph.ts";
import type { CommitObjects } from "../reading/commit-objects.ts";
import { isReclaimedTable } from "../retention/reclaimed-tables.ts";
import type { CopyTarget } from "./copy-target.ts";
import { type Needed, neededBy, neededByLayout, type Reach } from "./needed.ts";
import { ReclaimedBefore } from "./reclaimed.ts";
import { type CopiedBranch, type Roots, rootsOf, type RootsSource } from "./roots.ts";

/** Slots that are read at one time, and put at one time while nobody sees the copy. */
const TOGETHER = 64;

/** The log that is copied. */
export interface CopySource extends RootsSource {
  readonly environment: Environment;
  readonly format: GraphFormat;
  readonly objects: CommitObjects;
}

/** What is copied, and where to. */
export interface CopyRequest {
  readonly target: CopyTarget;
  /** Whether there must not be a graph yet; one that was begun is completed. */
  readonly isNew: boolean;
  /** Names of branches; null: all. */
  readonly chosen: readonly string[] | null;
  /** Copies the files of a layer. */
  readonly copyLayer: (entry: LayerEntry) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** A slot that is copied once all that it stands on is there. */
interface Waiting extends Reach {
  readonly generation: number;
}

/**
 * Copies a graph, or some branches with all that they stand on, as it was when their heads were seen. A copy is a graph only once all of it is there: `format.json` is put
 * last. A copy that is a graph already is carried on, and is a graph all the time: what a commit names comes before it, and its parents too. Errors: `branch_not_found`,
 * `backup_differs`, damage of the source.
 */
export async function copyGraph(source: CopySource, request: CopyRequest): Promise<readonly CopiedBranch[]> {
  return new GraphCopy(source, request, await ReclaimedBefore.list(source.store)).run();
}

class GraphCopy {
  readonly #source: CopySource;
  #reclaimed: ReclaimedBefore;
  readonly #request: CopyRequest;
  readonly #target: CopyTarget;
  /** Whether the target is a graph already, which others may read. */
  #isGraph = false;
  /** By log the last slot that was walked, with its object where it was read. */
  readonly #walked = new Map<LogId, { readonly slot: number; readonly object: CommitObject | null }>();
  /** Names of schemas, layouts and layers that are copied. */
  readonly #done = new Set<string>();
  readonly #waiting: Waiting[] = [];

  constructor(source: CopySource, request: CopyRequest, reclaimed: ReclaimedBefore) {
    this.#source = source;
    this.#reclaimed = reclaimed;
    this.#request = request;
    this.#target = request.target;
  }

  async run(): Promise<readonly CopiedBranch[]> {
    this.#isGraph = await this.#findGraph();
    const roots = await this.#copyCommits();
    await this.#reclaimed.copyTo(this.#target);
    for (const key of roots.records) await this.#target.put(key, await this.#read(key));
    await this.#putFormat();
    return roots.branches.map((branch) => this.#withHead(branch));
  }

  /**
   * Copies all commits and what they name. A copy says what is reclaimed as the graph did when the heads of the copy were seen: what cleanup has removed since may be
   * missing in it and is not said to be. So where it has, the copy goes on from the heads of now; what is copied stays.
   */
  async #copyCommits(): Promise<Roots> {
    const { chosen, signal } = this.#request;
    for (let isFirst = true; ; isFirst = false) {
      signal?.throwIfAborted();
      if (!isFirst) this.#reclaimed = await ReclaimedBefore.list(this.#source.store);
      const roots = await rootsOf(this.#source, chosen, signal);
      if (isFirst && this.#isGraph) await this.#skipCopied(roots.reaches);
      await this.#walk(roots.reaches);
      // Nobody sees a commit before what it takes to read it is there, or known to be reclaimed.
      if (!(await this.#reclaimed.isAll())) continue;
      await this.#putWaiting();
      if (await this.#reclaimed.isAll()) return roots;
    }
  }

  /**
   * Whether the target is a copy of this graph that was finished once. Errors: `backup_differs` for any other graph, and for this one itself; `graph_exists` where it must be
   * new; `folder_not_empty`.
   */
  async #findGraph(): Promise<boolean> {
    const { store } = this.#target;
    const bytes = await store.get(FORMAT_KEY);
    if (bytes === null) {
      await checkUnused(store, [...this.#target.keys()]);
      return false;
    }
    if (this.#request.isNew) throw graphExists(store.uri);
    const { graph, nonce } = decodeFormat(bytes, "write", store.uri);
    const { format } = this.#source;
    if (graph !== format.graph) throw this.#target.differs(FORMAT_KEY, `is of another graph, ${graph}`);
    if (nonce === format.nonce)
      throw this.#target.differs(FORMAT_KEY, "is that of the graph itself, or of a plain copy of it");
    return true;
  }

  /**
   * Begins after what was copied before. All up to a slot that is there is what would be copied, if that slot is: its checksum vouches for those before it, and what they
   * name was put before them. Verifying skips nothing.
   */
  async #skipCopied(reaches: readonly Reach[]): Promise<void> {
    for (const [logId, end] of this.#endsOfTarget()) {
      const goal = Math.max(-1, ...reaches.filter((reach) => reach.logId === logId).map(({ slot }) => slot));
      const object = await this.#checkSame(logId, end, goal);
      if (!this.#target.verify) this.#walked.set(logId, { slot: end, object });
    }
  }

  /** By log the last slot that is there in the target. */
  #endsOfTarget(): ReadonlyMap<LogId, number> {
    const ends = new Map<LogId, number>();
    for (const key of this.#target.keys()) {
      const logId = key.startsWith(LOGS_PREFIX)
        ? key.slice(LOGS_PREFIX.length).slice(0, 9).toUpperCase()
        : "";
      if (!isLogId(logId) || !key.startsWith(logPrefix(logId))) continue;
      const slot = slotOfKey(logId, key);
      if (slot > (ends.get(logId) ?? -1)) ends.set(logId, slot);
    }
    return ends;
  }

  /** Checks that the last slot of the target has the source's object. Errors: `backup_differs`. */
  async #checkSame(logId: LogId, slot: number, goal: number): Promise<CommitObject> {
    const key = slotKey(logId, slot);
    const { store, objects } = this.#source;
    const there = await this.#target.store.get(key);
    const checksum = there === null ? null : this.#checksumThere(there, logId, slot);
    const own = slot > goal && !(await store.exists(key)) ? null : await objects.encoded(logId, slot);
    if (own === null || own.object.checksum !== checksum)
      throw this.#target.differs(key, "was not copied from this graph");
    return own.object;
  }

  async #walk(reaches: readonly Reach[]): Promise<void> {
    const pending = [...reaches];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { logId, slot } = next;
      const from = (this.#walked.get(logId)?.slot ?? -1) + 1;
      for (let at = from; at <= slot; at += TOGETHER)
        for (const reach of await this.#walkSlots(logId, at, Math.min(slot, at + TOGETHER - 1)))
          pending.push(reach);
    }
  }

  /** Copies what some slots name, and while nobody sees the copy the slots themselves. Answers the logs that they stand on. */
  async #walkSlots(logId: LogId, from: number, to: number): Promise<readonly Reach[]> {
    this.#request.signal?.throwIfAborted();
    const { objects } = this.#source;
    const slots = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    const read = await Promise.all(slots.map((slot) => objects.encoded(logId, slot)));
    let before = this.#walked.get(logId)?.object ?? null;
    const reaches: Reach[] = [];
    for (const { object } of read) {
      if (before !== null) objects.checkChain(before, object);
      before = object;
      reaches.push(...(await this.#copyNeeded(neededBy(object))));
      if (this.#isGraph) this.#waiting.push({ logId, slot: object.slot, generation: generationOf(object) });
    }
    if (!this.#isGraph) await Promise.all(read.map((each) => this.#putSlot(each)));
    this.#walked.set(logId, { slot: to, object: before });
    return reaches;
  }

  async #copyNeeded({ logs, layouts, schemas, layers }: Needed): Promise<readonly Reach[]> {
    const reaches = [...logs];
    for (const hash of schemas)
      await this.#once(schemaKey(hash), () => this.#copyContent(schemaKey(hash), hash));
    for (const layer of layers) await this.#copyLayer(layer);
    for (const hash of layouts) {
      await this.#once(layoutKey(hash), async () => {
        const bytes = await this.#read(layoutKey(hash));
        const named = neededByLayout(decodeLayout(bytes, hash, this.#source.store.uri));
        for (const layer of named.layers) await this.#copyLayer(layer);
        reaches.push(...named.logs);
        await this.#target.put(layoutKey(hash), bytes);
      });
    }
    return reaches;
  }

  /** Copies the files of a layer, unless nothing needs it any more, also since a moment ago. */
  #copyLayer(entry: LayerEntry): Promise<void> {
    const place = `tables/${entry.staging}/${entry.type}`;
    return this.#once(place, async () => {
      if (await this.#reclaimed.hasTable(entry)) return;
      try {
        await this.#request.copyLayer(entry);
      } catch (cause) {
        if (!isError(cause) || !(await isReclaimedTable(this.#source.store, "read", `${place}.lance`)))
          throw cause;
      }
    });
  }

  async #copyContent(key: string, hash: string): Promise<void> {
    const bytes = await this.#read(key);
    if (createHash("sha256").update(bytes).digest("hex") !== hash) throw this.#damaged(key, "is damaged");
    await this.#target.put(key, bytes);
  }

  /** Puts the slots of a copy that is a graph one by one, parents first, so that it is a graph at any moment. */
  async #putWaiting(): Promise<void> {
    const waiting = this.#waiting.splice(0).toSorted((a, b) => a.generation - b.generation);
    for (const { logId, slot } of waiting) {
      this.#request.signal?.throwIfAborted();
      await this.#putSlot(await this.#source.objects.encoded(logId, slot));
    }
  }

  /** A stub that cleanup has put meanwhile, here or there, is the same object. */
  #putSlot({ object, bytes }: EncodedObject): Promise<void> {
    const { logId, slot, checksum } = object;
    return this.#target.put(
      slotKey(logId, slot),
      bytes,
      (there) => this.#checksumThere(there, logId, slot) === checksum,
    );
  }

  /** The checksum of an object of the target; null where it is none of this graph's. */
  #checksumThere(bytes: Uint8Array, logId: LogId, slot: number): string | null {
    const { format } = this.#source;
    const reader = { access: "read", store: this.#target.store.uri, graph: format.graph } as const;
    try {
      return decodeObject(bytes, logId, slot, reader).checksum;
    } catch (cause) {
      if (isError(cause, "graph_replaced") || isError(cause, "log_corrupt")) return null;
      throw cause;
    }
  }

  /**
   * A copy has a nonce of its own, so that a handle that was opened on what was there before tells them apart. Of two that copy to one place at a time one puts
   * it, and both have made the copy.
   */
  async #putFormat(): Promise<void> {
    if (this.#isGraph) return;
    const { environment, format } = this.#source;
    const nonce = Buffer.from(environment.random.bytes(16)).toString("hex");
    const isCopy = (there: Uint8Array): boolean => {
      const found = decodeFormat(there, "write", this.#target.store.uri);
      return found.graph === format.graph && found.nonce !== format.nonce;
    };
    await this.#target.put(FORMAT_KEY, withNonce(await this.#read(FORMAT_KEY), nonce), isCopy);
  }

  /** A branch with the head that it has in the copy: a later commit than was seen, if another branch stands on that. */
  #withHead({ name, logId, head }: CopiedBranch): CopiedBranch {
    const walked = this.#walked.get(logId)?.object ?? null;
    const isLater = walked !== null && (head.address.logId !== logId || walked.slot > head.address.slot);
    return { name, logId, head: isLater ? lastOf(walked) : head };
  }

  async #once(name: string, copy: () => Promise<void>): Promise<void> {
    if (this.#done.has(name)) return;
    this.#done.add(name);
    await copy();
  }

  async #read(key: string): Promise<Uint8Array> {
    const bytes = await this.#source.store.get(key, this.#request.signal);
    if (bytes === null) throw this.#damaged(key, "is missing");
    return bytes;
  }

  #damaged(key: string, how: string): OmnigraphError {
    const place = placeOf(this.#source.store, key);
    return new OmnigraphError("object_corrupt", `${place} ${how}; ${MISSING_REMEDY}`, { details: { place } });
  }
}

/**
 * Objects in this order come after those that they stand on: commits that share an object have one parent each, the one before them, and only the first has it in another object;
 * a merge is alone in its object.
 */
function generationOf({ commits }: CommitObject): number {
  return commits[0]?.header.generation ?? 0;
}
