import { systemEnvironment, ulidFactory } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import type { BranchLog, CommitRecord, Draft, GraphLog } from "@omnigraph/log";
import { type ChangeSet, type Durability, EMPTY_BATCH, idColumn, type ObjectStore } from "@omnigraph/storage";

const mint = ulidFactory(systemEnvironment);

/** A change set that inserts one entity with nothing but its id. */
export function insertion(type: TypeId, id: string): ChangeSet {
  const after = { length: 1, columns: new Map([["id", idColumn([id])] as const]) };
  return [{ type, updated: 0, after, before: EMPTY_BATCH }];
}

/** A draft that nothing meets. */
export function draftOf(changes: Draft["changes"], counts: Draft["counts"]): Draft {
  return { kind: "mutation", changes, counts, schema: null, meets: () => false, onMeeting: "conflict" };
}

/** Puts one commit that inserts an entity. */
export async function put(
  log: GraphLog,
  branch: BranchLog,
  draft: Draft,
  durability: Durability = "durable",
): Promise<CommitRecord> {
  const { commit } = await log.writer(branch).submit({
    op: mint(),
    content: null,
    actor: null,
    message: null,
    ifCommit: null,
    durability,
    evaluate: () => draft,
  });
  if (commit === null) throw new Error("the write made no commit");
  return commit;
}

/** Puts commits that insert one entity each, every one in a slot of its own. */
export async function grow(
  log: GraphLog,
  branch: BranchLog,
  type: TypeId,
  ids: readonly string[],
  durability: Durability = "durable",
): Promise<void> {
  const counts = new Map([[type, 1]]);
  for (const id of ids)
    await put(
      log,
      branch,
      draftOf({ kind: "rows", rows: insertion(type, id), replaced: [] }, counts),
      durability,
    );
}

/** What a store answers and takes besides, for tests that watch or disturb it. */
export interface Disturbance {
  /** Hears of every read and write, before it. */
  readonly onCall?: (operation: keyof ObjectStore, key: string) => void;
  /** What a read of a key answers instead. */
  readonly read?: (key: string, bytes: Uint8Array | null) => Uint8Array | null;
  /** Whether a put of a key is kept from the store. */
  readonly keepsOut?: (key: string, bytes: Uint8Array) => boolean;
}

/** A store seen through a disturbance. */
export function disturbed(store: ObjectStore, { onCall, read, keepsOut }: Disturbance): ObjectStore {
  const calls: Partial<ObjectStore> = {
    get: async (key, signal) => {
      onCall?.("get", key);
      const bytes = await store.get(key, signal);
      return read === undefined ? bytes : read(key, bytes);
    },
    put: async (key, bytes, durability) => {
      onCall?.("put", key);
      if (keepsOut?.(key, bytes) !== true) await store.put(key, bytes, durability);
    },
    putIfAbsent: (key, bytes, durability) => {
      onCall?.("putIfAbsent", key);
      return store.putIfAbsent(key, bytes, durability);
    },
    list: (prefix, options) => {
      onCall?.("list", prefix);
      return store.list(prefix, options);
    },
    exists: (key) => {
      onCall?.("exists", key);
      return store.exists(key);
    },
    settle: async (keys) => {
      for (const key of keys) onCall?.("settle", key);
      await store.settle(keys);
    },
  };
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(calls, name) ?? Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
