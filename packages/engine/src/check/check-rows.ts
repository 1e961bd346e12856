import { inTurns, present } from "@omnigraph/base";
import { type Catalog, type EntityType, keyParts, type TypeId } from "@omnigraph/language";
import {
  asIdTexts,
  type Column,
  type ColumnKey,
  EMPTY_BATCH,
  textAt,
  type TypeChanges,
} from "@omnigraph/storage";
import { Candidate } from "../write/constraints/candidate.ts";
import { validate } from "../write/constraints/validate.ts";
import type { Memory } from "../view/memory-pool.ts";
import { mergePieces } from "../view/merge-pieces.ts";
import type { Parts } from "../view/parts.ts";
import { Residency } from "../view/residency.ts";
import { openView } from "../view/resident-view.ts";
import { piecesOf } from "../view/restated.ts";
import type { SnapshotSource } from "../view/source.ts";
import { checkingKeys, checkingValues, mayBeWrong } from "./check-values.ts";
import { identities } from "./identities.ts";
import { oldRowProblems } from "./old-rows.ts";

/** What is wrong with the rows of a type in one snapshot, as a clause. */
export interface RowProblem {
  readonly type: EntityType;
  readonly problem: string;
}

const NOTHING: SnapshotSource = { name: "nothing", count: () => 0, pieces: async () => [] };

/**
 * Checks the rows of a snapshot by a scan: every id once, counts as they are stored, values that the schema allows, ids that are those of their keys, ends that exist,
 * unique tuples, cardinalities, and in the commits since the tables the old rows of what they changed. In memory are ids, ends of edges, the properties of unique
 * tuples, and one other column. At most `limit` problems of a kind. Failures to read are thrown.
 */
export async function* checkRows(
  catalog: Catalog,
  source: SnapshotSource,
  memory: Memory,
  limit: number,
  signal?: AbortSignal,
): AsyncGenerator<RowProblem, void, undefined> {
  const all: TypeChanges[] = [];
  for (const type of catalog.typeById.values()) {
    signal?.throwIfAborted();
    const pieces = await piecesOf(source, type, signal);
    if (pieces.length === 0) continue;
    const { live, problems } = await identities(pieces, limit);
    for (const problem of problems) yield { type, problem };
    if (live !== source.count(type.id))
      yield { type, problem: `there are ${live} entities, and the commit counts ${source.count(type.id)}` };
    const parts = await mergePieces(type, pieces);
    const columns = new Map<ColumnKey, Column>();
    for (const key of constrainedKeys(type)) columns.set(key, await parts.column(key));
    if (parts.capacity > 0)
      for (const problem of await valueProblems(parts, columns, limit, signal)) yield { type, problem };
    for (const problem of await oldRowProblems(type, pieces, limit, signal)) yield { type, problem };
    const after = { length: parts.capacity, columns };
    all.push({ type: type.id, after, before: EMPTY_BATCH, updated: 0 });
  }
  // As if all rows were written into an empty graph.
  const candidate = new Candidate(openView(catalog, NOTHING, memory), all);
  const residency = new Residency(signal);
  try {
    for (const { type, message } of await validate(candidate, limit, residency))
      yield { type, problem: message };
  } finally {
    residency.release();
  }
}

/**
 * Checks the old rows that the commits of a snapshot carry of some types, and nothing else: for a snapshot whose rows another one has. At most `limit`
 * problems of a type. Failures to read are thrown.
 */
export async function* checkOldRows(
  catalog: Catalog,
  source: SnapshotSource,
  types: readonly TypeId[],
  limit: number,
  signal?: AbortSignal,
): AsyncGenerator<RowProblem, void, undefined> {
  for (const id of types) {
    const type = present(catalog.typeById.get(id), `type ${id}`);
    signal?.throwIfAborted();
    const pieces = await piecesOf(source, type, signal);
    for (const problem of await oldRowProblems(type, pieces, limit, signal)) yield { type, problem };
  }
}

/** What is wrong with the values of a type's rows. Of the columns that are not `held` one is in memory at a time. */
async function valueProblems(
  parts: Parts,
  held: ReadonlyMap<ColumnKey, Column>,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const { type } = parts;
  const problems: string[] = [];
  const ids = asIdTexts(present(held.get("id"), "ids of rows"));
  const report = (row: number, problem: string): boolean =>
    problems.push(`${JSON.stringify(textAt(ids, row))}: ${problem}`) < limit;
  for (const property of type.properties) {
    if (!mayBeWrong(type, property)) continue;
    const column = held.get(property.id) ?? (await parts.column(property.id));
    await inTurns(checkingValues(type, property, column, report), signal);
    if (problems.length >= limit) return problems;
  }
  const key = keyParts(type);
  if (key !== null && problems.length === 0) {
    const columns = key.map(async ({ member }) => held.get(member) ?? parts.column(member));
    await inTurns(checkingKeys(key, ids, await Promise.all(columns), report), signal);
  }
  return problems;
}

/** The columns that constraints between rows are about. */
function constrainedKeys(type: EntityType): ReadonlySet<ColumnKey> {
  const ends: readonly ColumnKey[] = type.kind === "edge" ? ["src", "dst"] : [];
  return new Set<ColumnKey>(["id", ...ends, ...type.uniques.flatMap(({ members }) => members)]);
}
