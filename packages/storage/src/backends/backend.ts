import type { ObjectStore } from "../objects/store.ts";
import type { Outside } from "../outside/outside.ts";
import type { LayerStore } from "../tables/layer.ts";

/** A backend that can be read already. Nothing may be written before `proved`. */
export interface BegunBackend {
  readonly backend: Backend;
  /** Fails with `store_unsupported`, `store_denied` or `store_transient` where the store must not be written. */
  readonly proved: Promise<void>;
}

/** Where a graph is stored. Objects and tables are in one place and use one configuration; closing the objects releases both. */
export interface Backend {
  readonly objects: ObjectStore;
  readonly tables: LayerStore;
  /** Whether layers are Lance tables there; else their rows are objects. */
  readonly holdsTables: boolean;
  /** To be called once a graph is there and open for writing: what was found out about the store is noted beside it. Does not fail. */
  noteStore(): Promise<void>;
  /** Removes all that is kept there, and what other programs have put there too. What is put meanwhile may stay. */
  removeAll(): Promise<void>;
  /** The same place as other programs see it; null where none can. */
  readonly outside: Outside | null;
}
