import type { TypeId } from "@omnigraph/language";
import { present, stampAfter } from "@omnigraph/base";
import type { LayerChanges, RowChanges } from "@omnigraph/storage";
import { type CommitAddress, commitId, MAIN_LOG_ID } from "../address.ts";
import { type Fold, foldedPieces, withTail } from "../layout/fold.ts";
import { encodeLayout, type EncodedLayout, type Layout } from "../layout/layout.ts";
import { extendedTail, rangeOf, type SlotRange } from "../layout/ranges.ts";
import type { CommitDraft } from "./draft.ts";
import { type CommitHeader, type KeptOurs, NONE_KEPT } from "./header.ts";

/** A write that becomes a commit: who asked for what, and what it came to. */
export interface Authored {
  readonly request: Pick<CommitHeader, "kind" | "op" | "content" | "actor" | "message"> & {
    readonly recovered?: boolean;
  };
  /** Microseconds since the epoch. */
  readonly authoredAt: number;
  readonly draft: Pick<CommitDraft, "changes" | "counts" | "schema"> & {
    readonly merge?: { readonly keptOurs: KeptOurs };
  };
}

/** The state of the graph at a commit: its header, with the layout that this names. */
export interface CommitState {
  readonly header: CommitHeader;
  readonly layout: Layout;
}

/** A header with the layout that it names. */
export interface Derived {
  readonly header: CommitHeader;
  readonly layout: Layout;
  /** Set when the layout differs from the parent's: its object is put before the commit. */
  readonly newLayout: EncodedLayout | null;
}

/** Where the first commit of a graph is. */
export const GENESIS: CommitAddress = { logId: MAIN_LOG_ID, slot: 0, index: 0 };

/** The first commit of a graph: a schema and no rows. */
export function genesisHeader(
  { op, actor, message }: Pick<CommitHeader, "op" | "actor" | "message">,
  schema: string,
  now: number,
): CommitHeader {
  return {
    id: commitId(now, GENESIS),
    op,
    content: null,
    kind: "genesis",
    parents: [],
    depth: 1,
    generation: 1,
    schema,
    actor,
    message,
    authoredAt: now,
    createdAt: now,
    layout: null,
    tail: [rangeOf(GENESIS)],
    counts: new Map(),
    keptOurs: NONE_KEPT,
    recovered: false,
  };
}

/**
 * The header of a commit at an address, from its parent's header and layout and what it changes: pure, and run afresh at every attempt. `now` in
 * microseconds since the epoch; `theirs` is the second parent of a merge.
 */
export function next(
  parent: CommitState,
  { request, authoredAt, draft }: Authored,
  address: CommitAddress,
  now: number,
  theirs: CommitState | null = null,
): Derived {
  const before = parent.header;
  const createdAt = stampAfter(before.createdAt, now);
  const state = nextState(parent, draft, address, theirs);
  return {
    header: {
      id: commitId(createdAt, address),
      op: request.op,
      content: request.content,
      kind: request.kind,
      parents: theirs === null ? [before.id] : [before.id, theirs.header.id],
      depth: before.depth + 1,
      generation: Math.max(before.generation, theirs?.header.generation ?? 0) + 1,
      schema: state.schema,
      actor: request.actor,
      message: request.message,
      authoredAt,
      createdAt,
      layout: state.newLayout === null ? state.parentLayout : state.newLayout.hash,
      tail: state.tail,
      counts: state.counts,
      keptOurs: draft.merge?.keptOurs ?? NONE_KEPT,
      recovered: request.recovered ?? false,
    },
    layout: state.layout,
    newLayout: state.newLayout,
  };
}

/** The part of the next commit that says where the rows are, under which schema. */
interface NextState {
  readonly layout: Layout;
  readonly tail: readonly SlotRange[];
  /** Hash of the parent's layout, when there is no new one. */
  readonly parentLayout: string | null;
  readonly newLayout: EncodedLayout | null;
  readonly schema: string;
  readonly counts: ReadonlyMap<TypeId, number>;
}

function nextState(
  parent: CommitState,
  draft: Authored["draft"],
  address: CommitAddress,
  theirs: CommitState | null,
): NextState {
  const { changes } = draft;
  if (changes.kind === "fast_forward") return extended(present(theirs, "commit to fast-forward to"), address);
  const schema = draft.schema ?? parent.header.schema;
  if (changes.kind === "fold") return { ...afterFold(parent, changes, address), schema };
  const counts = summed(parent.header.counts, draft.counts);
  if (changes.kind === "rows" && changes.replaced.length === 0)
    return { ...extended(parent, address), schema, counts };
  const layout = layoutAfter(parent, changes);
  const newLayout = encodeLayout(layout);
  return { layout, tail: [rangeOf(address)], parentLayout: null, newLayout, schema, counts };
}

/** The state of a commit, with the new commit appended to its tail. */
function extended({ header, layout }: CommitState, address: CommitAddress): NextState {
  const { schema, counts } = header;
  const tail = extendedTail(header.tail, address);
  return { layout, tail, parentLayout: header.layout, newLayout: null, schema, counts };
}

/** The pieces of the parent with a fold in them. The commit is still the end of a tail, though it has no rows. */
function afterFold(
  { header, layout }: CommitState,
  fold: Fold,
  address: CommitAddress,
): Omit<NextState, "schema"> {
  const { counts, tail } = header;
  const folded = present(foldedPieces({ layout, tail }, counts.keys(), fold), "what a fold replaces");
  return {
    layout: folded.layout,
    tail: extendedTail(folded.tail, address),
    parentLayout: null,
    newLayout: encodeLayout(folded.layout),
    counts,
  };
}

/** The parent's tail as ranges of every type, without the pieces of replaced types, and the commit's layers at the end. */
function layoutAfter(parent: CommitState, changes: RowChanges | LayerChanges): Layout {
  const layers = changes.kind === "layers" ? changes.layers : [];
  // A type without a count never had a row, so the tail has no changes of it.
  const layout = new Map(withTail(parent.layout, parent.header.counts.keys(), parent.header.tail));
  for (const type of changes.replaced) layout.delete(type);
  for (const entry of layers) {
    layout.set(entry.type, [...(layout.get(entry.type) ?? []), { kind: "layer", entry }]);
  }
  return layout;
}

function summed(
  before: ReadonlyMap<TypeId, number>,
  differences: ReadonlyMap<TypeId, number>,
): ReadonlyMap<TypeId, number> {
  if (differences.size === 0) return before;
  const counts = new Map(before);
  for (const [type, difference] of differences) counts.set(type, (counts.get(type) ?? 0) + difference);
  return counts;
}
