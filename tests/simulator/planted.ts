import { OmnigraphError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import { HORIZON_PREFIX } from "../../packages/log/src/retention/horizon-record.ts";
import { PINS_PREFIX } from "../../packages/log/src/retention/pin-record.ts";
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
  unsynced_is_full: (store) => ({
    putIfAbsent: async (key, ...rest) => {
      const outcome = await store.putIfAbsent(key, ...rest);
      // Throws where it could not be synced for want of room.
      if (outcome === "unknown" && key.endsWith(".commit")) await store.sync([key]);
      return outcome;
    },
  }),
  never_sync: () => ({ sync: async () => {} }),
  // The store of a run with this bug does not notice.
  replacement_unnoticed: () => ({ noticesReplacement: true }),
  cleanup_frees_slot: (store) => ({
    put: (key, ...rest) => (key.endsWith(".commit") ? store.delete(key) : store.put(key, ...rest)),
  }),
  cleanup_condemns_after_listing_pins: condemningLate,
  cleanup_ignores_pins: (store) => ({
    list: async (prefix, options) => (prefix === PINS_PREFIX ? [] : store.list(prefix, options)),
  }),
};

/** Holds horizons back until the list of what is to go is put, so that whoever looked before has started from what goes. */
function condemningLate(store: ObjectStore): Partial<ObjectStore> {
  const held = new Map<string, Uint8Array>();
  return {
    putIfAbsent: async (key, bytes, ...rest) => {
      if (key.startsWith(HORIZON_PREFIX) && key.endsWith(".json")) {
        held.set(key, bytes);
        return "stored";
      }
      if (key.endsWith(".done")) for (const [late, record] of held) await store.putIfAbsent(late, record);
      return store.putIfAbsent(key, bytes, ...rest);
    },
    get: async (key, signal) => held.get(key) ?? (await store.get(key, signal)),
    list: async (prefix, options) => {
      const listed = await store.list(prefix, options);
      const there = new Set(listed.map(({ key }) => key));
      const more = [...held.keys()].filter((key) => key.startsWith(prefix) && !there.has(key));
      const infos = more.map((key) => ({ key, size: 0, modifiedMs: 0 }));
      return [...listed, ...infos].toSorted((a, b) => (a.key < b.key ? -1 : 1));
    },
  };
}

/** The store of a process with a bug that sits between the log and the store, if it has one. */
export function planted<Store extends ObjectStore>(store: Store, bug: string | null): Store {
  const calls = bug === null ? undefined : STORES[bug];
  return calls === undefined ? store : overridden(store, calls(store));
}
