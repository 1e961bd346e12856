import { systemEnvironment, ulidFactory } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import type { BranchLog, CommitDraft, GraphLog } from "@omnigraph/log";
import {
  type ChangeSet,
  type ColumnKey,
  type Durability,
  EMPTY_BATCH,
  idColumn,
  NOTHING,
  type ObjectStore,
  wholeBytes,
} from "@omnigraph/storage";
import { overridden } from "../stores/overridden.ts";

const mint = ulidFactory(systemEnvironment);

async function put(
  log: GraphLog,
  branch: BranchLog,
  { rows, counts }: { readonly rows: ChangeSet; readonly counts: CommitDraft["counts"] },
  durability: Durability,
): Promise<void> {
  const changes = { kind: "rows", rows, replaced: [] } as const;
  await log.writer(branch).submit({
    kind: "mutation",
    op: mint(),
    content: null,
    actor: null,
    message: null,
    ifCommit: null,
    durability,
    evaluate: () => ({ ...NOTHING, changes, counts, commits: true }),
    rowsOf: async () => null,
  });
}

/** Puts commits that insert one entity each, every one in a slot of its own; `named` are columns besides `id` that hold the id. */
export async function grow(
  log: GraphLog,
  branch: BranchLog,
  type: TypeId,
  ids: readonly string[],
  { durability = "durable", named = [] }: { durability?: Durability; named?: readonly ColumnKey[] } = {},
): Promise<void> {
  for (const id of ids) {
    const columns = new Map((["id", ...named] as const).map((key) => [key, idColumn([id])] as const));
    const rows = [{ type, updated: 0, after: { length: 1, columns }, before: EMPTY_BATCH }];
    await put(log, branch, { rows, counts: new Map([[type, 1]]) }, durability);
  }
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
      if (keepsOut?.(key, wholeBytes(bytes)) !== true) await store.put(key, bytes, durability);
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
    sync: async (keys) => {
      for (const key of keys) onCall?.("sync", key);
      await store.sync(keys);
    },
  };
  return overridden(store, calls);
}
