import type { ObjectStore } from "../objects/store.ts";
import type { LayerStore } from "../tables/layer.ts";

/** What a graph is kept in. Objects and tables are in one place and reached by one configuration; closing the objects lets go of both. */
export interface Backend {
  readonly objects: ObjectStore;
  readonly layers: LayerStore;
}
