import { type Environment, OmnigraphError, lru } from "@omnigraph/base";
import { type ObjectStore, placeOf } from "@omnigraph/storage";
import { putContent } from "../content-objects.ts";
import { MISSING_REMEDY } from "../features.ts";
import { decodeLayout, EMPTY_LAYOUT, type EncodedLayout, type Layout, layoutKey } from "../layout/layout.ts";

/** Most cached layouts; a graph uses only a few at a time. */
const MAX_CACHED = 64;

/** The layout objects of a graph. */
export class Layouts {
  readonly #store: ObjectStore;
  readonly #environment: Environment;
  /** By hash; cached layouts are known to be in the store. */
  readonly #cache = lru<Layout>(MAX_CACHED);

  constructor(store: ObjectStore, environment: Environment) {
    this.#store = store;
    this.#environment = environment;
  }

  /** The layout of a hash; null is the empty one. Throws `object_corrupt` where it is damaged or missing. */
  async read(hash: string | null, signal?: AbortSignal): Promise<Layout> {
    if (hash === null) return EMPTY_LAYOUT;
    const cached = this.#cache.get(hash);
    if (cached !== undefined) return cached;
    const bytes = await this.#store.get(layoutKey(hash), signal);
    if (bytes !== null) return this.#keep(hash, decodeLayout(bytes, hash, this.#store.uri));
    const place = placeOf(this.#store, layoutKey(hash));
    throw new OmnigraphError("object_corrupt", `the layout ${place} is missing; ${MISSING_REMEDY}`, {
      details: { place },
    });
  }

  /** Puts the object of a layout unless it is known to exist. */
  async put({ hash, bytes }: EncodedLayout, layout: Layout): Promise<void> {
    if (this.#cache.get(hash) !== undefined) return;
    await putContent(this.#store, this.#environment, layoutKey(hash), bytes);
    this.#keep(hash, layout);
  }

  #keep(hash: string, layout: Layout): Layout {
    this.#cache.set(hash, layout);
    return layout;
  }
}
