/** A layer is folded with what comes after it once that has an eighth of its rows: so each row is written a small constant number of times in all. */
const SHARE = 8;

/** A piece of a type for the choice of what is folded: its rows and deletions. */
export interface PieceSize {
  readonly kind: "layer" | "changes";
  readonly rows: number;
}

/**
 * Where the run of pieces begins that a fold makes one layer of; it ends with the last piece. All of them when `whole`. Null where the pieces are as a fold
 * would leave them; a run that has no rows at all is dropped without a layer.
 */
export function chooseRun(pieces: readonly PieceSize[], whole: boolean): number | null {
  const end = pieces.findLastIndex(({ kind }) => kind === "layer") + 1;
  const changed = pieces.slice(end).reduce((rows, piece) => rows + piece.rows, 0);
  // Where nothing came after the last layer it is written again only together with those before it.
  const alone = changed === 0 ? Math.max(end - 1, 0) : end;
  let start = alone;
  let rows = changed === 0 ? (pieces[alone]?.rows ?? 0) : changed;
  while (start > 0) {
    const before = pieces[start - 1]?.rows ?? 0;
    if (!whole && rows * SHARE < before) break;
    start--;
    rows += before;
  }
  if (changed === 0 && start === alone) start = end;
  return start === pieces.length ? null : start;
}
