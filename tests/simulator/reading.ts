import type { CommitRecord, GraphLog, Piece } from "@omnigraph/log";
import type { ChangeSet, ObjectStore } from "@omnigraph/storage";
import { EMPTY_GRAPH, type GraphState } from "./graph-model.ts";
import { EDGE, layerKey, NODE, withChanges } from "./payload.ts";

/** The graph after the rows of a commit. Throws where it carries none, or where its old images are not what was there. */
export function stateAfter(state: GraphState, changes: CommitRecord["changes"]): GraphState {
  if (changes.kind !== "rows") throw new Error("a commit that adopts tables or a state carries no rows");
  return changes.rows.reduce((before, change) => withChanges(before, change, true), state);
}

/** The rows that a commit carries; null where it does more than that. */
export function plainRows(changes: CommitRecord["changes"]): ChangeSet | null {
  return changes.kind === "rows" && changes.replaced.length === 0 ? changes.rows : null;
}

/** The graph at a commit, from the pieces of its snapshot. */
export async function stateAt(log: GraphLog, store: ObjectStore, commit: CommitRecord): Promise<GraphState> {
  const snapshot = await log.snapshot(commit);
  let state = EMPTY_GRAPH;
  for (const type of [NODE, EDGE]) {
    for (const piece of snapshot.pieces(type)) state = await withPiece(log, store, state, piece, type);
  }
  return state;
}

async function withPiece(
  log: GraphLog,
  store: ObjectStore,
  state: GraphState,
  piece: Piece,
  type: typeof NODE,
): Promise<GraphState> {
  if (piece.kind === "range") {
    const changes = await log.readChanges(piece.range, type);
    return changes.reduce((before, change) => withChanges(before, change, false), state);
  }
  const bytes = await store.get(layerKey(piece.entry));
  if (bytes === null) throw new Error(`${layerKey(piece.entry)} is missing`);
  // The model's own table: see `layerBytes`.
  const entries: readonly (readonly [string, number])[] = JSON.parse(Buffer.from(bytes).toString());
  return { ...state, nodes: new Map([...state.nodes, ...entries]) };
}
