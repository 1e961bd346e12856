import type { Catalog, EntityType } from "@omnigraph/language";
import { type Column, type ColumnKey, EMPTY_BATCH, type TypeChanges } from "@omnigraph/storage";
import { Candidate } from "../write/constraints/candidate.ts";
import { validate } from "../write/constraints/validate.ts";
import type { Memory } from "../view/memory-pool.ts";
import { mergePieces } from "../view/merge-pieces.ts";
import { Residency } from "../view/residency.ts";
import { openView } from "../view/resident-view.ts";
import type { SnapshotSource } from "../view/source.ts";
import { identities } from "./identities.ts";

/** What is wrong with the rows of a type in one snapshot, as a clause. */
export interface RowProblem {
  readonly type: EntityType;
  readonly problem: string;
}

const NOTHING: SnapshotSource = { name: "nothing", count: () => 0, pieces: async () => [] };

/**
 * Checks the rows of a snapshot by a scan: every id once, counts as they are stored, ends that exist, unique tuples, cardinalities. In memory are ids, ends of
 * edges and the properties of unique tuples. At most `limit` problems of a kind. Failures to read are thrown.
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
    const pieces = await source.pieces(type.id, signal);
    if (pieces.length === 0) continue;
    const { live, problems } = await identities(pieces, limit);
    for (const problem of problems) yield { type, problem };
    if (live !== source.count(type.id))
      yield { type, problem: `there are ${live} entities, and the commit counts ${source.count(type.id)}` };
    const parts = await mergePieces(type, pieces);
    const columns = new Map<ColumnKey, Column>();
    for (const key of constrainedKeys(type)) columns.set(key, await parts.column(key));
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

/** The columns that constraints between rows are about. */
function constrainedKeys(type: EntityType): ReadonlySet<ColumnKey> {
  const ends: readonly ColumnKey[] = type.kind === "edge" ? ["src", "dst"] : [];
  return new Set<ColumnKey>(["id", ...ends, ...type.uniques.flatMap(({ members }) => members)]);
}
