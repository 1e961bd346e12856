import type { TypeId } from "@omnigraph/language";
import { OmnigraphError, stampAfter } from "@omnigraph/base";
import { type CommitAddress, commitId, MAIN_LOG_ID } from "../address.ts";
import { encodeLayout, type EncodedLayout, type Layout, type Piece, withRanges } from "../layout/layout.ts";
import { extendedTail, rangeOf, type SlotRange } from "../layout/ranges.ts";
import { type Changes, type CommitHeader, type CommitKind, type Kept, NOTHING_KEPT } from "./header.ts";

/** What a commit adds to the one before it, apart from its rows. */
export interface CommitDelta {
  readonly op: string;
  readonly content: string | null;
  readonly kind: CommitKind;
  readonly actor: string | null;
  readonly message: string | null;
  /** Microseconds since the epoch. */
  readonly authoredAt: number;
  /** Hash of a new schema; null keeps the parent's. */
  readonly schema: string | null;
  /** How the live rows of a type change. */
  readonly counts: ReadonlyMap<TypeId, number>;
  readonly changes: Changes;
  /** Set for a merge: what its second parent is, and what of that side's changes the result did not take. */
  readonly merge?: { readonly theirs: Place; readonly kept: Kept };
}

/** A commit with the layout that its header names. */
export interface Place {
  readonly header: CommitHeader;
  readonly layout: Layout;
}

/** A header with the layout that it names. */
export interface Derived {
  readonly header: CommitHeader;
  readonly layout: Layout;
  /** Set when the layout is another than the parent's: its object is put before the commit. */
  readonly newLayout: EncodedLayout | null;
}

/** The first commit of a graph, slot 0 of main: a schema and no rows. */
export function genesisHeader(
  delta: Pick<CommitDelta, "op" | "actor" | "message">,
  schema: string,
  now: number,
): CommitHeader {
  const address: CommitAddress = { logId: MAIN_LOG_ID, slot: 0, index: 0 };
  return {
    id: commitId(now, address),
    op: delta.op,
    content: null,
    kind: "genesis",
    parents: [],
    depth: 1,
    generation: 1,
    schema,
    actor: delta.actor,
    message: delta.message,
    authoredAt: now,
    createdAt: now,
    layout: null,
    tail: [rangeOf(address)],
    counts: new Map(),
    kept: NOTHING_KEPT,
  };
}

/**
 * The header of a commit at an address, from its parent's header and layout and what it changes: pure, and run afresh at every attempt. `now` in
 * microseconds since the epoch.
 */
export function next(parent: Place, delta: CommitDelta, address: CommitAddress, now: number): Derived {
  const before = parent.header;
  const theirs = delta.merge?.theirs.header;
  const createdAt = stampAfter(before.createdAt, now);
  const placed = placedChanges(parent, delta, address);
  return {
    header: {
      id: commitId(createdAt, address),
      op: delta.op,
      content: delta.content,
      kind: delta.kind,
      parents: theirs === undefined ? [before.id] : [before.id, theirs.id],
      depth: before.depth + 1,
      generation: Math.max(before.generation, theirs?.generation ?? 0) + 1,
      schema: placed.schema,
      actor: delta.actor,
      message: delta.message,
      authoredAt: delta.authoredAt,
      createdAt,
      layout: placed.newLayout === null ? placed.kept : placed.newLayout.hash,
      tail: placed.tail,
      counts: placed.counts,
      kept: delta.merge?.kept ?? NOTHING_KEPT,
    },
    layout: placed.layout,
    newLayout: placed.newLayout,
  };
}

interface Placed {
  readonly layout: Layout;
  readonly tail: readonly SlotRange[];
  /** Hash of the layout when it is no new one. */
  readonly kept: string | null;
  readonly newLayout: EncodedLayout | null;
  readonly schema: string;
  readonly counts: ReadonlyMap<TypeId, number>;
}

function placedChanges(parent: Place, delta: CommitDelta, address: CommitAddress): Placed {
  const { changes } = delta;
  if (changes.kind === "forward") return extended(forwarded(delta), address);
  const schema = delta.schema ?? parent.header.schema;
  const counts = summed(parent.header.counts, delta.counts);
  if (changes.kind === "rows" && changes.replaced.length === 0)
    return { ...extended(parent, address), schema, counts };
  const layout = layoutAfter(parent, changes);
  const newLayout = encodeLayout(layout);
  return { layout, tail: [rangeOf(address)], kept: null, newLayout, schema, counts };
}

/** The state of a commit, and the new commit after it in its tail. */
function extended({ header, layout }: Place, address: CommitAddress): Placed {
  const { schema, counts } = header;
  const tail = extendedTail(header.tail, address);
  return { layout, tail, kept: header.layout, newLayout: null, schema, counts };
}

/** The commit whose state a fast forward takes. */
function forwarded({ merge }: CommitDelta): Place {
  if (merge !== undefined) return merge.theirs;
  throw new OmnigraphError("internal", "invariant broken: a fast forward to no commit");
}

/** The parent's tail as ranges of every type, without the pieces of replaced types, and the commit's layers at the end. */
function layoutAfter(parent: Place, changes: Exclude<Changes, { readonly kind: "forward" }>): Layout {
  const replaced = new Set(changes.replaced);
  const layers = changes.kind === "layers" ? changes.layers : [];
  const layout = new Map<TypeId, readonly Piece[]>();
  // A type without a count never had a row, so the tail has nothing of it.
  for (const type of new Set([...parent.layout.keys(), ...parent.header.counts.keys()])) {
    const pieces = replaced.has(type)
      ? EMPTY
      : withRanges(parent.layout.get(type) ?? EMPTY, parent.header.tail);
    if (pieces.length > 0) layout.set(type, pieces);
  }
  for (const entry of layers) {
    layout.set(entry.type, [...(layout.get(entry.type) ?? EMPTY), { kind: "layer", entry }]);
  }
  return layout;
}

const EMPTY: readonly Piece[] = [];

function summed(
  before: ReadonlyMap<TypeId, number>,
  differences: ReadonlyMap<TypeId, number>,
): ReadonlyMap<TypeId, number> {
  if (differences.size === 0) return before;
  const counts = new Map(before);
  for (const [type, difference] of differences) counts.set(type, (counts.get(type) ?? 0) + difference);
  return counts;
}
