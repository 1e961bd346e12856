import { OmnigraphError, present } from "@omnigraph/base";
import type { Catalog, EntityType, NodeType, PropertyId } from "@omnigraph/language";
import { type Column, columnType, constantColumn, type RowBatch, textAt } from "@omnigraph/storage";
import type { TextIndex } from "../search/text-index.ts";
import { CleanCells } from "./cells.ts";
import type { Cells, EdgeRows, Lease, Residence, Rows, View } from "./view.ts";

function beyond(what: string): OmnigraphError {
  return new OmnigraphError("internal", `invariant broken: a looked-up row has no ${what}`);
}

/** The rows of a type that has only the node that was looked up, if it exists. */
class LookedUpRows implements Rows {
  readonly type: EntityType;
  readonly capacity: number;
  readonly count: number;
  readonly #id: string;
  readonly #row: RowBatch | null;

  constructor(type: EntityType, id: string, row: RowBatch | null) {
    this.type = type;
    this.#id = id;
    this.#row = row;
    this.capacity = row === null ? 0 : 1;
    this.count = this.capacity;
  }

  isLive(ordinal: number): boolean {
    return ordinal < this.count;
  }

  liveOrdinals(): Uint32Array {
    return new Uint32Array(this.count);
  }

  find(id: string): number {
    return this.#row !== null && id === this.#id ? 0 : -1;
  }

  findAll(ids: Extract<Column, { kind: "text" }>): Int32Array {
    return Int32Array.from({ length: ids.length }, (_, i) => this.find(textAt(ids, i)));
  }

  idAt(): string {
    return this.#id;
  }

  compareIds(): number {
    return 0;
  }

  column(property: PropertyId): Cells {
    const { type } = present(this.type.propertyById.get(property), "property of a looked-up row");
    return new CleanCells(
      this.#row?.columns.get(property) ?? constantColumn(columnType(type), null, this.count),
    );
  }

  terms(): TextIndex {
    throw beyond("terms of all rows");
  }

  withIds(): Rows {
    return this;
  }

  gather(): RowBatch {
    throw beyond("whole image");
  }
}

/** A view of one node, for a query that reads nothing else. */
export class OneRowView implements View {
  readonly catalog: Catalog;
  readonly #rows: LookedUpRows;

  constructor(catalog: Catalog, type: NodeType, id: string, row: RowBatch | null) {
    this.catalog = catalog;
    this.#rows = new LookedUpRows(type, id, row);
  }

  has(): boolean {
    return true;
  }

  async load(): Promise<void> {}

  pin(): Lease {
    return { release: () => {} };
  }

  residence(): readonly Residence[] {
    return [];
  }

  async catchUp(): Promise<void> {}

  async hold(): Promise<Lease> {
    return this.pin();
  }

  count(): number {
    return this.#rows.count;
  }

  nodes(): Rows {
    return this.#rows;
  }

  edges(): EdgeRows {
    throw beyond("edges");
  }

  lookup(): Promise<RowBatch | null> {
    throw beyond("other rows");
  }

  advance(): View {
    throw beyond("later view");
  }

  under(): View {
    throw beyond("other schema");
  }

  overlay(): View {
    throw beyond("overlay");
  }
}
