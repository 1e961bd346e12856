import { OmnigraphError } from "@omnigraph/base";
import type { TypeId } from "@omnigraph/language";
import type { LayerEntry } from "@omnigraph/storage";
import type { CommitAddress } from "../address.ts";
import { type Layout, type Piece, withRanges } from "./layout.ts";
import type { SlotRange } from "./ranges.ts";

/** Neighbouring pieces of one type, in order, for which one layer is to stand. */
export interface FoldedRun {
  readonly type: TypeId;
  readonly pieces: readonly Piece[];
  /** The same rows, and the tombstones for what is before them, in one table; null where neither is left. */
  readonly layer: LayerEntry | null;
}

/** What a fold puts in the place of what: the rows of a snapshot stay what they are. */
export interface Fold {
  readonly runs: readonly FoldedRun[];
  /**
   * The commit whose snapshot was folded, the last of its object, where a run reaches into its tail: every type then reads the tail up to it as ranges of
   * its own. Null where all runs lie in the layout.
   */
  readonly through: CommitAddress | null;
}

/** What the pieces of a snapshot are: its layout, and the tail after it. */
export interface SnapshotPieces {
  readonly layout: Layout;
  readonly tail: readonly SlotRange[];
}

/**
 * The pieces of a snapshot with a fold in it, for a snapshot that may be newer than the one that was folded. `types` are those that ever had a row. Null
 * where a run is no longer there as it was: then the fold is void.
 */
export function foldedPieces(
  { layout, tail }: SnapshotPieces,
  types: Iterable<TypeId>,
  { runs, through }: Fold,
): SnapshotPieces | null {
  const split = through === null ? null : splitAfter(tail, through);
  const moved = split === null ? layout : withTail(layout, types, split.before);
  const folded = new Map(moved);
  for (const run of runs) {
    const pieces = replacedRun(moved.get(run.type) ?? [], run, through);
    if (pieces === null) return null;
    if (pieces.length === 0) folded.delete(run.type);
    else folded.set(run.type, pieces);
  }
  return { layout: folded, tail: split === null ? tail : split.after };
}

/** Whether a run of a type's pieces reaches beyond those of the layout. */
export function reachesTail(layout: Layout, { type, pieces }: Pick<FoldedRun, "type" | "pieces">): boolean {
  const there = layout.get(type) ?? [];
  return !pieces.every((piece) => there.some((one) => isSame(one, piece)));
}

/** The layout with ranges at the end of every type. */
export function withTail(layout: Layout, types: Iterable<TypeId>, ranges: readonly SlotRange[]): Layout {
  const moved = new Map(layout);
  for (const type of types) {
    const pieces = withRanges(layout.get(type) ?? [], ranges);
    if (pieces.length > 0) moved.set(type, pieces);
  }
  return moved;
}

/** A tail in two, the first ending with a commit that is the last of its object; null where the commit is not in it. */
function splitAfter(
  tail: readonly SlotRange[],
  end: CommitAddress,
): { readonly before: readonly SlotRange[]; readonly after: readonly SlotRange[] } | null {
  const at = tail.findIndex((range) => holdsEnd(range, end));
  const range = tail[at];
  if (range === undefined) return null;
  const [first, rest] = cut(range, end);
  return {
    before: [...tail.slice(0, at), first],
    after: [...(rest === null ? [] : [rest]), ...tail.slice(at + 1)],
  };
}

function holdsEnd(range: SlotRange, { logId, slot, index }: CommitAddress): boolean {
  if (range.logId !== logId || slot < range.from || slot > range.to) return false;
  return slot < range.to || range.toIndex === index;
}

/** A range up to the last commit of an object in it, and what comes after that. */
function cut(range: SlotRange, { slot, index }: CommitAddress): readonly [SlotRange, SlotRange | null] {
  if (slot === range.to) return [range, null];
  return [
    { ...range, to: slot, toIndex: index },
    { ...range, from: slot + 1, fromIndex: 0 },
  ];
}

/** The pieces with a layer in the place of a run; null where the run is not among them. */
function replacedRun(
  pieces: readonly Piece[],
  { pieces: run, layer }: FoldedRun,
  through: CommitAddress | null,
): readonly Piece[] | null {
  const [first] = run;
  const last = run.at(-1);
  if (first === undefined || last === undefined)
    throw new OmnigraphError("internal", "invariant broken: a fold of no pieces");
  for (let at = 0; at + run.length <= pieces.length; at++) {
    if (!run.slice(0, -1).every((piece, i) => isSame(piece, pieces[at + i]))) continue;
    const end = pieces[at + run.length - 1];
    const rest = restOf(last, end, through);
    if (rest === undefined) continue;
    return [
      ...pieces.slice(0, at),
      ...(layer === null ? [] : [{ kind: "layer", entry: layer } as const]),
      ...(rest === null ? [] : [{ kind: "range", range: rest } as const]),
      ...pieces.slice(at + run.length),
    ];
  }
  return null;
}

/** What a piece has beyond the last one of a run: a range may have grown since it was folded. Undefined where it is another piece. */
function restOf(
  last: Piece,
  found: Piece | undefined,
  through: CommitAddress | null,
): SlotRange | null | undefined {
  if (isSame(last, found)) return null;
  if (last.kind !== "range" || found?.kind !== "range" || through === null) return undefined;
  if (found.range.logId !== through.logId || !holdsEnd(found.range, through)) return undefined;
  const [start, rest] = cut(found.range, through);
  return isSame(last, { kind: "range", range: start }) ? rest : undefined;
}

function isSame(a: Piece, b: Piece | undefined): boolean {
  if (a.kind === "layer")
    return b?.kind === "layer" && a.entry.staging === b.entry.staging && a.entry.version === b.entry.version;
  return b?.kind === "range" && isSameRange(a.range, b.range);
}

function isSameRange(a: SlotRange, b: SlotRange): boolean {
  return (
    a.logId === b.logId &&
    a.from === b.from &&
    a.fromIndex === b.fromIndex &&
    a.to === b.to &&
    a.toIndex === b.toIndex
  );
}
