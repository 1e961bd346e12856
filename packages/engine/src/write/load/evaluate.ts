import { inTurns, LIMITS, present } from "@omnigraph/base";
import type { EntityType, TypeId } from "@omnigraph/language";
import {
  type ChangeSet,
  IdTable,
  type LayerDraft,
  type RowBatch,
  textAt,
  columnIn,
} from "@omnigraph/storage";
import type { View } from "../../view/view.ts";
import { Candidate } from "../constraints/candidate.ts";
import { validate } from "../constraints/validate.ts";
import type { TableDrafts, WriteDraft } from "../draft.ts";
import { footprintOf } from "../footprint.ts";
import { NO_READS } from "../reads.ts";
import { effective } from "../../change-set/change-set.ts";
import { rowDraft } from "../row-draft.ts";
import type { InlineLimits } from "../table-drafts.ts";
import { needOf, wholeRows } from "../../view/needs.ts";
import { entityName } from "../problem.ts";
import { Residency } from "../../view/residency.ts";
import { rowsOf } from "../../view/rows-of.ts";
import { insertAll, mergeRows, type PlacedChanges } from "./merge-rows.ts";
import { checkOrphans, orphanNeeds } from "./orphans.ts";
import { LoadProblems } from "./problems.ts";
import type { LoadFile, ReadOptions } from "./read.ts";
import type { LoadedRows } from "./loaded-rows.ts";

/** append: strict insert; merge: upsert; overwrite: replaces each type that occurs. */
export type LoadMode = "append" | "merge" | "overwrite";

export interface LoadOptions extends ReadOptions, InlineLimits {}

/** The outcome of a load, with how many entities of each type the file had. */
export interface LoadDraft extends WriteDraft {
  readonly loaded: readonly { readonly type: EntityType; readonly entities: number }[];
}

/**
 * Evaluates a file that was read against a view, without any effect. After a lost race it is called again; the file is read only once.
 * Errors: `load_invalid` with `details.problems`; `key_conflict` where nothing but existing ids is wrong; `aborted`.
 */
export async function evaluateLoad(
  file: LoadFile,
  mode: LoadMode,
  view: View,
  options: LoadOptions = {},
): Promise<LoadDraft> {
  const residency = new Residency(options.signal);
  try {
    return await evaluateOnce(file, mode, view, options, residency);
  } finally {
    residency.release();
  }
}

async function evaluateOnce(
  file: LoadFile,
  mode: LoadMode,
  view: View,
  options: LoadOptions,
  residency: Residency,
): Promise<LoadDraft> {
  const problems = file.problems?.copy() ?? new LoadProblems();
  const placed: PlacedChanges[] = [];
  for (const loaded of file.types) placed.push(await place(loaded, mode, view, problems, residency));
  // Where ids are right, wrong values of other rows do not keep what concerns several rows from being told as well.
  if (problems.count > (file.problems?.count ?? 0)) problems.throwIfAny();
  const replaced = new Set<TypeId>(mode === "overwrite" ? file.types.map(({ plan }) => plan.type.id) : []);
  await check(file, placed, view, replaced, problems, residency);
  const changed = effectiveChanges(view, placed);
  const images = new Map<TypeId, RowBatch>();
  if (mode === "overwrite")
    for (const { plan, rows } of file.types) if (view.count(plan.type) > 0) images.set(plan.type.id, rows);
  // Rows that are the same in the file and in the view: no change, but the load conflicts with a commit that changes them meanwhile.
  const matched = placed.flatMap(({ changes: { type, before, updated } }) =>
    mode === "merge" && updated > 0 ? [{ type, rows: idsOnly(before) }] : [],
  );
  const loaded = file.types.map(({ plan, rows }) => ({ type: plan.type, entities: rows.length }));
  const total = (kind: EntityType["kind"]): number =>
    loaded.reduce((sum, { type, entities }) => sum + (type.kind === kind ? entities : 0), 0);
  const draft = rowDraft(view.catalog, changed, { ...options, contents: file.contents }, images);
  return {
    ...draft,
    tables: draft.tables === null ? null : await indexed(draft.tables, file),
    affectedNodes: total("node"),
    affectedEdges: total("edge"),
    commits: true,
    ...footprintOf(view.catalog, changed, { ...NO_READS, matched, wholeTypes: replaced }),
    onConflict: mode === "overwrite" ? "conflict" : "evaluate_again",
    loaded,
  };
}

/** Compares the rows of one type with those of the view. */
async function place(
  loaded: LoadedRows,
  mode: LoadMode,
  view: View,
  problems: LoadProblems,
  residency: Residency,
): Promise<PlacedChanges> {
  const { type } = loaded.plan;
  const ids = loaded.idsGenerated ? null : await uniqueIds(loaded, problems);
  if (view.count(type) === 0 || (loaded.idsGenerated && mode !== "overwrite"))
    return insertAll(type, loaded.rows, ids);
  const needs =
    mode === "append" ? [needOf(type, { keys: true })] : [needOf(type, { keys: true }), ...wholeRows(type)];
  await residency.hold(view, needs);
  const resident = rowsOf(view, type);
  const found = resident.findAll(loaded.ids);
  if (mode !== "append") return mergeRows(type, loaded.rows, found, resident, mode === "overwrite");
  for (let row = 0; row < found.length && !problems.full; row++) {
    if (found[row]! < 0) continue;
    const id = textAt(loaded.ids, row);
    const message = `${entityName(type, id)} exists already`;
    problems.add({ line: loaded.lines[row]!, reason: "key_conflict", message, type, id, property: "id" });
  }
  return insertAll(type, loaded.rows, ids);
}

/** The rows by id. In every mode an id may occur only once in a file. */
async function uniqueIds({ plan, ids, lines }: LoadedRows, problems: LoadProblems): Promise<IdTable> {
  const table = await inTurns(IdTable.making(ids));
  if (table.size === ids.length) return table;
  const first = table.findAll(ids);
  for (let row = 0; row < first.length && !problems.full; row++) {
    if (first[row] === row) continue;
    const id = textAt(ids, row);
    const message = `${entityName(plan.type, id)} is given on ${problems.unit} ${lines[first[row]!]} already`;
    problems.add({
      line: lines[row]!,
      reason: "value_invalid",
      message,
      type: plan.type,
      id,
      property: "id",
    });
  }
  return table;
}

/** Checks the constraints that involve more than one line. */
async function check(
  file: LoadFile,
  placed: readonly PlacedChanges[],
  view: View,
  replaced: ReadonlySet<TypeId>,
  problems: LoadProblems,
  residency: Residency,
): Promise<void> {
  const candidate = new Candidate(
    view,
    placed.map(({ changes }) => changes),
    new Map(placed.flatMap(({ changes, ids }) => (ids === null ? [] : [[changes.type, ids] as const]))),
  );
  if (replaced.size > 0) {
    await residency.hold(view, orphanNeeds(candidate, replaced));
    checkOrphans(candidate, replaced, problems);
  }
  for (const problem of await validate(candidate, LIMITS.loadProblems.value + 1, residency)) {
    const position = file.types.findIndex(({ plan }) => plan.type.id === problem.type.id);
    const origin = placed[position]?.origin ?? null;
    const row = problem.row < 0 || origin === null ? problem.row : origin[problem.row]!;
    const line = row < 0 ? null : (file.types[position]?.lines[row] ?? null);
    const { reason, message, type, id, property } = problem;
    problems.add({ line, reason, message, type, id, property });
  }
  problems.throwIfAny();
}

/** The tables with the indexes that were made ahead, for those that have the rows of the file as they are. */
async function indexed({ layers, replaced }: TableDrafts, file: LoadFile): Promise<TableDrafts> {
  const withIndex = async (layer: LayerDraft): Promise<LayerDraft> => {
    const index = await file.types.find(({ rows }) => rows === layer.rows)?.index;
    return index ? { ...layer, former: { index, gone: new Uint32Array(0) } } : layer;
  };
  return { layers: await Promise.all(layers.map(withIndex)), replaced };
}

function idsOnly(rows: RowBatch): RowBatch {
  return { length: rows.length, columns: new Map([["id", columnIn(rows, "id")]]) };
}

function effectiveChanges(view: View, placed: readonly PlacedChanges[]): ChangeSet {
  return placed.flatMap(
    ({ changes }) =>
      effective(present(view.catalog.typeById.get(changes.type), `type ${changes.type}`), changes) ?? [],
  );
}
