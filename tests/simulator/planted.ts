import { OmnigraphError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";

/** Bugs of clients of the log that write one branch. */
export const BUGS = ["lost_is_failure", "ignore_gone", "acknowledge_before_sync"] as const;

/** Bugs of clients that make, merge and delete branches. */
export const MERGE_BUGS = [
  /** A fast-forward is published though others came first. */
  "forward_not_again",
  /** Writes do not notice what a fast-forward brought. */
  "forward_unseen",
  /** A merge is published though another one came first, as long as no row of it is concerned. */
  "merge_ignores_merges",
  /** A merge does not see to it that what it names outlasts power loss. */
  "merge_unsynced",
  /** The source is deleted whatever came to it. */
  "delete_unconditional",
  /** A merge that is asked for again deletes the source at the head that it has now. */
  "delete_at_new_head",
  /** A merge is evaluated on the head of the source, not on the commit that it names. */
  "theirs_moves",
  /** A load that lost the race for its branch is refused, though a later one would go into the branch that won. */
  "load_lost_race",
] as const;

/** A bug that is put into a run to show that its checks would find it. */
export type Bug = (typeof BUGS)[number] | (typeof MERGE_BUGS)[number] | "never_sync";

/** What stands in for calls of the store, of bugs that sit between it and the log; the others are the clients' own. */
const STORES: Partial<Record<Bug, (store: ObjectStore) => Partial<ObjectStore>>> = {
  lost_is_failure: (store) => ({
    putIfAbsent: async (key, bytes, durability) => {
      const outcome = await store.putIfAbsent(key, bytes, durability);
      if (outcome !== "unknown" || !key.endsWith(".commit")) return outcome;
      throw new OmnigraphError("store_denied", "no answer, taken for a refusal");
    },
  }),
  acknowledge_before_sync: (store) => ({
    putIfAbsent: (key, bytes) => store.putIfAbsent(key, bytes, "relaxed"),
    sync: async () => {},
  }),
  never_sync: () => ({ sync: async () => {} }),
};

/** The store of a process with a bug that sits between the log and the store, if it has one. */
export function planted(store: ObjectStore, bug: Bug | null): ObjectStore {
  const calls = bug === null ? undefined : STORES[bug];
  return calls === undefined ? store : overridden(store, calls(store));
}

function overridden(store: ObjectStore, calls: Partial<ObjectStore>): ObjectStore {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(calls, name) ?? Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
