import { assert, inTurns, OmnigraphError } from "@omnigraph/base";
import type { EdgeType, EntityType, NodeType } from "@omnigraph/language";
import {
  bitAt,
  type Column,
  type ColumnKey,
  countBits,
  IdTable,
  type TextColumn,
  asIdTexts,
} from "@omnigraph/storage";
import { DistanceKernel } from "../search/vectors/kernel.ts";
import { columnBytes } from "./bytes.ts";
import { buildCsr, type Csr, csrBytes, type Ends, endsBytes, endsOf } from "./csr.ts";
import { type AnySlot, type Memory, type Pages, Slot } from "./memory-pool.ts";
import type { IdValues } from "./id-values.ts";
import { isPaged, type PagedCsr, type PagedEnds, spillingCsr, spillingEnds } from "./paged-csr.ts";
import { makingKeys, PagedKeys } from "./paged-keys.ts";
import { partsOf } from "./needs.ts";
import type { PagedValues } from "./paged-values.ts";
import { type Parts } from "./parts.ts";
import { TermSlots } from "./term-slots.ts";
import type { Need, Residence, ViewPart } from "./view.ts";

/**
 * The rows of a type at one commit, by ordinal, and the structures derived from them. Each structure is loaded when it is needed and may be dropped.
 * Views apply later changes as overlays.
 */
export class TypeBase {
  readonly type: EntityType;
  readonly parts: Parts;
  readonly capacity: number;
  /** One bit per ordinal; null when all are live. */
  readonly live: Uint8Array | null;
  /** Number of live ordinals. */
  readonly size: number;
  /** The live ordinals, ascending. */
  readonly all: Slot<Uint32Array>;
  readonly ids: Slot<IdValues>;
  /** Live rows by id. */
  readonly keys: Slot<IdTable | PagedKeys>;
  readonly terms: TermSlots;
  readonly #columns: Map<ColumnKey, Slot<Column | PagedValues>>;
  readonly #memory: Memory;

  /** `same` is a base of the same rows under another schema: what it has resident is shared. */
  constructor(parts: Parts, live: Uint8Array | null, memory: Memory, same: TypeBase | null = null) {
    this.type = parts.type;
    this.parts = parts;
    this.capacity = parts.capacity;
    this.live = live;
    this.size = live === null ? this.capacity : countBits(live, this.capacity);
    this.#memory = memory;
    this.#columns = same?.columnsFor(parts.type) ?? new Map();
    this.all = same?.all ?? new Slot(memory, (ordinals) => ordinals.byteLength);
    this.ids = same?.ids ?? new Slot<IdValues>(memory, valuesBytes);
    this.keys = same?.keys ?? new Slot(memory, (keys) => (keys instanceof PagedKeys ? 0 : keys.byteLength));
    this.terms = same?.terms ?? new TermSlots(memory);
    if (same === null) this.ids.dropsWith(this.keys);
  }

  /** The same rows of the type as it is in another schema. */
  under(type: EntityType): TypeBase {
    return new TypeBase(this.parts.under(type), this.live, this.#memory, this);
  }

  /** The columns that are the same for the type as it is in another schema: all but those of properties that are dropped there, or widened. */
  columnsFor({ propertyById }: EntityType): Map<ColumnKey, Slot<Column | PagedValues>> {
    const isSame = (key: ColumnKey): boolean => {
      if (key === "id" || key === "src" || key === "dst") return true;
      return this.type.propertyById.get(key)?.type.scalar === propertyById.get(key)?.type.scalar;
    };
    return new Map([...this.#columns].filter(([key]) => isSame(key)));
  }

  isLive(ordinal: number): boolean {
    return ordinal < this.capacity && (this.live === null || bitAt(this.live, ordinal));
  }

  column(key: ColumnKey): Slot<Column | PagedValues> {
    let slot = this.#columns.get(key);
    if (slot === undefined) {
      slot = new Slot(this.#memory, valuesBytes);
      this.#columns.set(key, slot);
    }
    return slot;
  }

  /** Columns that are resident as a whole. */
  *residentColumns(): Iterable<readonly [ColumnKey, Column]> {
    for (const [key, slot] of this.#columns) {
      const column = slot.value;
      if (column !== null && column.kind !== "paged") yield [key, column];
    }
  }

  /** Whether all structures of a need are resident. */
  holds(need: Need): boolean {
    if ((need.ids || need.keys) && !this.ids.isResident) return false;
    if (need.keys && !this.keys.isResident) return false;
    for (const property of need.columns) if (!this.column(property).isResident) return false;
    for (const property of need.terms) if (!this.terms.of(property).isResident) return false;
    return true;
  }

  /** Makes the structures of a need resident. */
  async load(need: Need): Promise<void> {
    await Promise.all([
      need.keys || need.ids ? this.loadIds() : null,
      need.keys ? this.loadKeys() : null,
      ...Array.from(need.columns, (property) => this.loadColumn(property)),
      ...Array.from(need.terms, (property) => this.terms.load(property, this)),
    ]);
  }

  /** The slots of the structures of a need. */
  slotsOf(need: Need): readonly AnySlot[] {
    return partsOf(need).map((part) => this.slotOf(part));
  }

  slotOf(part: ViewPart): AnySlot {
    switch (part.kind) {
      case "column":
        return this.column(part.property);
      case "terms":
        return this.terms.of(part.property);
      case "ids":
        return this.ids;
      case "keys":
        return this.keys;
      case "out":
      case "in":
      case "ends":
        throw new OmnigraphError("internal", `invariant broken: ${this.type.name} has no ${part.kind}`);
    }
  }

  /** Where a structure is now. */
  residence(part: ViewPart): Residence {
    const { peeked, bytes } = this.slotOf(part);
    const place = peeked === null ? null : isByPages(peeked) ? "pages" : "memory";
    return { type: this.type, part, place, bytes };
  }

  /** The live ordinals, ascending. */
  liveOrdinals(): Uint32Array {
    const held = this.all.value;
    if (held !== null) return held;
    const ordinals = new Uint32Array(this.size);
    let k = 0;
    for (let o = 0; o < this.capacity; o++) if (this.isLive(o)) ordinals[k++] = o;
    this.all.setInRun(ordinals);
    return ordinals;
  }

  loadColumn(key: ColumnKey): Promise<Column | PagedValues> {
    return this.column(key).load(
      async () =>
        (await this.parts.paged(key, this.#memory.pages)) ??
        DistanceKernel.holding(await this.parts.column(key)),
    );
  }

  loadIds(): Promise<IdValues> {
    return this.ids.load(async () => {
      const { pages } = this.#memory;
      return (
        this.keys.value?.ids ??
        (await this.parts.paged("id", pages)) ??
        asIdTexts(await this.parts.column("id"))
      );
    });
  }

  loadKeys(): Promise<IdTable | PagedKeys> {
    return this.keys.load(async () => {
      const { pages } = this.#memory;
      const ids = await this.loadIds();
      if (ids.kind === "text" && this.size * KEY_BYTES <= pages.edgesAbove) return this.keyTable(ids);
      return inTurns(makingKeys(ids, this.capacity, (ordinal) => this.isLive(ordinal), pages));
    });
  }

  /** The key table over the ids of the base. */
  keyTable(ids: TextColumn): IdTable {
    if (this.live === null) return IdTable.of(ids);
    const table = new IdTable(ids, this.size);
    for (let o = 0; o < this.capacity; o++) if (this.isLive(o)) table.insert(o);
    return table;
  }
}

/** Bytes that the key table takes for each id, at most. */
const KEY_BYTES = 32;

function isByPages(structure: object): boolean {
  return structure instanceof PagedKeys || ("kind" in structure && structure.kind === "paged");
}

function valuesBytes(values: Column | PagedValues): number {
  return values.kind === "paged" ? 0 : columnBytes(values);
}

/** Finds nodes in the view for which an edge base was made. */
export interface NodeFinder {
  /** Answers, for a column of ids of nodes, the ordinal for each row; -1 where there is no such node. */
  finder(type: NodeType): Promise<(ids: Column) => Int32Array>;
  /** Ordinals of the type are below this number. The type must be open. */
  nodeCapacity(type: NodeType): number;
}

/** The rows of an edge type, with their ends and adjacency as node ordinals. */
export class EdgeBase extends TypeBase {
  readonly edgeType: EdgeType;
  readonly ends: Slot<Ends | PagedEnds>;
  readonly out: Slot<Csr | PagedCsr>;
  readonly in: Slot<Csr | PagedCsr>;
  readonly #nodes: NodeFinder;
  readonly #pages: Memory;
  #resolving: Promise<Ends | PagedEnds> | null = null;

  constructor(
    edgeType: EdgeType,
    parts: Parts,
    live: Uint8Array | null,
    memory: Memory,
    nodes: NodeFinder,
    same: EdgeBase | null = null,
  ) {
    super(parts, live, memory, same);
    this.edgeType = edgeType;
    this.#nodes = nodes;
    this.#pages = memory;
    this.ends = same?.ends ?? new Slot(memory, (ends) => (isPaged(ends) ? 0 : endsBytes(ends)));
    this.out = same?.out ?? new Slot(memory, adjacencyBytes);
    this.in = same?.in ?? new Slot(memory, adjacencyBytes);
  }

  override under(type: EntityType): TypeBase {
    assert(type.kind === "edge", `${type.name} is a type of edges in every schema`);
    return new EdgeBase(type, this.parts.under(type), this.live, this.#pages, this.#nodes, this);
  }

  adjacency(direction: "out" | "in"): Slot<Csr | PagedCsr> {
    return direction === "out" ? this.out : this.in;
  }

  /** True when ends are resident in some form; then those of later commits should be resolved too. */
  get knowsEnds(): boolean {
    return this.ends.isResident || this.out.isResident || this.in.isResident;
  }

  /** The ends, if all of them are in memory in any form; else null. */
  residentEnds(): Ends | null {
    const ends = this.ends.value;
    if (ends !== null) return isPaged(ends) ? null : ends;
    const out = this.out.value;
    if (out !== null) return isPaged(out) ? null : endsOf(out, "out", this.capacity);
    const into = this.in.value;
    return into === null || isPaged(into) ? null : endsOf(into, "in", this.capacity);
  }

  loadEnds(): Promise<Ends | PagedEnds> {
    return this.ends.load(() => this.#findEnds());
  }

  loadAdjacency(direction: "out" | "in"): Promise<Csr | PagedCsr> {
    return this.adjacency(direction).load(async () => {
      const ends = await this.#findEnds();
      return isPaged(ends) ? this.#pagedCsr(ends, direction) : this.csr(ends, direction);
    });
  }

  csr({ sources, targets }: Ends, direction: "out" | "in"): Csr {
    const { from, to } = this.edgeType;
    return direction === "out"
      ? buildCsr(sources, targets, this.#nodes.nodeCapacity(from), this.live)
      : buildCsr(targets, sources, this.#nodes.nodeCapacity(to), this.live);
  }

  override holds(need: Need): boolean {
    return (
      super.holds(need) &&
      (!need.ends || this.ends.isResident) &&
      (!need.out || this.out.isResident) &&
      (!need.in || this.in.isResident)
    );
  }

  override slotOf(part: ViewPart): AnySlot {
    switch (part.kind) {
      case "ends":
        return this.ends;
      case "out":
      case "in":
        return this.adjacency(part.kind);
      case "column":
      case "terms":
      case "ids":
      case "keys":
        return super.slotOf(part);
    }
  }

  override async load(need: Need): Promise<void> {
    await Promise.all([
      super.load(need),
      need.ends ? this.loadEnds() : null,
      need.out ? this.loadAdjacency("out") : null,
      need.in ? this.loadAdjacency("in") : null,
    ]);
  }

  #pagedCsr({ sources, targets }: PagedEnds, direction: "out" | "in"): Promise<PagedCsr> {
    const { from, to } = this.edgeType;
    const { live } = this;
    const { pages } = this.#pages;
    return inTurns(
      direction === "out"
        ? spillingCsr(sources, targets, this.#nodes.nodeCapacity(from), live, pages)
        : spillingCsr(targets, sources, this.#nodes.nodeCapacity(to), live, pages),
    );
  }

  /** Resolves the ids of the ends; structures that are made at the same time share the result. */
  #findEnds(): Promise<Ends | PagedEnds> {
    const resident = this.residentEnds() ?? this.ends.value;
    if (resident !== null) return Promise.resolve(resident);
    this.#resolving ??= this.#resolve().finally(() => {
      this.#resolving = null;
    });
    return this.#resolving;
  }

  async #resolve(): Promise<Ends | PagedEnds> {
    const { from, to } = this.edgeType;
    if (this.capacity * ENDS_BYTES > this.#pages.pages.edgesAbove) return this.#spillEnds();
    // Not all at once: a column of ids is large.
    const [source, src] = await Promise.all([this.#nodes.finder(from), this.parts.column("src")]);
    const sources = source(src);
    const [target, dst] = await Promise.all([this.#nodes.finder(to), this.parts.column("dst")]);
    return { sources, targets: target(dst) };
  }

  async #spillEnds(): Promise<PagedEnds> {
    const { from, to } = this.edgeType;
    const { pages } = this.#pages;
    const src = nodesOfRows(await this.#values("src", pages), await this.#nodes.finder(from));
    const dst = nodesOfRows(await this.#values("dst", pages), await this.#nodes.finder(to));
    const ends = await inTurns(spillingEnds(this.capacity, src, dst, pages));
    this.ends.set(ends);
    return ends;
  }

  async #values(key: "src" | "dst", pages: Pages): Promise<Column | PagedValues> {
    return (await this.parts.paged(key, pages)) ?? this.parts.column(key);
  }
}

/** Bytes that the ends of an edge take. */
const ENDS_BYTES = 8;

function adjacencyBytes(csr: Csr | PagedCsr): number {
  return isPaged(csr) ? csr.offsets.byteLength : csrBytes(csr);
}

/** The ordinals of the nodes that a column names, for ranges of its rows. */
function nodesOfRows(
  values: Column | PagedValues,
  find: (ids: Column) => Int32Array,
): (from: number, to: number) => Int32Array {
  if (values.kind !== "paged") {
    const nodes = find(values);
    return (from, to) => nodes.subarray(from, to);
  }
  let page: Column | null = null;
  let onPage: Int32Array = new Int32Array(0);
  return (from, to) => {
    const nodes = new Int32Array(to - from);
    for (let i = 0; i < nodes.length; i++) {
      const column = values.columnAt(from + i);
      if (column !== page) onPage = find((page = column));
      nodes[i] = onPage[values.rowAt(from + i)]!;
    }
    return nodes;
  };
}
