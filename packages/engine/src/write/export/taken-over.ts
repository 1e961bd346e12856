import type { EntityType } from "@omnigraph/language";
import {
  asIdTexts,
  type Column,
  type ColumnKey,
  columnIn,
  columnKeys,
  columnSpecs,
  concatColumns,
  constantColumn,
  type RowBatch,
  takeColumn,
  textAt,
} from "@omnigraph/storage";
import { needOf, wholeRows } from "../../view/needs.ts";
import { Residency } from "../../view/residency.ts";
import { rowsOf } from "../../view/rows-of.ts";
import type { View } from "../../view/view.ts";
import { rowLines, type WithContent } from "./export.ts";

/** Rows that others wrote into a table of a type. */
export interface ForeignRows {
  readonly rows: RowBatch;
  /** For each row the columns that they changed. */
  readonly rowKeys: readonly (readonly ColumnKey[])[];
  /** Ids of those that they added. */
  readonly added: ReadonlySet<string>;
}

/**
 * The lines of a load that takes over what others wrote into a table, on top of what a view has: of a row that they changed the columns that they changed, if its
 * entity is still there, and rows that they added, if their entities are not there already.
 */
export async function takenOverLines(
  view: View,
  type: EntityType,
  { rows, rowKeys, added }: ForeignRows,
  withContent: WithContent,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const residency = new Residency(signal);
  try {
    await residency.hold(view, [needOf(type, { keys: true }), ...wholeRows(type)]);
    const resident = rowsOf(view, type);
    const ids = asIdTexts(columnIn(rows, "id"));
    const found = resident.findAll(ids);
    const isNew = (row: number): boolean => (found[row] ?? -1) < 0;
    const chosen = Array.from(found.keys()).filter((row) => added.has(textAt(ids, row)) === isNew(row));
    const there = chosen.filter((row) => !isNew(row));
    const current = resident.gather(Uint32Array.from(there, (row) => found[row] ?? 0));
    const ordinals = new Map(there.map((row, k) => [row, k]));
    // Of two columns, one after the other, where the value of a row is: the current ones first.
    const placeOf = (row: number, key: ColumnKey): number => {
      const k = ordinals.get(row);
      return k === undefined || rowKeys[row]?.includes(key) === true ? current.length + row : k;
    };
    const columns = new Map<ColumnKey, Column>();
    for (const key of columnKeys(type)) {
      const both = concatColumns([columnOf(type, current, key), columnOf(type, rows, key)]);
      columns.set(
        key,
        takeColumn(
          both,
          chosen.map((row) => placeOf(row, key)),
        ),
      );
    }
    const lines: Uint8Array[] = [];
    for await (const part of withContent(type, { length: chosen.length, columns }))
      lines.push(rowLines(type, part));
    return Buffer.concat(lines);
  } finally {
    residency.release();
  }
}

function columnOf(type: EntityType, { length, columns }: RowBatch, key: ColumnKey): Column {
  return columns.get(key) ?? constantColumn(columnSpecs(type)(key).type, null, length);
}
