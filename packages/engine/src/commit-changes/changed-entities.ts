import { present } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import {
  columnKeys,
  compareBytes,
  EMPTY_BATCH,
  idColumn,
  type LayerReader,
  type RowBatch,
  take,
  type TextColumn,
  textAt,
  type TypeChanges,
  asIdTexts,
  idTexts,
} from "@omnigraph/storage";
import type { View } from "../view/view.ts";
import { needOf, wholeRows } from "../view/needs.ts";
import { Residency } from "../view/residency.ts";
import { rowsOf } from "../view/rows-of.ts";
import { type ChangeOp, type Touch, wholeBatch } from "./touch.ts";
import { replacedBy } from "./type-changes.ts";

/** Whole images of some changes: those of the i-th are row `afterRows[i]` of `after` and row `beforeRows[i]` of `before`; -1 for none. */
export interface ChangeImages {
  readonly after: RowBatch;
  readonly before: RowBatch;
  readonly afterRows: Int32Array;
  readonly beforeRows: Int32Array;
}

/** The entities of one type that a commit changed, in the byte order of their ids. Images are read on demand. */
export interface ChangedEntities {
  readonly type: EntityType;
  readonly length: number;
  opAt(position: number): ChangeOp;
  idAt(position: number): string;
  images(positions: readonly number[], signal?: AbortSignal): Promise<ChangeImages>;
}

/** Reads whole rows: new images by their row, old ones by row and id. */
interface Images {
  after(rows: readonly number[], signal?: AbortSignal): Promise<RowBatch>;
  before(rows: readonly number[], ids: readonly string[], signal?: AbortSignal): Promise<RowBatch>;
}

/** The changes in memory: for each entry the row of its images, -1 for none, and the place of its id. */
interface Entries {
  readonly after: Int32Array;
  readonly before: Int32Array;
  readonly afterIds: TextColumn | null;
  /** Ids of the deleted; entry i, counted from the first deletion, has row `deletedRows[i]`. */
  readonly deletedIds: TextColumn | null;
  readonly deletedRows: Int32Array;
}

/** The changes of a commit to a type. `parent` gives the graph before it; it is called only for changes that are in tables. */
export async function changedEntities(
  type: EntityType,
  touch: Touch,
  parent: () => Promise<View>,
  signal?: AbortSignal,
): Promise<ChangedEntities> {
  switch (touch.kind) {
    case "rows":
      return changedRows(type, touch.changes);
    case "layer":
      return byLayer(type, touch.reader, await parent(), signal);
    case "replaced":
      return changedRows(type, await replacedBy(type, touch.reader, await parent(), signal));
  }
}

/** The entities of changes that carry both images. */
export function changedRows(type: EntityType, { after, before, updated }: TypeChanges): ChangedEntities {
  const deleted = before.length - updated;
  const length = after.length + deleted;
  const entries: Entries = {
    after: Int32Array.from({ length }, (_, i) => (i < after.length ? i : -1)),
    before: Int32Array.from({ length }, (_, i) =>
      i < updated ? i : i < after.length ? -1 : updated + i - after.length,
    ),
    afterIds: after.length === 0 ? null : idTexts(after, "id"),
    deletedIds: deleted === 0 ? null : idTexts(before, "id"),
    deletedRows: Int32Array.from({ length: deleted }, (_, i) => updated + i),
  };
  return new SortedChanges(type, entries, {
    after: async (rows) => wholeBatch(type, take(after, rows)),
    before: async (rows) => wholeBatch(type, take(before, rows)),
  });
}

/** The entities of a layer over the parent's rows: one that the parent has is an update; a tombstone of one that it has is a deletion. */
async function byLayer(
  type: EntityType,
  reader: LayerReader,
  parent: View,
  signal: AbortSignal | undefined,
): Promise<ChangedEntities> {
  const afterIds =
    reader.entry.rows === 0 ? null : asIdTexts(present(await reader.column("id", signal), "ids of a layer"));
  const deletedIds = await reader.tombstones(signal);
  const known = await existing(type, parent, afterIds, signal);
  const deletedRows = rowsSet(await existing(type, parent, deletedIds, signal));
  const rows = afterIds?.length ?? 0;
  const length = rows + deletedRows.length;
  const entries: Entries = {
    after: Int32Array.from({ length }, (_, i) => (i < rows ? i : -1)),
    before: Int32Array.from({ length }, (_, i) => (i >= rows || known[i] === 1 ? i : -1)),
    afterIds,
    deletedIds: deletedIds,
    deletedRows: deletedRows,
  };
  return new SortedChanges(type, entries, {
    after: async (picked, stop) => wholeBatch(type, await reader.take(picked, columnKeys(type), stop)),
    before: (_, ids, stop) => imagesIn(type, parent, ids, stop),
  });
}

/** For each id 1 where the view has such an entity, else 0. */
async function existing(
  type: EntityType,
  view: View,
  ids: TextColumn | null,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (ids === null || view.count(type) === 0) return new Uint8Array(ids?.length ?? 0);
  const residency = new Residency(signal);
  try {
    await residency.hold(view, [needOf(type, { keys: true })]);
    return Uint8Array.from(rowsOf(view, type).findAll(ids), (ordinal) => (ordinal >= 0 ? 1 : 0));
  } finally {
    residency.release();
  }
}

/** Whole rows of a view by ids, all of which it has. */
async function imagesIn(
  type: EntityType,
  view: View,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<RowBatch> {
  const residency = new Residency(signal);
  try {
    await residency.hold(view, [needOf(type, { keys: true }), ...wholeRows(type)]);
    const rows = rowsOf(view, type);
    return rows.gather(rows.findAll(idColumn(ids)));
  } finally {
    residency.release();
  }
}

/** The rows whose flag is set, ascending. */
function rowsSet(flags: Uint8Array): Int32Array {
  const rows: number[] = [];
  for (let row = flags.indexOf(1); row >= 0; row = flags.indexOf(1, row + 1)) rows.push(row);
  return Int32Array.from(rows);
}

/** Entries with a permutation that sorts them by id. */
class SortedChanges implements ChangedEntities {
  readonly type: EntityType;
  readonly length: number;
  private readonly entries: Entries;
  private readonly from: Images;
  private readonly order: Uint32Array;

  constructor(type: EntityType, entries: Entries, from: Images) {
    this.type = type;
    this.length = entries.after.length;
    this.entries = entries;
    this.from = from;
    this.order = this.sorted();
  }

  opAt(position: number): ChangeOp {
    const entry = this.order[position]!;
    if (this.entries.after[entry]! < 0) return "delete";
    return this.entries.before[entry]! < 0 ? "insert" : "update";
  }

  idAt(position: number): string {
    const [ids, row] = this.placeOf(this.order[position]!);
    return textAt(ids, row);
  }

  async images(positions: readonly number[], signal?: AbortSignal): Promise<ChangeImages> {
    const { after, before } = this.entries;
    const afterRows = new Int32Array(positions.length).fill(-1);
    const beforeRows = new Int32Array(positions.length).fill(-1);
    const newRows: number[] = [];
    const oldRows: number[] = [];
    const oldIds: string[] = [];
    positions.forEach((position, i) => {
      const entry = this.order[position]!;
      if (after[entry]! >= 0) afterRows[i] = newRows.push(after[entry]!) - 1;
      if (before[entry]! < 0) return;
      beforeRows[i] = oldRows.push(before[entry]!) - 1;
      oldIds.push(this.idAt(position));
    });
    return {
      after: newRows.length === 0 ? EMPTY_BATCH : await this.from.after(newRows, signal),
      before: oldRows.length === 0 ? EMPTY_BATCH : await this.from.before(oldRows, oldIds, signal),
      afterRows,
      beforeRows,
    };
  }

  private sorted(): Uint32Array {
    const order = Uint32Array.from({ length: this.length }, (_, i) => i);
    for (let i = 1; i < order.length; i++)
      if (this.compare(i - 1, i) > 0) return order.sort((a, b) => this.compare(a, b));
    return order;
  }

  private compare(a: number, b: number): number {
    const [x, i] = this.placeOf(a);
    const [y, j] = this.placeOf(b);
    return compareBytes(x.bytes, x.offsets[i]!, x.offsets[i + 1]!, y.bytes, y.offsets[j]!, y.offsets[j + 1]!);
  }

  private placeOf(entry: number): readonly [TextColumn, number] {
    const { after, afterIds, deletedIds, deletedRows } = this.entries;
    const row = after[entry]!;
    if (row >= 0) return [present(afterIds, "ids of new rows"), row];
    const firstDeleted = this.length - deletedRows.length;
    return [present(deletedIds, "ids of deleted rows"), deletedRows[entry - firstDeleted]!];
  }
}
