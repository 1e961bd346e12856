import { OmnigraphError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";

/** A bug that is put into a run to show that its checks would find it. */
export type Bug = "lost_is_failure" | "ignore_gone" | "acknowledge_before_sync" | "never_settle";

export const BUGS: readonly Bug[] = ["lost_is_failure", "ignore_gone", "acknowledge_before_sync"];

/** The store of a process with a bug that sits between the log and the store, if it has one. */
export function planted(store: ObjectStore, bug: Bug | null): ObjectStore {
  switch (bug) {
    case "lost_is_failure":
      return overridden(store, {
        putIfAbsent: async (key, bytes, durability) => {
          const outcome = await store.putIfAbsent(key, bytes, durability);
          if (outcome !== "unknown" || !key.endsWith(".commit")) return outcome;
          throw new OmnigraphError("store_denied", "no answer, taken for a refusal");
        },
      });
    case "acknowledge_before_sync":
      return overridden(store, {
        putIfAbsent: (key, bytes) => store.putIfAbsent(key, bytes, "relaxed"),
        settle: async () => {},
      });
    case "never_settle":
      return overridden(store, { settle: async () => {} });
    case "ignore_gone":
    case null:
      return store;
  }
}

function overridden(store: ObjectStore, calls: Partial<ObjectStore>): ObjectStore {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(calls, name) ?? Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
