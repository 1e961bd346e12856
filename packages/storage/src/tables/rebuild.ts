import { inTurns, OmnigraphError } from "@omnigraph/base";
import type { ObjectStore } from "../objects/store.ts";
import { placeOf } from "../objects/place.ts";
import type { ColumnKey } from "../rows/batch.ts";
import type { Column } from "../rows/column.ts";
import { encodingColumnFile } from "./column-file/column-file.ts";
import type { LayerEntry } from "./layer.ts";
import { layerKeys, type LayerTable } from "./layer-reader.ts";

/** Writes the column file of a layer again from its table. All rows are in memory meanwhile, as when the layer was written. */
export async function rebuildColumnFile(
  entry: LayerEntry,
  store: ObjectStore,
  table: LayerTable,
  signal?: AbortSignal,
): Promise<void> {
  const { cols } = layerKeys(entry);
  const columns = new Map<ColumnKey, Column>();
  // Cast: the members of an entry are ids of properties.
  for (const key of ["id", "src", "dst", ...(Object.keys(entry.columns) as ColumnKey[])] as const) {
    const [column = null] = await table.columns([key], signal);
    if (column !== null) columns.set(key, column);
  }
  const length = columns.get("id")?.length ?? 0;
  if (length !== entry.rows)
    throw new OmnigraphError(
      "object_corrupt",
      `${placeOf(store, cols)} cannot be written again: the table has ${length} of ${entry.rows} rows; restore the table from a backup`,
      { details: { place: placeOf(store, cols) } },
    );
  const file = await inTurns(encodingColumnFile({ length, columns }, null, store.mostBytes), signal);
  if (file !== null) await store.put(cols, file);
}
