import type { Value } from "@omnigraph/base";
import type { Catalog, EdgeType, EntityType, NodeType, PropertyId, TypeId } from "@omnigraph/language";
import type { ChangeSet, Column, RowBatch, TextColumn } from "@omnigraph/storage";
import type { TextIndex } from "../search/text-index.ts";

/** The parts of a type that must be resident before operators run on it. */
export interface Need {
  readonly type: EntityType;
  readonly columns: ReadonlySet<PropertyId>;
  /** Text properties that are searched. */
  readonly terms: ReadonlySet<PropertyId>;
  /** The key table: from id to ordinal. */
  readonly keys: boolean;
  /** The ids themselves (text by ordinal). */
  readonly ids: boolean;
  /** For edges: neighbours along ("out") and against ("in") the edge. */
  readonly out: boolean;
  readonly in: boolean;
  /** For edges: end ordinals by edge ordinal. */
  readonly ends: boolean;
}

/** A structure of a type that needs name: a column, the terms of a text property, or one of the others. */
export type ViewPart =
  | { readonly kind: "column" | "terms"; readonly property: PropertyId }
  | { readonly kind: "ids" | "keys" | "out" | "in" | "ends" };

/** Where a structure is. */
export interface Residence {
  readonly type: EntityType;
  readonly part: ViewPart;
  /** In memory as a whole, or read by pages from disk; null where it is not resident. */
  readonly place: "memory" | "pages" | null;
  /** Bytes of memory that it takes; those of pages are not counted. */
  readonly bytes: number;
}

/** Keeps structures resident while an operation yields to the event loop. */
export interface Lease {
  release(): void;
}

/**
 * An immutable snapshot in memory, which queries read. Loading is asynchronous and by need; after `load` all reads are synchronous. Ordinals number the
 * entities of a type within a view: 0 <= ordinal < capacity; dead ones are skipped. `advance` and `overlay` keep them until structures are rebuilt, so
 * they must not outlive a query.
 */
export interface View {
  readonly catalog: Catalog;
  /** True when all needs are resident, so that the caller can run without awaiting. */
  has(needs: readonly Need[]): boolean;
  load(needs: readonly Need[], signal?: AbortSignal): Promise<void>;
  /** As `load`, and keeps the needs resident until the lease is released. Throws `memory_exceeded` where they do not fit into memory together. */
  hold(needs: readonly Need[], signal?: AbortSignal): Promise<Lease>;
  /**
   * Keeps the needs resident until the lease is released; null when some of them must be loaded first. Structures that a caller has obtained before
   * (cells, adjacency, ordinals) stay readable without a lease.
   */
  pin(needs: readonly Need[]): Lease | null;
  /** Where the structures of needs are now; loads nothing. */
  residence(needs: readonly Need[]): readonly Residence[];
  /** Applies pending commits to the types that are open, once for all views that derive from this one. */
  catchUp(): Promise<void>;
  /** Number of live entities, from the header of the commit; loads nothing. */
  count(type: EntityType): number;
  nodes(type: NodeType): Rows;
  edges(type: EdgeType): EdgeRows;
  /** Looks up one entity by id without making the type resident: for a cold process that needs one row. Null where there is none. */
  lookup(
    type: EntityType,
    id: string,
    columns: readonly PropertyId[],
    signal?: AbortSignal,
  ): Promise<RowBatch | null>;
  /** The view after one more commit, at the cost of its changes. Older views do not change. */
  advance(changes: ChangeSet, counts: ReadonlyMap<TypeId, number>): View;
  /** The same rows under another schema of the graph. What is resident of them stays so, as far as the schema leaves it what it is. */
  under(catalog: Catalog): View;
  /** A private view with uncommitted changes over this one (for a mutation that reads its own writes, or a merge candidate), at the cost of the changes. */
  overlay(changes: ChangeSet): View;
}

/** Ids of entities by ordinal. */
export interface Ids {
  idAt(ordinal: number): string;
  /** Negative when the id of `a` comes before that of `b` in byte order. */
  compareIds(a: number, b: number): number;
}

/** Resident rows of one type. */
export interface Rows extends Ids {
  readonly type: EntityType;
  readonly capacity: number;
  /** Number of live entities. */
  readonly count: number;
  isLive(ordinal: number): boolean;
  /** Live ordinals, ascending. The array may be shared: do not write to it. */
  liveOrdinals(): Uint32Array;
  /** Ordinal of an id, or -1. */
  find(id: string): number;
  /** Ordinal of each id of a column, or -1: `find` in bulk over bytes, for loads. */
  findAll(ids: TextColumn): Int32Array;
  column(property: PropertyId): Cells;
  /** The terms of a text property, for searches. They stay readable without a lease. */
  terms(property: PropertyId): TextIndex;
  /** The same rows, whose ids stay readable by `idAt` and `compareIds` without a lease. The ids must be resident. */
  withIds(): Rows;
  /** Whole rows as a batch, for images of change sets: ids, ends and every property. All of them must be resident. */
  gather(ordinals: ArrayLike<number>): RowBatch;
}

/** Resident edges: rows that also know their ends. */
export interface EdgeRows extends Rows {
  readonly edgeType: EdgeType;
  /** Ordinal of the source node of an edge; `targetOf` has that of its destination. */
  sourceOf(edge: number): number;
  targetOf(edge: number): number;
  /**
   * The ids of the nodes at an end, by the ordinals of edges; they stay readable without a lease. The ends and the ids of these nodes must be resident.
   */
  endIds(end: "src" | "dst"): Ids;
  neighbours(direction: "out" | "in"): Adjacency;
}

/** A property by ordinal. `base` has the values of ordinals below base.length that are not `isPatched`; operators scan it directly. */
export interface Cells {
  readonly base: Column | null;
  /** True when no ordinal is patched. */
  readonly clean: boolean;
  isPatched(ordinal: number): boolean;
  isNull(ordinal: number): boolean;
  /** Null, or the value; strings are decoded. */
  value(ordinal: number): Value;
  /** The value as a double: Bool as 0 or 1; I32, U32, F32, F64, Date, DateTime; I64 and U64 rounded; NaN for null. */
  number(ordinal: number): number;
  /** Total order of the language: null first, numbers exactly, text by UTF-8 bytes, false before true. */
  compare(a: number, b: number): number;
}

/** Neighbours of nodes in one direction. Of an unpatched node n: targets[offsets[n], offsets[n+1]), with edge ordinals at the same indexes. */
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
