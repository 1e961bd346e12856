import type { ObjectStore } from "@omnigraph/storage";

/** A store some of whose calls are others; one that is undefined is lacking. */
export function overridden<Store extends ObjectStore>(store: Store, calls: Partial<ObjectStore>): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const value: unknown = Reflect.get(Object.hasOwn(calls, name) ? calls : target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
