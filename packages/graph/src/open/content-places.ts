import { lru } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import type { CommitRecord, GraphLog } from "@omnigraph/log";
import {
  type BlobPlaces,
  type LayerDraft,
  type LayerEntry,
  type ObjectStore,
  readPlaces,
  referencesIn,
} from "@omnigraph/storage";

/** Lists of tables that are kept in memory. */
const KEPT = 16;

/** Tells where the content of Blobs lies that is too large for its rows. */
export class ContentPlaces {
  readonly #store: ObjectStore;
  readonly #log: GraphLog;
  readonly #lists = lru<BlobPlaces>(KEPT);

  constructor(store: ObjectStore, log: GraphLog) {
    this.#store = store;
    this.#log = log;
  }

  /** All that the tables of a type name in the snapshot of a commit; its rows name nothing else. Errors: `table_version_missing`, `object_corrupt`. */
  async at(commit: CommitRecord, type: TypeId, signal?: AbortSignal): Promise<BlobPlaces> {
    const snapshot = await this.#log.snapshot(commit, signal);
    const lists: BlobPlaces[] = [];
    for (const piece of snapshot.pieces(type))
      if (piece.kind === "layer") lists.push(await this.#listOf(piece.entry, signal));
    return new Map(lists.flatMap((list) => [...list]));
  }

  /** A layer with the places of what its rows name and some commits have, of which the first counts most. */
  async placed(
    layer: LayerDraft,
    commits: readonly CommitRecord[],
    signal?: AbortSignal,
  ): Promise<LayerDraft> {
    if (!namesContent(layer)) return layer;
    const places = new Map<string, string>();
    for (const commit of commits.toReversed())
      for (const [reference, staging] of await this.at(commit, layer.type.id, signal))
        places.set(reference, staging);
    return { ...layer, blobs: { ...layer.blobs, places } };
  }

  async #listOf(entry: LayerEntry, signal: AbortSignal | undefined): Promise<BlobPlaces> {
    const name = `${entry.staging}/${entry.type}`;
    const list = this.#lists.get(name) ?? (await readPlaces(this.#store, entry, signal));
    this.#lists.set(name, list);
    return list;
  }
}

/** Whether rows of a layer name content that lies beside the tables. */
export function namesContent({ type, rows }: LayerDraft): boolean {
  return referencesIn(type, rows).size > 0;
}
