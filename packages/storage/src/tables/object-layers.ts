import { inTurns } from "@omnigraph/base";
import type { ObjectStore } from "../objects/store.ts";
import { stageBlobs } from "../blobs/stage.ts";
import { encodingColumnFile } from "./column-file/column-file.ts";
import { FileSource } from "./column-file/file-source.ts";
import { encodeTombstones, sortingIds } from "./tombstones.ts";
import { checkLayer } from "./check-layer.ts";
import type { LayerDraft, LayerDrift, LayerEntry, LayerProblem, LayerReader, LayerStore } from "./layer.ts";
import { layerKeys, StoredLayer } from "./layer-reader.ts";
import { driftOf } from "./drift.ts";
import { rebuildColumnFile } from "./rebuild.ts";
import { completeRows, physicalColumns } from "./physical-columns.ts";
import { encodeRows, OBJECT_VERSION, tableOfRows } from "./rows-object.ts";

/** Layers as objects of our own format, for stores that Lance cannot reach, such as memory. */
export class ObjectLayers implements LayerStore {
  readonly #store: ObjectStore;
  readonly #files: FileSource;

  constructor(store: ObjectStore) {
    this.#store = store;
    this.#files = new FileSource(store);
  }

  async stage(staging: string, draft: LayerDraft, signal?: AbortSignal): Promise<LayerEntry> {
    const { type } = draft;
    const rows = completeRows(draft);
    const columns = physicalColumns(type, rows);
    const keys = layerKeys({ staging, type: type.id });
    signal?.throwIfAborted();
    const tombstones = draft.tombstones === null ? null : await inTurns(sortingIds(draft.tombstones), signal);
    const version = OBJECT_VERSION;
    await this.#store.put(keys.rows, encodeRows({ type: type.name, version, columns }, rows));
    const file = await inTurns(encodingColumnFile(rows, draft.former, this.#store.mostBytes), signal);
    if (file !== null) await this.#store.put(keys.cols, file);
    if (tombstones !== null && tombstones.length > 0)
      await this.#store.put(keys.tombstones, encodeTombstones(tombstones));
    const blobs = await stageBlobs(this.#store, { staging, type, rows }, draft.blobs ?? {}, signal);
    return {
      staging,
      type: type.id,
      version,
      rows: rows.length,
      tombstones: tombstones?.length ?? 0,
      columns,
      ...(blobs === 0 ? {} : { blobs }),
    };
  }

  open(entry: LayerEntry): LayerReader {
    return new StoredLayer(entry, this.#files, tableOfRows(this.#store, entry));
  }

  check(
    entry: LayerEntry,
    signal?: AbortSignal,
    content?: Map<string, string | null>,
  ): AsyncIterable<LayerProblem> {
    const { rows: tableKey } = layerKeys(entry);
    const table = tableOfRows(this.#store, entry);
    return checkLayer({ entry, store: this.#store, table, tableKey, content, signal });
  }

  /** Nobody else can write a layer here. */
  drift(entry: LayerEntry): Promise<LayerDrift> {
    const table = tableOfRows(this.#store, entry);
    return driftOf(entry, {
      newest: async () => {
        await table.columns(["id"]);
        return entry.version;
      },
      names: async () => [],
      columns: (_, keys) => table.columns(keys),
    });
  }

  rebuild(entry: LayerEntry, signal?: AbortSignal): Promise<void> {
    return rebuildColumnFile(entry, this.#store, tableOfRows(this.#store, entry), signal);
  }
}
