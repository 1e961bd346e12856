import { assert } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import {
  type Column,
  type ColumnKey,
  columnSpecs,
  concatColumns,
  constantColumn,
  dictionaryOf,
  type LayerReader,
  type RowBatch,
  takeColumn,
} from "@omnigraph/storage";

/** Where rows come from when a column is loaded. */
export type Part =
  | { readonly kind: "layer"; readonly length: number; readonly reader: LayerReader }
  | { readonly kind: "batch"; readonly length: number; readonly batch: RowBatch };

/**
 * How the columns of a base are read: its parts one after another, and which of those rows each ordinal is. The order of ordinals
 * follows from the parts alone, so a column that was dropped comes back the same.
 */
export class Parts {
  readonly type: EntityType;
  readonly parts: readonly Part[];
  /** By ordinal, the row of the parts one after another; null when ordinals are those rows. */
  readonly rows: Uint32Array | null;
  /** Rows of all parts. */
  readonly total: number;

  constructor(type: EntityType, parts: readonly Part[], rows: Uint32Array | null) {
    this.type = type;
    this.parts = parts;
    this.rows = rows;
    this.total = parts.reduce((sum, part) => sum + part.length, 0);
  }

  get capacity(): number {
    return this.rows?.length ?? this.total;
  }

  /** The only layer, when ordinals are its rows. */
  get soleLayer(): LayerReader | null {
    const [first] = this.parts;
    return this.parts.length === 1 && this.rows === null && first?.kind === "layer" ? first.reader : null;
  }

  /** A column by ordinal; rows of parts that lack it get the property's default. */
  async column(key: ColumnKey): Promise<Column> {
    const { type, fill } = columnSpecs(this.type)(key);
    if (this.total === 0) return constantColumn(type, null, this.capacity);
    const columns = await Promise.all(
      this.parts
        .filter((part) => part.length > 0)
        .map(async (part) => (await readPart(part, key)) ?? constantColumn(type, fill, part.length)),
    );
    const all = joinColumns(columns);
    assert(
      all.length === this.total,
      `column ${key} of ${this.type.name} has ${all.length} of ${this.total} rows`,
    );
    return this.rows === null ? all : takeColumn(all, this.rows);
  }
}

async function readPart(part: Part, key: ColumnKey): Promise<Column | null> {
  return part.kind === "layer" ? part.reader.column(key) : (part.batch.columns.get(key) ?? null);
}

/** Columns one after another; by dictionary if one of them was and it still pays. */
export function joinColumns(columns: readonly Column[]): Column {
  const joined = concatColumns(columns);
  if (joined.kind !== "text" || !columns.some((column) => column.kind === "dictionary")) return joined;
  return dictionaryOf(joined) ?? joined;
}
