import { OmnigraphError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import { overridden } from "../support/stores/overridden.ts";

/** Bugs of clients of the log that write one branch. */
export const BUGS = ["lost_is_failure", "ignore_gone", "acknowledge_before_sync"] as const;

/** A bug of a client of the log. */
export type Bug = (typeof BUGS)[number];

/** What stands in for calls of the store, of bugs that sit between it and the log; the others are the clients' own. */
const STORES: Readonly<Record<string, (store: ObjectStore) => Partial<ObjectStore>>> = {
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
  // The store of a run with this bug does not notice.
  replacement_unnoticed: () => ({ noticesReplacement: true }),
};

/** The store of a process with a bug that sits between the log and the store, if it has one. */
export function planted<Store extends ObjectStore>(store: Store, bug: string | null): Store {
  const calls = bug === null ? undefined : STORES[bug];
  return calls === undefined ? store : overridden(store, calls(store));
}
