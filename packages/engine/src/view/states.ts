import { present } from "@omnigraph/base";
import type { EdgeType, EntityType, NodeType, TypeId } from "@omnigraph/language";
import {
  type ChangeSet,
  type Column,
  type TextColumn,
  type TypeChanges,
  asIdTexts,
  idTextIn,
} from "@omnigraph/storage";
import { textAt } from "@omnigraph/storage";
import {
  applyChanges,
  type ApplyOptions,
  type BaseLookup,
  flatten,
  isResolved,
  type NodeOrdinal,
  type ReadyState,
  resolveVersions,
} from "./apply.ts";
import { EdgeBase, type NodeFinder, type TypeBase } from "./base.ts";
import { lookupByEnds } from "./edge-lookup.ts";
import { baseOf, compacted, foldOverlay } from "./fold.ts";
import type { Lineage } from "./lineage.ts";
import { openPieces } from "./merge-pieces.ts";
import type { Overlay } from "./overlay.ts";
import type { Keys } from "./paged-keys.ts";
import { grouped, inOrder, type Pending, withChanges } from "./pending.ts";
import { overlayLimit } from "./tuning.ts";
import { stateUnder, type TypeState } from "./type-state.ts";

const UNOPENED: TypeState = { base: null, overlay: null, pending: null };

/**
 * The states of the types of one view. A type is ready when its pieces are opened and every commit is in its overlay; that may need ids. Readiness never
 * changes what the view shows.
 */
export class States implements NodeFinder {
  readonly #lineage: Lineage;
  /** The states of the opened snapshot, from which all others derive; null for those themselves. */
  readonly #root: States | null;
  readonly #isPrivate: boolean;
  readonly #byType: Map<TypeId, TypeState>;
  readonly #readying = new Map<TypeId, Promise<ReadyState>>();

  /** Edge types that must not share unresolved ends with older views any more; true when resolved ends are invalid too. */
  readonly #detached: Map<TypeId, boolean>;

  private constructor(lineage: Lineage, before: States | null, isPrivate: boolean) {
    this.#lineage = lineage;
    this.#root = before === null ? null : (before.#root ?? before);
    this.#byType = new Map(before === null ? [] : before.#byType);
    this.#detached = new Map(before === null ? [] : before.#detached);
    this.#isPrivate = isPrivate;
  }

  static open(lineage: Lineage): States {
    return new States(lineage, null, false);
  }

  /** The states after one more commit. Private states do not append to shared segments and are never folded. */
  after(changes: ChangeSet, isPrivate: boolean): States {
    const next = new States(this.#lineage, this, isPrivate);
    const types = changes.map((part) => ({ part, type: this.#type(part.type) }));
    // Nodes first, because edges look up their ends among them.
    for (const { part, type } of types) if (type.kind === "node") next.#apply(type, part);
    for (const { part, type } of types) if (type.kind === "edge") next.#apply(type, part);
    if (!isPrivate) for (const { type } of types) next.#foldWhenLarge(type, true);
    return next;
  }

  /** The same states under another schema. */
  under(lineage: Lineage): States {
    const bases = new Map<TypeBase, TypeBase>();
    const root = this.#root === null ? null : this.#root.#underAs(lineage, null, bases);
    return this.#underAs(lineage, root, bases);
  }

  /** `bases` has those that were made already: the same base stays one. */
  #underAs(lineage: Lineage, root: States | null, bases: Map<TypeBase, TypeBase>): States {
    const next = new States(lineage, root, this.#isPrivate);
    next.#byType.clear();
    for (const [id, state] of this.#byType) {
      const type = lineage.catalog.typeById.get(id);
      const old = this.#lineage.catalog.typeById.get(id);
      if (type !== undefined && old !== undefined) next.#byType.set(id, stateUnder(old, type, state, bases));
    }
    for (const [id, areInvalid] of this.#detached) next.#detached.set(id, areInvalid);
    return next;
  }

  /** The state of a type if it is ready, else null. */
  readyNow(type: EntityType): ReadyState | null {
    const { base, overlay, pending } = this.#state(type);
    return base === null || pending !== null ? null : { base, overlay };
  }

  /** The base and overlay of a type without its pending changes; null when its pieces are not opened. */
  opened(type: EntityType): ReadyState | null {
    const { base, overlay } = this.#state(type);
    return base === null ? null : { base, overlay };
  }

  /** Changes that are not in the overlay yet, newest first. */
  pending(type: EntityType): Pending | null {
    return this.#state(type).pending;
  }

  /** Whether the ends of all changed edges are known. */
  knowsEnds(type: EdgeType): boolean {
    const state = this.readyNow(type);
    const nodes = this.readyNow(type.from) !== null && this.readyNow(type.to) !== null;
    return nodes && state !== null && (state.overlay === null || isResolved(state.overlay));
  }

  /** Edges that views of several schemas share may ask for their nodes as another schema has them. */
  ready(type: EntityType): Promise<ReadyState> {
    const now = this.readyNow(type);
    if (now !== null) return Promise.resolve(now);
    let readying = this.#readying.get(type.id);
    if (readying === undefined) {
      readying = this.#makeReady(this.#type(type.id)).finally(() => this.#readying.delete(type.id));
      this.#readying.set(type.id, readying);
    }
    return readying;
  }

  /** Makes ready the node types at an edge type's ends and resolves the ends of changed edges. */
  async readyEnds(type: EdgeType): Promise<void> {
    const from = await this.ready(type.from);
    const to = await this.ready(type.to);
    // Only now, because making nodes ready can invalidate the ends of their edges.
    const { overlay } = await this.ready(type);
    if (overlay === null || isResolved(overlay)) return;
    const fromKeys = await from.base.loadKeys();
    const toKeys = await to.base.loadKeys();
    resolveVersions(overlay, nodeOrdinal(from, fromKeys), nodeOrdinal(to, toKeys));
  }

  async finder(type: NodeType): Promise<(ids: Column) => Int32Array> {
    const state = await this.ready(type);
    const keys = await state.base.loadKeys();
    // Pages of one column share their dictionary.
    let known: TextColumn | null = null;
    let entries: Int32Array = new Int32Array(0);
    return (ids) => {
      if (ids.kind !== "dictionary") return findAll(state, keys, asIdTexts(ids));
      if (ids.dictionary !== known) entries = findAll(state, keys, (known = ids.dictionary));
      return Int32Array.from(ids.codes, (code) => entries[code] ?? -1);
    };
  }

  nodeCapacity(type: NodeType): number {
    const { base, overlay } = present(this.readyNow(type), `opened rows of ${type.name}`);
    return overlay?.capacity ?? base.capacity;
  }

  #type(id: TypeId): EntityType {
    return present(this.#lineage.catalog.typeById.get(id), `type of id ${id} in the schema`);
  }

  #options(isPrivate: boolean = this.#isPrivate): ApplyOptions {
    return { isPrivate, segments: this.#lineage.tuning.segments };
  }

  #state(type: EntityType): TypeState {
    return this.#byType.get(type.id) ?? UNOPENED;
  }

  #set(type: EntityType, base: TypeBase, overlay: Overlay | null): ReadyState {
    this.#byType.set(type.id, { base, overlay, pending: null });
    return { base, overlay };
  }

  #apply(type: EntityType, changes: TypeChanges): void {
    const state = this.#state(type);
    const isLarge =
      !this.#isPrivate && changes.after.length + changes.before.length > this.#lineage.tuning.eagerRows;
    const ready = isLarge ? null : this.readyNow(type);
    const overlay =
      ready === null ? null : applyChanges(ready, changes, this.#lookupNow(ready), this.#options());
    if (ready === null || overlay === null) {
      this.#defer(type, state, changes);
      return;
    }
    this.#set(type, ready.base, overlay);
    if (ready.base instanceof EdgeBase && ready.base.knowsEnds) {
      this.#resolveNow(ready.base.edgeType, overlay);
    }
  }

  #defer(type: EntityType, state: TypeState, changes: TypeChanges): void {
    const pending = withChanges(state.pending, changes);
    if (pending.single < this.#lineage.tuning.pendingCommits) {
      this.#byType.set(type.id, { ...state, pending });
      return;
    }
    this.#byType.set(type.id, { ...state, pending: grouped(type, pending) });
    if (type.kind === "node") this.#renumberEnds(type);
  }

  /**
   * Nodes that were inserted and deleted within a group of commits get no ordinals in this view, so nodes inserted since the opened snapshot have other
   * ordinals in older views. Ends that older views resolved are then valid only in the base of that snapshot.
   */
  #renumberEnds(nodes: NodeType): void {
    for (const type of this.#edgesAt(nodes)) {
      const { base, overlay, pending } = this.#state(type);
      if (base === null) this.#detachEdge(type, false);
      else if (base !== this.#root?.opened(type)?.base) this.#detachEdge(type, true);
      else if (overlay !== null)
        this.#byType.set(type.id, { base, overlay: flatten(overlay, base), pending });
    }
  }

  #edgesAt(nodes: NodeType): readonly EdgeType[] {
    const touches = ({ from, to }: EdgeType): boolean => from.id === nodes.id || to.id === nodes.id;
    return [...this.#lineage.catalog.edges.values()].filter(touches);
  }

  /** Resolves the ends of changed edges if nothing must be loaded for that. */
  #resolveNow(type: EdgeType, overlay: Overlay): void {
    const source = this.#nodesNow(type.from);
    const target = this.#nodesNow(type.to);
    if (source !== null && target !== null) resolveVersions(overlay, source, target);
  }

  /** Ordinals of nodes by id, if nothing must be loaded for that. */
  #nodesNow(type: NodeType): NodeOrdinal | null {
    const state = this.readyNow(type);
    const keys = state?.base.keys.value ?? null;
    return state === null || keys === null ? null : nodeOrdinal(state, keys);
  }

  /** Finds rows of a base as far as nothing must be loaded for that. */
  #lookupNow({ base, overlay }: ReadyState): BaseLookup {
    const keys = base.keys.value;
    if (keys !== null) return (id) => keys.find(id);
    if (!(base instanceof EdgeBase)) return () => null;
    const source = this.#nodesNow(base.edgeType.from);
    const target = this.#nodesNow(base.edgeType.to);
    const byEnds = source === null || target === null ? null : lookupByEnds(base, overlay, source, target);
    return byEnds ?? (() => null);
  }

  async #makeReady(type: EntityType): Promise<ReadyState> {
    for (;;) {
      const state = this.#state(type);
      const areEndsInvalid = this.#detached.get(type.id);
      const { base, overlay, after } = await this.#startOf(type, state);
      const commits = [...after, ...inOrder(state.pending)];
      const now = this.#lookupNow({ base, overlay });
      const lookup = await lookupFor({ base, overlay }, commits, now, this.#lineage.tuning.fewIds);
      // While ids were loaded, nodes that became ready may have invalidated the ends of this type.
      if (this.#state(type) !== state || this.#detached.get(type.id) !== areEndsInvalid) continue;
      this.#set(type, base, this.#applyAll({ base, overlay }, commits, lookup));
      if (!this.#isPrivate) this.#foldWhenLarge(type, false);
      return present(this.readyNow(type), `opened rows of ${type.name}`);
    }
  }

  #applyAll(start: ReadyState, commits: readonly TypeChanges[], lookup: BaseLookup): Overlay | null {
    const { base } = start;
    let { overlay } = start;
    for (const [k, changes] of commits.entries()) {
      // The first change of a private view starts a new segment, which its later changes extend.
      const next = applyChanges(
        { base, overlay },
        changes,
        lookup,
        this.#options(this.#isPrivate && k === 0),
      );
      overlay = present(next, `ordinals of changed ${base.type.name}`);
    }
    return overlay;
  }

  /** The state to which pending changes are applied: the current one, or that of the opened snapshot. */
  async #startOf(
    type: EntityType,
    state: TypeState,
  ): Promise<ReadyState & { readonly after: readonly TypeChanges[] }> {
    if (state.base !== null) return { base: state.base, overlay: state.overlay, after: [] };
    if (this.#root !== null) {
      const start = await this.#root.ready(type);
      const areEndsInvalid = this.#detached.get(type.id);
      return { ...(areEndsInvalid === undefined ? start : this.#detach(start, areEndsInvalid)), after: [] };
    }
    const { parts, after } = await openPieces(type, await this.#lineage.pieces(type), this.#lineage.tuning);
    return { base: baseOf(parts, null, this.#lineage.memory, this), overlay: null, after };
  }

  #foldWhenLarge(type: EntityType, mayRenumber: boolean): void {
    const state = this.readyNow(type);
    if (state === null || state.overlay === null) return;
    const { memory, tuning } = this.#lineage;
    if (state.overlay.size <= overlayLimit(state.base.capacity, tuning)) return;
    const folded = foldOverlay(state.base, state.overlay, memory, this, true);
    const renumber =
      mayRenumber && folded.capacity >= tuning.compactedRows && folded.size * 2 < folded.capacity;
    this.#set(type, renumber ? compacted(folded, memory, this) : folded, null);
    if (type.kind === "node") this.#detachEdges(type, renumber);
  }

  /**
   * Called when nodes of a type have other ordinals than in older views (`areInvalid`), or when older views also have ordinals of deleted nodes. Ends that
   * are shared with older views and not resolved yet must then not be resolved here.
   */
  #detachEdges(nodes: NodeType, areInvalid: boolean): void {
    for (const type of this.#edgesAt(nodes)) this.#detachEdge(type, areInvalid);
  }

  #detachEdge(type: EdgeType, areEndsInvalid: boolean): void {
    this.#detached.set(type.id, areEndsInvalid || this.#detached.get(type.id) === true);
    const { base, overlay, pending } = this.#state(type);
    if (base !== null)
      this.#byType.set(type.id, { ...this.#detach({ base, overlay }, areEndsInvalid), pending });
  }

  /** The same edges in a base that looks up its ends among the nodes of this view, where that is needed. */
  #detach(state: ReadyState, areEndsInvalid: boolean): ReadyState {
    const { base, overlay } = state;
    if (!areEndsInvalid && (overlay === null || isResolved(overlay))) return state;
    const { memory } = this.#lineage;
    const rows = overlay === null ? base : foldOverlay(base, overlay, memory, this, !areEndsInvalid);
    return { base: areEndsInvalid ? baseOf(rows.parts, rows.live, memory, this) : rows, overlay: null };
  }
}

/** A lookup for all rows that the commits change: by `now` where it can tell, then by the index of a layer for a few, else by the key table. */
async function lookupFor(
  { base, overlay }: ReadyState,
  commits: readonly TypeChanges[],
  now: BaseLookup,
  few: number,
): Promise<BaseLookup> {
  const known = new Map<string, number>();
  const wanted = new Set<string>();
  for (const { before } of commits) {
    for (let i = 0; i < before.length; i++) {
      const id = idTextIn(before, "id", i);
      if (known.has(id) || wanted.has(id)) continue;
      // Remembered even if the overlay has it: that may come from a later view of the same segment, and be lost when the overlay is flattened.
      const touched = overlay?.ordinalOf(id) ?? -1;
      const ordinal = touched >= 0 ? touched : now(id, before, i);
      if (ordinal === null) wanted.add(id);
      else known.set(id, ordinal);
    }
  }
  const layer = wanted.size > few || base.live !== null ? null : base.parts.soleLayer;
  const keys = wanted.size > 0 && layer === null ? await base.loadKeys() : null;
  if (keys !== null) return (id) => known.get(id) ?? keys.find(id);
  if (layer !== null) {
    await Promise.all(Array.from(wanted, async (id) => known.set(id, await layer.find(id))));
  }
  return (id) => known.get(id) ?? -1;
}

function nodeOrdinal({ overlay }: ReadyState, keys: Keys): NodeOrdinal {
  return (id) => {
    const touched = overlay?.ordinalOf(id) ?? -1;
    return touched >= 0 ? touched : keys.find(id);
  };
}

function findAll({ overlay }: ReadyState, keys: Keys, ids: TextColumn): Int32Array {
  const ordinals = keys.findAll(ids);
  if (overlay === null) return ordinals;
  for (let i = 0; i < ordinals.length; i++) {
    if (ordinals[i] === -1) ordinals[i] = overlay.ordinalOf(textAt(ids, i));
  }
  return ordinals;
}
