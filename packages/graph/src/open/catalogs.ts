import { type Catalog, decodeSchema } from "@omnigraph/language";
import type { GraphLog } from "@omnigraph/log";

/** Compiled schemas by hash; each is read once. */
export class Catalogs {
  readonly #log: GraphLog;
  readonly #known = new Map<string, Catalog>();

  constructor(log: GraphLog) {
    this.#log = log;
  }

  /** The catalog if it was read before. */
  known(hash: string): Catalog | undefined {
    return this.#known.get(hash);
  }

  async read(hash: string, signal?: AbortSignal): Promise<Catalog> {
    const there = this.#known.get(hash);
    if (there !== undefined) return there;
    const catalog = decodeSchema(await this.#log.schemas.read(hash, signal), this.#log.schemas.placeOf(hash));
    this.#known.set(hash, catalog);
    return catalog;
  }
}
