import { lru } from "@omnigraph/base";
import { addressOf, type CommitAddress, type CommitId, type LogId } from "../address.ts";
import type { LinkSource, LocatedLink } from "../ancestry/link.ts";
import type { CommitObject, CommitRecord } from "../commit/header.ts";
import type { CommitObjects } from "./commit-objects.ts";
import { commitNotFound } from "./errors.ts";
import { spanOf } from "../digest/blocks.ts";
import type { Spans } from "./spans.ts";

/** Most links in the cache; those in cached digests are not counted. */
const MAX_CACHED = 1 << 16;

/** Most logs whose last read is remembered. */
const MAX_LOGS = 1024;

/** The last read of a log: of `count` slots from `from` on. */
interface LastRead {
  readonly from: number;
  readonly count: number;
}

/** Links of commits: from cached objects, else from digests of spans, else from objects, which are read ahead of a walk towards older commits. */
export class CommitLinks implements LinkSource {
  readonly #uri: string;
  readonly #objects: CommitObjects;
  readonly #spans: Spans;
  readonly #cache = lru<LocatedLink>(MAX_CACHED);
  readonly #lastRead = lru<LastRead>(MAX_LOGS);

  constructor(uri: string, objects: CommitObjects, spans: Spans) {
    this.#uri = uri;
    this.#objects = objects;
    this.#spans = spans;
  }

  /** The link of a commit; no promise where it is cached. Throws `commit_not_found`. */
  link(id: CommitId, signal?: AbortSignal): LocatedLink | Promise<LocatedLink> {
    const cached = this.cached(id);
    if (cached !== null) return cached;
    const address = addressOf(id);
    return address === null ? this.#refuse(id) : this.#read(id, address, signal);
  }

  /** The link of a commit if it is cached. Throws `commit_not_found` where the cache shows that there is no such commit. */
  cached(id: CommitId): LocatedLink | null {
    const cached = this.#cache.get(id);
    if (cached !== undefined) return cached;
    const address = addressOf(id);
    if (address === null) return this.#refuse(id);
    const { logId, slot } = address;
    const object = this.#objects.cached(logId, slot);
    if (object !== null) return linkIn(object, id) ?? this.#refuse(id);
    const span = this.#spans.cached(logId, spanOf(slot));
    return span === null ? null : (span.link(id, address) ?? this.#refuse(id));
  }

  async #read(id: CommitId, address: CommitAddress, signal: AbortSignal | undefined): Promise<LocatedLink> {
    const { logId, slot } = address;
    const span = await this.#spans.find(logId, spanOf(slot), signal);
    if (span !== null) return span.link(id, address) ?? this.#refuse(id);
    const from = this.#ahead(logId, slot);
    const objects =
      from === slot
        ? await this.#alone(logId, slot, signal)
        : await this.#objects.range(logId, from, slot, signal);
    this.#lastRead.set(logId, { from, count: slot - from + 1 });
    for (const each of objects)
      for (const commit of each.commits) this.#cache.set(commit.header.id, linkOf(commit));
    return linkIn(objects.at(-1), id) ?? this.#refuse(id);
  }

  /** The object of a slot that may not be taken. */
  async #alone(
    logId: LogId,
    slot: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly CommitObject[]> {
    const object = await this.#objects.read(logId, slot, signal);
    return object === null ? [] : [object];
  }

  /** The first slot to read: `slot` itself, or an earlier one when a walk goes on; each read of a walk is twice as long as the one before. */
  #ahead(logId: LogId, slot: number): number {
    const last = this.#lastRead.get(logId);
    const count = last?.from === slot + 1 ? 2 * last.count : 1;
    return this.#objects.startOf(logId, slot, count);
  }

  #refuse(id: CommitId): never {
    throw commitNotFound(this.#uri, id);
  }
}

function linkIn(object: CommitObject | undefined, id: CommitId): LocatedLink | null {
  const commit = object?.commits.find(({ header }) => header.id === id);
  return commit === undefined ? null : linkOf(commit);
}

function linkOf({ header, address }: CommitRecord): LocatedLink {
  const { id, parents, generation, createdAt, depth, kind } = header;
  return { id, parents, generation, address, createdAt, depth, kind };
}
