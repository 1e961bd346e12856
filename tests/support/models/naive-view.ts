import { OmnigraphError, type Value } from "@omnigraph/base";
import type { Adjacency, Cells, EdgeRows, Rows, View } from "@omnigraph/engine";
import type { Catalog, EdgeType, EntityType, PropertyId } from "@omnigraph/language";
import { type RowBatch, type TextColumn, textAt } from "@omnigraph/storage";
import { ScannedTexts } from "../../../packages/engine/src/search/scanned-texts.ts";
import type { TextIndex } from "../../../packages/engine/src/search/text-index.ts";
import { byBytes } from "../stores/memory-layer.ts";
import type { Model, ModelRow } from "./view-model.ts";

function unsupported(what: string): OmnigraphError {
  return new OmnigraphError("internal", `the naive view has no ${what}`);
}

function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === "string" && typeof b === "string") return byBytes(a, b);
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = compareValues(a[i] ?? null, b[i] ?? null);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  return Number(a > b) - Number(a < b);
}

/** A snapshot without any derived structure: ids are found and neighbours sought by looking at every row. For comparisons. */
export class NaiveView implements View {
  readonly catalog: Catalog;
  readonly #model: Model;
  readonly #rows = new Map<string, NaiveRows>();

  constructor(catalog: Catalog, model: Model) {
    this.catalog = catalog;
    this.#model = model;
  }

  has(): boolean {
    return true;
  }

  async load(): Promise<void> {}

  pin(): { release(): void } {
    return { release: () => {} };
  }

  residence(): never[] {
    return [];
  }

  async catchUp(): Promise<void> {}

  async hold(): Promise<{ release(): void }> {
    return this.pin();
  }

  count(type: EntityType): number {
    return this.#rowsOf(type).count;
  }

  nodes(type: EntityType): Rows {
    return this.#rowsOf(type);
  }

  edges(type: EdgeType): EdgeRows {
    return this.#rowsOf(type);
  }

  lookup(): Promise<RowBatch | null> {
    throw unsupported("look-ups");
  }

  advance(): View {
    throw unsupported("later views");
  }

  under(): View {
    throw unsupported("other schemas");
  }

  overlay(): View {
    throw unsupported("overlays");
  }

  #rowsOf(type: EntityType): NaiveRows {
    const known = this.#rows.get(type.name);
    if (known !== undefined) return known;
    const rows = new NaiveRows(type, [...(this.#model.get(type.name)?.values() ?? [])], (other) =>
      this.#rowsOf(other),
    );
    this.#rows.set(type.name, rows);
    return rows;
  }
}

class NaiveRows implements EdgeRows {
  readonly type: EntityType;
  readonly capacity: number;
  readonly count: number;
  readonly #rows: readonly ModelRow[];
  readonly #others: (type: EntityType) => NaiveRows;

  constructor(type: EntityType, rows: readonly ModelRow[], others: (type: EntityType) => NaiveRows) {
    this.type = type;
    this.#rows = rows;
    this.capacity = rows.length;
    this.count = rows.length;
    this.#others = others;
  }

  get edgeType(): EdgeType {
    if (this.type.kind !== "edge") throw unsupported("edges of a node type");
    return this.type;
  }

  isLive(ordinal: number): boolean {
    return ordinal < this.count;
  }

  liveOrdinals(): Uint32Array {
    return Uint32Array.from({ length: this.count }, (_, ordinal) => ordinal);
  }

  find(id: string): number {
    return this.#rows.findIndex((row) => row.get("id") === id);
  }

  findAll(ids: TextColumn): Int32Array {
    return Int32Array.from({ length: ids.length }, (_, i) => this.find(textAt(ids, i)));
  }

  idAt(ordinal: number): string {
    return String(this.#rows[ordinal]?.get("id"));
  }

  withIds(): Rows {
    return this;
  }

  compareIds(a: number, b: number): number {
    return byBytes(this.idAt(a), this.idAt(b));
  }

  column(property: PropertyId): Cells {
    const value = (ordinal: number): Value => this.#rows[ordinal]?.get(property) ?? null;
    return {
      base: null,
      clean: false,
      isPatched: () => true,
      isNull: (ordinal) => value(ordinal) === null,
      value,
      number: (ordinal) => (value(ordinal) === null ? Number.NaN : Number(value(ordinal))),
      compare: (a, b) => compareValues(value(a), value(b)),
    };
  }

  terms(property: PropertyId): TextIndex {
    return new ScannedTexts(this.count, (ordinal) => {
      const text = this.#rows[ordinal]?.get(property);
      return typeof text === "string" ? text : null;
    });
  }

  gather(): RowBatch {
    throw unsupported("images");
  }

  sourceOf(edge: number): number {
    return this.#others(this.edgeType.from).find(String(this.#rows[edge]?.get("src")));
  }

  targetOf(edge: number): number {
    return this.#others(this.edgeType.to).find(String(this.#rows[edge]?.get("dst")));
  }

  endIds(end: "src" | "dst"): ReturnType<EdgeRows["endIds"]> {
    const idAt = (edge: number): string => String(this.#rows[edge]?.get(end));
    return { idAt, compareIds: (a, b) => byBytes(idAt(a), idAt(b)) };
  }

  neighbours(direction: "out" | "in"): Adjacency {
    const none = new Uint32Array(0);
    const of = (node: number): { readonly targets: Uint32Array; readonly edges: Uint32Array } => {
      const edges = this.liveOrdinals().filter(
        (edge) => (direction === "out" ? this.sourceOf(edge) : this.targetOf(edge)) === node,
      );
      const targets = edges.map((edge) => (direction === "out" ? this.targetOf(edge) : this.sourceOf(edge)));
      return { edges, targets };
    };
    return {
      offsets: Uint32Array.of(0),
      targets: none,
      edges: none,
      clean: false,
      isPatched: () => true,
      of,
      degree: (node) => of(node).edges.length,
    };
  }
}
