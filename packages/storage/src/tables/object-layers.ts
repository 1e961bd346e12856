import { inTurns, OmnigraphError } from "@omnigraph/base";
import type { ObjectStore } from "../objects/store.ts";
import { decodeBatch, encodeBatch } from "../rows/format/codec.ts";
import { corrupt, decodeContainer, encodeContainer } from "../rows/format/container.ts";
import { plainText } from "../rows/dictionary.ts";
import { IdTable } from "../rows/id-table.ts";
import type { RowBatch } from "../rows/batch.ts";
import { encodingColumnFile } from "./column-file/column-file.ts";
import { encodeTombstones, sortedIds } from "./tombstones.ts";
import { checkLayer } from "./check-layer.ts";
import type { LayerDraft, LayerEntry, LayerProblem, LayerReader, LayerStore } from "./layer.ts";
import { layerKeys, type LayerTable, StoredLayer } from "./layer-reader.ts";
import { completeRows, physicalColumns } from "./physical-columns.ts";
import { placeOf } from "../objects/place.ts";

const MAGIC = "OGL1";
/** The version of every layer here: each is written once. */
const VERSION = 1;

/** Layers as objects of our own format, for stores that Lance cannot reach, such as memory. */
export class ObjectLayers implements LayerStore {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  async stage(staging: string, draft: LayerDraft, signal?: AbortSignal): Promise<LayerEntry> {
    const { type } = draft;
    const rows = completeRows(draft);
    const columns = physicalColumns(type, rows);
    const keys = layerKeys({ staging, type: type.id });
    signal?.throwIfAborted();
    const tombstones = draft.tombstones === null ? null : sortedIds(draft.tombstones);
    await this.#store.put(
      keys.rows,
      encodeContainer(MAGIC, { type: type.name, columns }, [encodeBatch(rows)]),
    );
    const file = await inTurns(encodingColumnFile(rows), signal);
    if (file !== null) await this.#store.put(keys.cols, file);
    if (tombstones !== null && tombstones.length > 0)
      await this.#store.put(keys.tombstones, encodeTombstones(tombstones));
    return {
      staging,
      type: type.id,
      version: VERSION,
      rows: rows.length,
      tombstones: tombstones?.length ?? 0,
      columns,
    };
  }

  open(entry: LayerEntry): LayerReader {
    return new StoredLayer(entry, this.#store, this.#table(entry));
  }

  check(entry: LayerEntry, signal?: AbortSignal): AsyncIterable<LayerProblem> {
    const { rows: tableKey } = layerKeys(entry);
    return checkLayer({ entry, store: this.#store, table: this.#table(entry), tableKey, signal });
  }

  #table(entry: LayerEntry): LayerTable {
    const read = (signal?: AbortSignal): Promise<RowBatch> => this.#rows(entry, signal);
    return {
      columns: async (keys, signal) => {
        const { columns } = await read(signal);
        return keys.map((key) => columns.get(key) ?? null);
      },
      find: async (id, signal) => {
        const ids = (await read(signal)).columns.get("id");
        return ids?.kind === "text" || ids?.kind === "dictionary" ? IdTable.of(plainText(ids)).find(id) : -1;
      },
    };
  }

  async #rows(entry: LayerEntry, signal?: AbortSignal): Promise<RowBatch> {
    const key = layerKeys(entry).rows;
    const place = placeOf(this.#store, key);
    const bytes = await this.#store.get(key, signal);
    if (bytes === null || entry.version !== VERSION) {
      const message = `the table ${place} is gone, or lacks its pinned version ${entry.version}; restore it from a backup`;
      throw new OmnigraphError("table_version_missing", message, { details: { place } });
    }
    const [segment] = decodeContainer(MAGIC, bytes, place).segments;
    if (segment === undefined) throw corrupt(place, "it holds no rows");
    return decodeBatch(segment, place);
  }
}
