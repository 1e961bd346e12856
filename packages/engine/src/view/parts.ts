import { assert, atOnce, inTurns, STEP_ROWS, type Value } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import {
  type Column,
  type ColumnKey,
  columnSpecs,
  type ColumnType,
  concatColumns,
  constantColumn,
  dictionaryOf,
  gathering,
  type LayerReader,
  type RowBatch,
} from "@omnigraph/storage";
import type { Pages } from "./memory-pool.ts";
import { restatedBatch, restatedReader } from "./restated.ts";
import { PagedValues, type ValuesPart } from "./paged-values.ts";

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

  /** The same rows of a type as it is in another schema. */
  under(type: EntityType): Parts {
    return new Parts(
      type,
      this.parts.map((part) => partUnder(type, part)),
      this.rows,
    );
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
    return this.gathered(key, columns);
  }

  /** A column by ordinal, given that of each part that has rows. */
  async gathered(key: ColumnKey, columns: readonly Column[]): Promise<Column> {
    const length = columns.reduce((sum, column) => sum + column.length, 0);
    assert(length === this.total, `column ${key} of ${this.type.name} has ${length} of ${this.total} rows`);
    const steps = gathering(columns, this.rows);
    return this.total <= STEP_ROWS ? atOnce(steps) : inTurns(steps);
  }

  /** A column by ordinal that is read by pages as far as it can be; null where no part of it is to be. */
  async paged(key: ColumnKey, pages: Pages): Promise<PagedValues | null> {
    const { type, fill } = columnSpecs(this.type)(key);
    const parts = this.parts.filter((part) => part.length > 0);
    const paged = await Promise.all(
      parts.map(async (part) =>
        part.kind === "layer" ? part.reader.paged(key, pages.columnsAbove, pages) : null,
      ),
    );
    if (paged.every((pages) => pages === null)) return null;
    const values = parts.map(async (part, k): Promise<ValuesPart> => {
      const { length } = part;
      const column = paged[k] ?? null;
      if (column !== null) return { kind: "paged", length, pages: column };
      return wholePart(await readPart(part, key), length, type, fill);
    });
    return new PagedValues(await Promise.all(values), this.rows);
  }
}

function partUnder(type: EntityType, part: Part): Part {
  return part.kind === "layer"
    ? { ...part, reader: restatedReader(type, part.reader) }
    : { ...part, batch: restatedBatch(type, part.batch) };
}

/** A part that is not read by pages. */
function wholePart(column: Column | null, length: number, type: ColumnType, fill: Value): ValuesPart {
  if (column !== null) return { kind: "column", length, column };
  return { kind: "same", length, column: constantColumn(type, fill, 1) };
}

/** A column of a part; null where the part lacks it. */
export async function readPart(part: Part, key: ColumnKey): Promise<Column | null> {
  return part.kind === "layer" ? part.reader.column(key) : (part.batch.columns.get(key) ?? null);
}

/** Concatenates columns; dictionary-encoded if one of them was and it still pays off. */
export function joinColumns(columns: readonly Column[]): Column {
  const joined = concatColumns(columns);
  if (joined.kind !== "text" || !columns.some((column) => column.kind === "dictionary")) return joined;
  return dictionaryOf(joined) ?? joined;
}
