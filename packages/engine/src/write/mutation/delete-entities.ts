import { type Environment, present } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import { columnIn, equalAt, idTexts, type RowBatch } from "@omnigraph/storage";
import { needOf, wholeRows } from "../../view/needs.ts";
import { rowsOf } from "../../view/rows-of.ts";
import { Residency } from "../../view/residency.ts";
import type { View } from "../../view/view.ts";
import type { WriteDraft } from "../draft.ts";
import { removeAt } from "./delete.ts";
import { draftOf, type EvaluateOptions } from "./evaluate.ts";
import { Work } from "./work.ts";

/** Rows of one type. */
export interface TypedRows {
  readonly type: TypeId;
  readonly rows: RowBatch;
}

/**
 * Deletes the entities that are as these rows say, nodes with their edges; those that were changed since stay, and those that are gone are gone. Errors: as
 * `evaluateMutation`.
 */
export async function evaluateDeletion(
  entities: readonly TypedRows[],
  view: View,
  environment: Environment,
  options: EvaluateOptions = {},
): Promise<WriteDraft> {
  const work = new Work(view, {}, environment, new Residency(options.signal), []);
  try {
    for (const one of entities) {
      const type = present(view.catalog.typeById.get(one.type), `type ${one.type}`);
      if (work.view.count(type) === 0) continue;
      await work.need([needOf(type, { keys: true }), ...wholeRows(type)]);
      const ordinals = unchanged(rowsOf(work.view, type), one.rows);
      if (ordinals.length > 0) await removeAt(work, type, ordinals);
    }
    return await draftOf(work, view, options);
  } finally {
    work.residency.release();
  }
}

/** The ordinals of the entities that are as rows say, ascending. */
function unchanged(resident: ReturnType<typeof rowsOf>, rows: RowBatch): Uint32Array {
  const found = resident.findAll(idTexts(rows, "id"));
  const there = Array.from(found.keys()).filter((row) => (found[row] ?? -1) >= 0);
  const current = resident.gather(Uint32Array.from(there, (row) => found[row] ?? 0));
  const same = there.filter((row, k) =>
    [...rows.columns.keys()].every((key) => equalAt(columnIn(rows, key), row, columnIn(current, key), k)),
  );
  return Uint32Array.from(same, (row) => found[row] ?? 0).sort();
}
