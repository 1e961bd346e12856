import type { EntityType } from "@omnigraph/language";
import {
  columnKeys,
  compareBytes,
  type LayerReader,
  type RowBatch,
  take,
  type TextColumn,
  idTexts,
} from "@omnigraph/storage";
import type { View } from "../view/view.ts";
import { type Touch, wholeBatch } from "./touch.ts";
import { sameRow } from "../change-set/picks.ts";

/** The change of a commit to one entity: its whole images after and before, one row each; null where it did not exist. */
export interface EntityChange {
  readonly after: RowBatch | null;
  readonly before: RowBatch | null;
}

const encoder = new TextEncoder();

/** The change of a commit to one entity, or null where there is none. Reads only the rows of the entity, whatever the size of the commit. */
export async function entityChange(
  type: EntityType,
  id: string,
  touch: Touch,
  parent: () => Promise<View>,
  signal?: AbortSignal,
): Promise<EntityChange | null> {
  if (touch.kind === "rows") {
    const { after, before } = touch.changes;
    return touched({ after: rowOf(type, after, id), before: rowOf(type, before, id) });
  }
  const { reader } = touch;
  const after = reader === null ? null : await inLayer(type, reader, id, signal);
  if (after === null && touch.kind === "layer" && !(await isDeleted(touch.reader, id, signal))) return null;
  const columns = type.properties.map((property) => property.id);
  const before = await (await parent()).lookup(type, id, columns, signal);
  if (after !== null && before !== null && sameRow(type, { batch: after, row: 0 }, { batch: before, row: 0 }))
    return null;
  return touched({ after, before });
}

function touched(change: EntityChange): EntityChange | null {
  return change.after === null && change.before === null ? null : change;
}

async function inLayer(
  type: EntityType,
  reader: LayerReader,
  id: string,
  signal: AbortSignal | undefined,
): Promise<RowBatch | null> {
  const found = reader.entry.rows === 0 ? null : await reader.lookUp(id, columnKeys(type), signal);
  return found === null ? null : wholeBatch(type, found.batch);
}

async function isDeleted(reader: LayerReader, id: string, signal: AbortSignal | undefined): Promise<boolean> {
  const tombstones = await reader.tombstones(signal);
  return tombstones !== null && indexOf(tombstones, id) >= 0;
}

function rowOf(type: EntityType, batch: RowBatch, id: string): RowBatch | null {
  const row = batch.length === 0 ? -1 : indexOf(idTexts(batch, "id"), id);
  return row < 0 ? null : wholeBatch(type, take(batch, [row]));
}

function indexOf(ids: TextColumn, id: string): number {
  const wanted = encoder.encode(id);
  const { bytes, offsets } = ids;
  for (let row = 0; row < ids.length; row++)
    if (compareBytes(bytes, offsets[row]!, offsets[row + 1]!, wanted, 0, wanted.length) === 0) return row;
  return -1;
}
