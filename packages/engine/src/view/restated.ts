import { present } from "@omnigraph/base";
import type { EntityType } from "@omnigraph/language";
import {
  type Column,
  type ColumnKey,
  columnSpecs,
  type LayerReader,
  type PagedColumn,
  type PageMemory,
  type RowBatch,
  type TypeChanges,
  widened,
} from "@omnigraph/storage";
import type { Piece, SnapshotSource } from "./source.ts";

/**
 * Rows that were written under an earlier schema, as a type has them now: without the columns of dropped properties, and with numbers in the wider type that a
 * property has got. Columns that are missing stay missing. Rows of the present schema are answered as they are.
 */
export function restatedBatch(type: EntityType, batch: RowBatch): RowBatch {
  const specs = columnSpecs(type);
  let differs = false;
  const columns = new Map<ColumnKey, Column>();
  for (const [key, column] of batch.columns) {
    const property = isId(key) ? undefined : type.propertyById.get(key);
    const known = isId(key) || property !== undefined;
    const now = property?.widened === true ? widened(column, specs(key).type) : column;
    if (known) columns.set(key, now);
    differs ||= !known || now !== column;
  }
  return differs ? { length: batch.length, columns } : batch;
}

/** As `restatedBatch`, of changes. */
export function restatedChanges(type: EntityType, changes: TypeChanges): TypeChanges {
  const after = restatedBatch(type, changes.after);
  const before = restatedBatch(type, changes.before);
  return after === changes.after && before === changes.before ? changes : { ...changes, after, before };
}

/** As `restatedBatch`, of a layer. */
export function restatedReader(type: EntityType, reader: LayerReader): LayerReader {
  return type.properties.some((property) => property.widened === true)
    ? new RestatedReader(type, reader)
    : reader;
}

/** The rows of a type in a snapshot, piece by piece, as the type has them now. */
export async function piecesOf(
  source: SnapshotSource,
  type: EntityType,
  signal?: AbortSignal,
): Promise<readonly Piece[]> {
  const pieces = await source.pieces(type.id, signal);
  return pieces.map((piece) =>
    piece.kind === "layer"
      ? { kind: "layer", reader: restatedReader(type, piece.reader) }
      : { kind: "changes", changes: piece.changes.map((changes) => restatedChanges(type, changes)) },
  );
}

function isId(key: ColumnKey): key is "id" | "src" | "dst" {
  return key === "id" || key === "src" || key === "dst";
}

/** A layer whose narrower numbers are read as wider ones. */
class RestatedReader implements LayerReader {
  readonly entry: LayerReader["entry"];
  readonly #type: EntityType;
  readonly #reader: LayerReader;

  constructor(type: EntityType, reader: LayerReader) {
    this.entry = reader.entry;
    this.#type = type;
    this.#reader = reader;
  }

  prepare(signal?: AbortSignal): Promise<void> {
    return this.#reader.prepare(signal);
  }

  async column(key: ColumnKey, signal?: AbortSignal): Promise<Column | null> {
    const column = await this.#reader.column(key, signal);
    return column === null ? null : this.#restated(key, column);
  }

  async paged(
    key: ColumnKey,
    above: number,
    memory: PageMemory,
    signal?: AbortSignal,
  ): Promise<PagedColumn | null> {
    const pages = await this.#reader.paged(key, above, memory, signal);
    if (pages === null) return null;
    const { length, pageBits } = pages;
    return { length, pageBits, page: (n) => this.#restated(key, pages.page(n)) };
  }

  tombstones(signal?: AbortSignal): ReturnType<LayerReader["tombstones"]> {
    return this.#reader.tombstones(signal);
  }

  find(id: string, signal?: AbortSignal): Promise<number> {
    return this.#reader.find(id, signal);
  }

  async lookUp(
    id: string,
    keys: readonly ColumnKey[],
    signal?: AbortSignal,
  ): ReturnType<LayerReader["lookUp"]> {
    const found = await this.#reader.lookUp(id, keys, signal);
    return found === null ? null : { ...found, batch: restatedBatch(this.#type, found.batch) };
  }

  index(signal?: AbortSignal): ReturnType<LayerReader["index"]> {
    return this.#reader.index(signal);
  }

  async take(rows: readonly number[], keys: readonly ColumnKey[], signal?: AbortSignal): Promise<RowBatch> {
    return restatedBatch(this.#type, await this.#reader.take(rows, keys, signal));
  }

  #restated(key: ColumnKey, column: Column): Column {
    const batch = restatedBatch(this.#type, { length: column.length, columns: new Map([[key, column]]) });
    return present(batch.columns.get(key), "column of a property");
  }
}
