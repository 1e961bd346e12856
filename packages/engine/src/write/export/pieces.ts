import { OmnigraphError } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import { batchBytes, type RowBatch } from "@omnigraph/storage";
import { wholeRows } from "../../view/needs.ts";
import { Residency } from "../../view/residency.ts";
import { rowsOf } from "../../view/rows-of.ts";
import type { View } from "../../view/view.ts";
import { inOrderOfIds } from "./export.ts";

/** About how many bytes of rows a piece has. Each is a fragment or a row group of what is written, so they are not small. */
const PIECE_BYTES = 16 << 20;
/** Rows of the first piece that is looked at, to learn how wide rows are. */
const SAMPLE_ROWS = 1024;
const MOST_ROWS = 1 << 18;

/** The complete rows of a type, in order of their ids, piece by piece. Errors: `aborted`. */
export async function* exportPieces(
  view: View,
  type: EntityType,
  signal?: AbortSignal,
): AsyncGenerator<RowBatch, void, undefined> {
  if (view.count(type) === 0) return;
  const residency = new Residency(signal);
  try {
    await residency.hold(view, wholeRows(type));
    const rows = rowsOf(view, type);
    const ordinals = inOrderOfIds(rows);
    const sample = rows.gather(ordinals.subarray(0, SAMPLE_ROWS));
    const width = Math.max(batchBytes(sample) / Math.max(sample.length, 1), 1);
    const size = Math.min(Math.max(Math.floor(PIECE_BYTES / width), SAMPLE_ROWS), MOST_ROWS);
    for (let start = 0; start < ordinals.length; start += size) {
      if (signal?.aborted === true) throw new OmnigraphError("aborted", "the export was stopped");
      yield rows.gather(ordinals.subarray(start, start + size));
    }
  } finally {
    residency.release();
  }
}
