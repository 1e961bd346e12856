import { setImmediate } from "node:timers/promises";
import { inTurns, present } from "@omnigraph/base";
import type { ObjectStore } from "../objects/store.ts";
import { stageBlobs } from "../blobs/stage.ts";
import type { ColumnKey, RowBatch } from "../rows/batch.ts";
import type { NamedColumn } from "./lance/arrow-messages.ts";
import { encodingColumnFile } from "./column-file/column-file.ts";
import { FileSource } from "./column-file/file-source.ts";
import { encodeTombstones, sortingIds } from "./tombstones.ts";
import { tableMissing } from "./lance/lance-errors.ts";
import type { LanceTables, PinnedTable, StorageOptions, TableAddress } from "./lance/lance.ts";
import { checkLayer } from "./check-layer.ts";
import { driftOf } from "./drift.ts";
import { rebuildColumnFile } from "./rebuild.ts";
import type { LayerDraft, LayerDrift, LayerEntry, LayerProblem, LayerReader, LayerStore } from "./layer.ts";
import { layerKeys, type LayerTable, StoredLayer } from "./layer-reader.ts";
import { completeRows, physicalColumns } from "./physical-columns.ts";
import { tableOfRows } from "./rows-object.ts";

export interface LanceLayersOptions {
  /** Asked for at every call of Lance. Default: none, as on a disk. */
  readonly storage?: () => Promise<StorageOptions>;
  /** On a disk: a path of the root that stays with the opened folder. Lance makes missing folders when it reads, so this looks for a table first. */
  readonly diskRoot?: () => string;
}

/** Layers as Lance tables, on local disk or S3. */
export class LanceLayers implements LayerStore {
  readonly #root: string;
  readonly #store: ObjectStore;
  readonly #files: FileSource;
  readonly #options: LanceLayersOptions;
  #tables: Promise<LanceTables> | null = null;

  /** `root` is the graph's path or `s3://` URI, the same place that `store` is. */
  constructor(root: string, store: ObjectStore, options: LanceLayersOptions = {}) {
    this.#root = lanceRoot(root);
    this.#store = store;
    this.#files = new FileSource(store);
    this.#options = options;
  }

  async stage(staging: string, draft: LayerDraft, signal?: AbortSignal): Promise<LayerEntry> {
    const { type } = draft;
    const rows = completeRows(draft);
    const columns = physicalColumns(type, rows);
    const keys = layerKeys({ staging, type: type.id });
    const lance = await this.#lance();
    signal?.throwIfAborted();
    const named = Array.from(rows.columns, ([key, column]): NamedColumn => ({
      name: physicalName(key, columns),
      column,
      nullable: key !== "id" && key !== "src" && key !== "dst",
    }));
    const creating = lance.create(this.#address(keys.folder, type.id), named, rows.length);
    const putting = Promise.all([
      this.#putFiles(keys, rows, draft),
      stageBlobs(this.#store, { staging, type, rows }, draft.blobs ?? {}, signal),
    ]);
    const [version, [tombstones, blobs]] = await settled([creating, putting]);
    await this.#sync(`${keys.folder}/${type.id}.lance/`);
    const entry = { staging, type: type.id, version, rows: rows.length, tombstones, columns };
    return blobs === 0 ? entry : { ...entry, blobs };
  }

  async index(
    entry: LayerEntry,
    keys: readonly ColumnKey[],
    signal?: AbortSignal,
  ): Promise<LayerEntry | null> {
    const { folder } = layerKeys(entry);
    const names = keys.map((key) => physicalName(key, entry.columns));
    const lance = await this.#lance();
    signal?.throwIfAborted();
    const version = await lance.index(
      { ...this.#address(folder, entry.type), version: entry.version },
      names,
    );
    if (version === null) return null;
    await this.#sync(`${folder}/${entry.type}.lance/`);
    return { ...entry, version, indexes: [...(entry.indexes ?? []), ...keys] };
  }

  open(entry: LayerEntry): LayerReader {
    return new StoredLayer(entry, this.#files, this.#table(entry));
  }

  check(
    entry: LayerEntry,
    signal?: AbortSignal,
    content?: Map<string, string | null>,
  ): AsyncIterable<LayerProblem> {
    const tableKey = `${layerKeys(entry).folder}/${entry.type}.lance`;
    return checkLayer({ entry, store: this.#store, table: this.#table(entry), tableKey, content, signal });
  }

  async drift(entry: LayerEntry): Promise<LayerDrift> {
    const lance = await this.#lance();
    const { folder } = layerKeys(entry);
    const address = this.#address(folder, entry.type);
    return driftOf(entry, {
      newest: async () => {
        await this.#checkThere(entry, address);
        return lance.newestVersion(address);
      },
      names: (version) => lance.columnNames({ ...address, version }),
      columns: (version, keys) => {
        const names = keys.map((key) => physicalName(key, entry.columns));
        return lance.columns({ ...address, version }, names);
      },
    });
  }

  rebuild(entry: LayerEntry, signal?: AbortSignal): Promise<void> {
    return rebuildColumnFile(entry, this.#store, this.#table(entry), signal);
  }

  /** Puts the column file and the tombstones while Lance writes the table on its own threads. Answers the number of tombstones. */
  async #putFiles(keys: ReturnType<typeof layerKeys>, rows: RowBatch, draft: LayerDraft): Promise<number> {
    await setImmediate(); // the table first: from here on its threads have work
    const ids = draft.tombstones === null ? null : await inTurns(sortingIds(draft.tombstones));
    const file = await inTurns(encodingColumnFile(rows, draft.former, this.#store.mostBytes));
    await Promise.all([
      file === null ? null : this.#store.put(keys.cols, file),
      ids === null || ids.length === 0 ? null : this.#store.put(keys.tombstones, encodeTombstones(ids)),
    ]);
    return ids?.length ?? 0;
  }

  /** Syncs every file and folder of the table on a disk: Lance itself syncs nothing. */
  async #sync(prefix: string): Promise<void> {
    if (this.#options.diskRoot === undefined) return;
    const files = await this.#store.list(prefix);
    await this.#store.sync(files.map(({ key }) => key));
  }

  #table(entry: LayerEntry): LayerTable {
    const found = async (): Promise<PinnedTable> => {
      const address = this.#address(layerKeys(entry).folder, entry.type);
      await this.#checkThere(entry, address);
      return { ...address, version: entry.version };
    };
    // A layer that was copied from a store without tables stays an object.
    const rows = tableOfRows(this.#store, entry);
    let isObject: Promise<boolean> | null = null;
    const isRows = (): Promise<boolean> => (isObject ??= this.#store.exists(layerKeys(entry).rows));
    const namesOf = (keys: readonly ColumnKey[]): readonly string[] =>
      keys.map((key) => physicalName(key, entry.columns));
    return {
      columns: async (keys, signal) => {
        if (await isRows()) return rows.columns(keys, signal);
        return (await this.#lance()).columns(await found(), namesOf(keys));
      },
      parts: async (keys, signal) => {
        if (await isRows()) return rows.parts(keys, signal);
        return (await this.#lance()).parts(await found(), namesOf(keys));
      },
      indexProblem: async (key, parts, signal) => {
        const [name] = namesOf([key]);
        if (name === undefined || (await isRows())) return null;
        return (await this.#lance()).indexProblem(await found(), name, parts, signal);
      },
      find: async (id, signal) =>
        (await isRows()) ? rows.find(id, signal) : (await this.#lance()).find(await found(), id),
    };
  }

  /** Throws `table_version_missing` where a disk has no such table. */
  async #checkThere(entry: LayerEntry, address: TableAddress): Promise<void> {
    if (this.#options.diskRoot === undefined) return;
    const [file] = await this.#store.list(`${layerKeys(entry).folder}/${entry.type}.lance/`, { limit: 1 });
    if (file === undefined) throw tableMissing(address);
  }

  #address(folder: string, name: string): TableAddress {
    const by = `${this.#options.diskRoot?.() ?? this.#root}/${folder}`;
    return { folder: `${this.#root}/${folder}`, by, name };
  }

  /** Lance's code is loaded when first needed. */
  #lance(): Promise<LanceTables> {
    this.#tables ??= lanceTables(this.#options.storage);
    return this.#tables;
  }
}

/** The Lance tables of a store, by options that are asked for at every call of Lance. */
export async function lanceTables(storage?: () => Promise<StorageOptions>): Promise<LanceTables> {
  const { LanceTables } = await import("./lance/lance.ts");
  return new LanceTables(storage ?? (async () => ({})));
}

/** The root in the form that Lance expects: a path as it is; a URI with its parts escaped, since `?`, `#` and `%` have their meaning of URLs there. */
export function lanceRoot(root: string): string {
  const [, bucket, prefix = ""] = /^(s3:\/\/[^/]+)(.*?)\/*$/s.exec(root) ?? [];
  if (bucket === undefined) return root.replace(/\/+$/, "");
  return bucket + prefix.split("/").map(encodeURIComponent).join("/");
}

/** Both results, once both promises have settled: after a failure nothing keeps running. */
async function settled<A, B>([a, b]: readonly [Promise<A>, Promise<B>]): Promise<readonly [A, B]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}

function physicalName(key: ColumnKey, columns: Readonly<Record<string, string>>): string {
  return key === "id" || key === "src" || key === "dst"
    ? key
    : present(columns[key], `column of property ${key}`);
}
