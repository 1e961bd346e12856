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

/** A source of rows when a column is loaded. */
export type Part =
  | { readonly kind: "layer"; readonly length: number; readonly reader: LayerReader }
  | { readonly kind: "batch"; readonly length: number; readonly batch: RowBatch };

/**
 * How the columns of a base are read: the parts one after another, and for each ordinal its row in them. The order of ordinals follows from the parts
 * alone, so a column that was dropped is the same when it is loaded again.
 */
export class Parts {
  readonly type: EntityType;
  readonly parts: readonly Part[];
  /** By ordinal its row in the concatenated parts; null when ordinals equal rows. */
  readonly rows: Uint32Array | null;
  /** Number of rows of all parts. */
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

  /** The layer, when it is the only part and ordinals equal its rows; else null. */
  get soleLayer(): LayerReader | null {
    const [first] = this.parts;
    return this.parts.length === 1 && this.rows === null && first?.kind === "layer" ? first.reader : null;
  }

  /** A column by ordinal; rows of parts that lack the column have the default of the property. */
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

/** Concatenates columns; dictionary-encoded if one of them was and it still pays off. */
export function joinColumns(columns: readonly Column[]): Column {
  const joined = concatColumns(columns);
  if (joined.kind !== "text" || !columns.some((column) => column.kind === "dictionary")) return joined;
  return dictionaryOf(joined) ?? joined;
}
