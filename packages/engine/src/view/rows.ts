import { present } from "@omnigraph/base";
import type { EdgeType, EntityType, NodeType, Property, PropertyId } from "@omnigraph/language";
import {
  appendFrom,
  type Column,
  columnBuilder,
  type ColumnKey,
  columnSpecs,
  compareBytes,
  constantColumn,
  idTextIn,
  idTexts,
  type RowBatch,
  takeColumn,
  textAt,
  TextBuilder,
  type TextColumn,
} from "@omnigraph/storage";
import { ResidentAdjacency } from "./adjacency.ts";
import type { EdgeBase, TypeBase } from "./base.ts";
import type { Ends } from "./csr.ts";
import { baseEnd, EndIds } from "./end-ids.ts";
import { CleanCells, PagedCells, PatchedCells } from "./cells.ts";
import type { TextIndex } from "../search/text-index.ts";
import { type IdPlace, idPlace, type IdValues } from "./id-values.ts";
import type { Overlay } from "./overlay.ts";
import { PatchedTerms } from "./patched-terms.ts";
import type { PagedEnds } from "./paged-csr.ts";
import type { PagedValues } from "./paged-values.ts";
import type { Adjacency, Cells, EdgeRows, Ids, Rows } from "./view.ts";

/** The rows of a type in one view: a base under an overlay. */
export class ResidentRows<Base extends TypeBase = TypeBase> implements Rows {
  readonly type: EntityType;
  readonly capacity: number;
  readonly count: number;
  protected readonly base: Base;
  protected readonly overlay: Overlay | null;
  #live: Uint32Array | null = null;
  #ids: IdValues | null = null;

  constructor(base: Base, overlay: Overlay | null, count: number) {
    this.type = base.type;
    this.base = base;
    this.overlay = overlay;
    this.capacity = overlay?.capacity ?? base.capacity;
    this.count = count;
  }

  /** Whether these are the rows of this base under this overlay. */
  shows(base: TypeBase, overlay: Overlay | null): boolean {
    return base === this.base && overlay === this.overlay;
  }

  isLive(ordinal: number): boolean {
    const version = this.overlay?.version(ordinal) ?? null;
    return version === null ? this.base.isLive(ordinal) : version.image !== null;
  }

  liveOrdinals(): Uint32Array {
    if (this.overlay === null) return this.base.liveOrdinals();
    this.#live ??= this.#patchedOrdinals(this.overlay);
    return this.#live;
  }

  find(id: string): number {
    const keys = this.base.keys.require(`the key table of ${this.type.name}`);
    const touched = this.overlay?.ordinalOf(id) ?? -1;
    if (touched < 0) return keys.find(id);
    return this.isLive(touched) ? touched : -1;
  }

  findAll(ids: TextColumn): Int32Array {
    const keys = this.base.keys.require(`the key table of ${this.type.name}`);
    const ordinals = keys.findAll(ids);
    const { overlay } = this;
    if (overlay === null) return ordinals;
    for (let i = 0; i < ordinals.length; i++) {
      const found = ordinals[i] ?? -1;
      // An id in the key table keeps its ordinal; others may be in the overlay only.
      const ordinal = found >= 0 ? found : overlay.ordinalOf(textAt(ids, i));
      ordinals[i] = ordinal >= 0 && this.isLive(ordinal) ? ordinal : -1;
    }
    return ordinals;
  }

  idAt(ordinal: number): string {
    const version = this.overlay?.version(ordinal) ?? null;
    if (version !== null && version.image !== null) return idTextIn(version.image, "id", version.row);
    const { ids, row } = idPlace(this.#baseIds(), ordinal);
    return textAt(ids, row);
  }

  compareIds(a: number, b: number): number {
    const first = this.#idPlace(a);
    const second = this.#idPlace(b);
    return compareBytes(
      first.ids.bytes,
      first.ids.offsets[first.row] ?? 0,
      first.ids.offsets[first.row + 1] ?? 0,
      second.ids.bytes,
      second.ids.offsets[second.row] ?? 0,
      second.ids.offsets[second.row + 1] ?? 0,
    );
  }

  column(property: PropertyId): Cells {
    const declared = this.#declared(property);
    const base = this.base.column(property).require(`${this.type.name}.${declared.name}`);
    if (this.overlay !== null) return new PatchedCells(declared, base, this.overlay);
    return base.kind === "paged" ? new PagedCells(base) : new CleanCells(base);
  }

  terms(property: PropertyId): TextIndex {
    const declared = this.#declared(property);
    const base = this.base.terms.of(property).require(`the terms of ${this.type.name}.${declared.name}`);
    return this.overlay === null ? base : new PatchedTerms(base, this.overlay, declared);
  }

  withIds(): Rows {
    const rows = new ResidentRows(this.base, this.overlay, this.count);
    rows.#ids = this.base.ids.value;
    return rows;
  }

  gather(ordinals: ArrayLike<number>): RowBatch {
    const rows = Uint32Array.from(ordinals);
    const columns = new Map<ColumnKey, Column>([["id", this.idsAt(rows)]]);
    for (const { id, name } of this.type.properties) {
      columns.set(
        id,
        this.#gatherColumn(id, this.base.column(id).require(`${this.type.name}.${name}`), rows),
      );
    }
    return { length: rows.length, columns };
  }

  /** The ids of some rows as a column. */
  idsAt(rows: Uint32Array): TextColumn {
    const builder = new TextBuilder(rows.length);
    for (const ordinal of rows) {
      const { ids, row } = this.#idPlace(ordinal);
      builder.appendBytes(ids.bytes, ids.offsets[row] ?? 0, ids.offsets[row + 1] ?? 0);
    }
    return builder.finishText();
  }

  #declared(property: PropertyId): Property {
    return present(this.type.propertyById.get(property), `property ${property} of ${this.type.name}`);
  }

  #gatherColumn(key: PropertyId, base: Column | PagedValues, rows: Uint32Array): Column {
    const { overlay } = this;
    const isBase = overlay === null || rows.every((ordinal) => !overlay.mayHave(ordinal));
    if (isBase && base.kind !== "paged") return takeColumn(base, rows);
    const { type, fill } = columnSpecs(this.type)(key);
    const builder = columnBuilder(type, rows.length);
    let defaults: Column | null = null;
    for (const ordinal of rows) {
      const version = overlay?.version(ordinal) ?? null;
      const column = version?.image?.columns.get(key);
      if (version !== null && column !== undefined) appendFrom(builder, column, version.row);
      else if (version !== null) appendFrom(builder, (defaults ??= constantColumn(type, fill, 1)), 0);
      else if (base.kind === "paged") appendFrom(builder, base.columnAt(ordinal), base.rowAt(ordinal));
      else appendFrom(builder, base, ordinal);
    }
    return builder.finish();
  }

  #idPlace(ordinal: number): IdPlace {
    const version = this.overlay?.version(ordinal) ?? null;
    if (version !== null && version.image !== null)
      return { ids: idTexts(version.image, "id"), row: version.row };
    return idPlace(this.#baseIds(), ordinal);
  }

  #baseIds(): IdValues {
    return this.#ids ?? this.base.ids.require(`the ids of ${this.type.name}`);
  }

  /** The live ordinals of the base with the versions of the overlay applied: copies the runs between them. */
  #patchedOrdinals(overlay: Overlay): Uint32Array {
    const base = this.base.liveOrdinals();
    const versions = [...overlay.visible()].toSorted((a, b) => a.ordinal - b.ordinal);
    const ordinals = new Uint32Array(base.length + versions.length);
    let length = 0;
    let from = 0;
    for (const { ordinal, image } of versions) {
      const to = lowerBound(base, ordinal, from);
      ordinals.set(base.subarray(from, to), length);
      length += to - from;
      from = base[to] === ordinal ? to + 1 : to;
      if (image !== null) ordinals[length++] = ordinal;
    }
    ordinals.set(base.subarray(from), length);
    return ordinals.subarray(0, length + base.length - from);
  }
}

/** Index, at or after `from`, of the first of the ascending numbers that is not below `bound`. */
function lowerBound(ascending: Uint32Array, bound: number, from: number): number {
  let low = from;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rows of an edge type in one view. */
export class ResidentEdges extends ResidentRows<EdgeBase> implements EdgeRows {
  readonly edgeType: EdgeType;
  readonly #nodes: (type: NodeType) => ResidentRows;

  /** `nodes` gives the rows of a node type in the same view. */
  constructor(
    base: EdgeBase,
    overlay: Overlay | null,
    count: number,
    nodes: (type: NodeType) => ResidentRows,
  ) {
    super(base, overlay, count);
    this.edgeType = base.edgeType;
    this.#nodes = nodes;
  }

  sourceOf(edge: number): number {
    return this.#endOf(edge, "sources");
  }

  targetOf(edge: number): number {
    return this.#endOf(edge, "targets");
  }

  neighbours(direction: "out" | "in"): Adjacency {
    const csr = this.base.adjacency(direction).require(`the adjacency of ${this.type.name}`);
    const { from, to } = this.edgeType;
    const { capacity } = this.#nodes(direction === "out" ? from : to);
    return new ResidentAdjacency(csr, direction, this.overlay, capacity);
  }

  override gather(ordinals: ArrayLike<number>): RowBatch {
    const batch = super.gather(ordinals);
    const edges = Uint32Array.from(ordinals);
    const columns = new Map(batch.columns);
    columns.set("src", this.#nodes(this.edgeType.from).idsAt(edges.map((edge) => this.sourceOf(edge))));
    columns.set("dst", this.#nodes(this.edgeType.to).idsAt(edges.map((edge) => this.targetOf(edge))));
    return { length: batch.length, columns };
  }

  endIds(end: "src" | "dst"): Ids {
    const { from, to } = this.edgeType;
    return end === "src"
      ? new EndIds(this.#ends(), this.overlay, "sources", this.#nodes(from).withIds())
      : new EndIds(this.#ends(), this.overlay, "targets", this.#nodes(to).withIds());
  }

  #endOf(edge: number, end: keyof Ends): number {
    const version = this.overlay?.version(edge) ?? null;
    if (version !== null) return version.segment.ends[end][version.position] ?? -1;
    return baseEnd(this.#ends(), edge, end);
  }

  #ends(): Ends | PagedEnds {
    return this.base.ends.require(`the ends of ${this.type.name}`);
  }
}
