import type { Value } from "@omnigraph/base";
import type { Catalog, EdgeType, EntityType, NodeType, PropertyId, TypeId } from "@omnigraph/language";
import type { ChangeSet, Column, RowBatch, TextColumn } from "@omnigraph/storage";

/** What of a type must be resident before operators run on it. */
export interface Need {
  readonly type: EntityType;
  readonly columns: ReadonlySet<PropertyId>;
  /** The table from id to ordinal. */
  readonly keys: boolean;
  /** The ids themselves (text by ordinal). */
  readonly ids: boolean;
  /** For edges: neighbours along ("out") and against ("in") the edge. */
  readonly out: boolean;
  readonly in: boolean;
  /** For edges: end ordinals by edge ordinal. */
  readonly ends: boolean;
}

/** Keeps structures resident while they are read over more than one turn of the event loop. */
export interface Lease {
  release(): void;
}

/**
 * A snapshot in memory, immutable: what a query reads. Loading is asynchronous and by need; everything after `load` is synchronous.
 * Ordinals number the entities of a type within a view: 0 <= ordinal < capacity; dead ones are skipped. They stay the same through
 * `advance` and `overlay` until the structures are rebuilt, so they must not outlive a query.
 */
export interface View {
  readonly catalog: Catalog;
  /** True when nothing of the needs must be loaded: the caller may run without awaiting. */
  has(needs: readonly Need[]): boolean;
  load(needs: readonly Need[], signal?: AbortSignal): Promise<void>;
  /** As `load`, and keeps what was loaded until the lease is released. Throws `memory_exceeded` where it does not become resident all at once. */
  hold(needs: readonly Need[], signal?: AbortSignal): Promise<Lease>;
  /**
   * Keeps what the needs name from being dropped until the lease is released; null when some of it must be loaded first. Structures
   * that a caller obtained earlier (cells, adjacency, ordinals) stay readable without one.
   */
  pin(needs: readonly Need[]): Lease | null;
  /** Lays commits that wait over the types that are open, once for all views that go on from this one. */
  catchUp(): Promise<void>;
  /** Live entities, from the commit's header: needs no loading. */
  count(type: EntityType): number;
  nodes(type: NodeType): Rows;
  edges(type: EdgeType): EdgeRows;
  /** One entity by id without making the type resident: for a cold process that asks for one row. Null where there is none. */
  lookup(
    type: EntityType,
    id: string,
    columns: readonly PropertyId[],
    signal?: AbortSignal,
  ): Promise<RowBatch | null>;
  /** The view after one more commit; costs what the change costs. Older views stay as they were. */
  advance(changes: ChangeSet, counts: ReadonlyMap<TypeId, number>): View;
  /** A private view over this one (read your own writes of a mutation, a merge candidate): costs what the change costs. */
  overlay(changes: ChangeSet): View;
}

/** Resident rows of one type. */
export interface Rows {
  readonly type: EntityType;
  readonly capacity: number;
  /** Live entities. */
  readonly count: number;
  isLive(ordinal: number): boolean;
  /** Ordinals that are live, ascending; may be shared: do not write. */
  liveOrdinals(): Uint32Array;
  /** Ordinal of an id, or -1. */
  find(id: string): number;
  /** Ordinal of each id of a column, or -1: `find` in bulk over bytes, for loads. */
  findAll(ids: TextColumn): Int32Array;
  idAt(ordinal: number): string;
  /** Less than zero when the id of `a` comes before that of `b` by UTF-8 bytes. */
  compareIds(a: number, b: number): number;
  column(property: PropertyId): Cells;
  /** Whole rows as a batch: ids, ends and every property, for images of change sets. Everything must be resident. */
  gather(ordinals: ArrayLike<number>): RowBatch;
}

/** Resident edges: rows that also know their ends. */
export interface EdgeRows extends Rows {
  readonly edgeType: EdgeType;
  /** Ordinal of the source (destination) node of an edge. */
  sourceOf(edge: number): number;
  targetOf(edge: number): number;
  neighbours(direction: "out" | "in"): Adjacency;
}

/** A property by ordinal. `base` holds ordinals below base.length that `isPatched` denies; operators scan it directly. */
export interface Cells {
  readonly base: Column | null;
  /** True when no ordinal is patched. */
  readonly clean: boolean;
  isPatched(ordinal: number): boolean;
  isNull(ordinal: number): boolean;
  /** Null, or the value; strings are decoded. */
  value(ordinal: number): Value;
  /** Bool as 0 or 1, I32, U32, F32, F64, Date, DateTime, and I64/U64 rounded to a double; NaN for null. */
  number(ordinal: number): number;
  /** Total order of the language: null first, numbers exactly, text by UTF-8 bytes, false before true. */
  compare(a: number, b: number): number;
}

/** Neighbours of nodes in one direction. Unpatched nodes: targets[offsets[n], offsets[n+1]) with the edge ordinals beside. */
export interface Adjacency {
  readonly offsets: Uint32Array;
  readonly targets: Uint32Array;
  readonly edges: Uint32Array;
  /** True when no node is patched and every node ordinal is below offsets.length - 1. */
  readonly clean: boolean;
  isPatched(node: number): boolean;
  /** Neighbours of any node, patched or not. */
  of(node: number): { readonly targets: Uint32Array; readonly edges: Uint32Array };
  degree(node: number): number;
}
