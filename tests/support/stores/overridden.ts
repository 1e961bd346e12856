import type { ObjectStore } from "@omnigraph/storage";

/** A store some of whose calls are others. */
export function overridden<Store extends ObjectStore>(store: Store, calls: Partial<ObjectStore>): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(calls, name) ?? Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
