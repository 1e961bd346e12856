import { present, type Value } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import {
  type Column,
  type ColumnKey,
  columnKeys,
  columnOf,
  columnSpecs,
  equalAt,
  type RowBatch,
  take,
  textAt,
  type TypeChanges,
} from "@omnigraph/storage";
import { type Pick, pickRows } from "../view/pick-rows.ts";
import { textColumn } from "./constraints/candidate.ts";

/** Rows of values as a batch: `values[i]` belongs to `columnKeys(type)[i]`. */
export function batchOf(type: EntityType, rows: readonly (readonly Value[])[]): RowBatch {
  const specs = columnSpecs(type);
  const columns = new Map<ColumnKey, Column>();
  columnKeys(type).forEach((key, position) => {
    columns.set(
      key,
      columnOf(
        specs(key).type,
        rows.map((row) => row[position] ?? null),
      ),
    );
  });
  return { length: rows.length, columns };
}

/** The first `length` rows that differ between two batches in any column. */
function differingRows(type: EntityType, a: RowBatch, b: RowBatch, length: number): readonly number[] {
  const differs = new Uint8Array(length);
  for (const key of columnKeys(type)) {
    const left = present(a.columns.get(key), `column ${key}`);
    const right = present(b.columns.get(key), `column ${key}`);
    if (left === right) continue;
    for (let row = 0; row < length; row++) if (!equalAt(left, row, right, row)) differs[row] = 1;
  }
  const rows: number[] = [];
  for (let row = differs.indexOf(1); row >= 0; row = differs.indexOf(1, row + 1)) rows.push(row);
  return rows;
}

/** The changes without updates that change nothing; null when none are left. */
export function effective(type: EntityType, changes: TypeChanges): TypeChanges | null {
  const { after, before, updated } = changes;
  if (updated === 0) return nonEmpty(changes);
  const changed = differingRows(type, after, before, updated);
  if (changed.length < updated) {
    const rest = (length: number): readonly number[] =>
      Array.from({ length: length - updated }, (_, i) => updated + i);
    return nonEmpty({
      type: changes.type,
      after: take(after, [...changed, ...rest(after.length)]),
      before: take(before, [...changed, ...rest(before.length)]),
      updated: changed.length,
    });
  }
  return nonEmpty(changes);
}

function nonEmpty(changes: TypeChanges): TypeChanges | null {
  return changes.after.length + changes.before.length === 0 ? null : changes;
}

/** What became of one entity over several steps: where its first old row and its last new row stand. */
interface Fate {
  readonly before: Pick | null;
  readonly after: Pick | null;
}

/** The net of steps on one type, each made on the state that the former left: first old rows, last new rows. */
export function netOf(type: EntityType, steps: readonly TypeChanges[]): TypeChanges | null {
  const [only] = steps;
  if (only !== undefined && steps.length === 1) return effective(type, only);
  const fates = new Map<string, Fate>();
  for (const { after, before, updated } of steps) {
    const record = (id: string, fate: Fate): void => {
      const former = fates.get(id);
      fates.set(id, { before: former === undefined ? fate.before : former.before, after: fate.after });
    };
    if (before.length > updated) {
      const ids = textColumn(before, "id");
      for (let row = updated; row < before.length; row++)
        record(textAt(ids, row), { before: { batch: before, row }, after: null });
    }
    if (after.length > 0) {
      const ids = textColumn(after, "id");
      for (let row = 0; row < after.length; row++) {
        record(textAt(ids, row), {
          before: row < updated ? { batch: before, row } : null,
          after: { batch: after, row },
        });
      }
    }
  }
  const all = [...fates.values()];
  const updates = all.filter((fate) => fate.before !== null && fate.after !== null);
  const inserts = all.filter((fate) => fate.before === null && fate.after !== null);
  const deletes = all.filter((fate) => fate.before !== null && fate.after === null);
  return effective(type, {
    type: type.id,
    after: pickRows(
      type,
      [...updates, ...inserts].map(({ after }) => present(after, "new row")),
    ),
    before: pickRows(
      type,
      [...updates, ...deletes].map(({ before }) => present(before, "old row")),
    ),
    updated: updates.length,
  });
}
