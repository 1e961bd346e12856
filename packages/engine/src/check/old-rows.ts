import type { EntityType } from "@omnigraph/language";
import {
  asIdTexts,
  columnIn,
  columnKeys,
  equalAt,
  idColumn,
  IdTable,
  idTextIn,
  type LayerReader,
  type RowBatch,
  textAt,
} from "@omnigraph/storage";
import { wholeBatch } from "../commit-changes/touch.ts";
import type { Piece } from "../view/source.ts";

/** Rows of a layer whose ids are read in the time of a few finds. */
const ROWS_PER_FIND = 1000;

interface Image {
  readonly rows: RowBatch;
  readonly row: number;
}

/**
 * Compares the old rows that commits carry with the rows that were there before them: merges, diffs and the change feed go by the old ones, and answers of queries
 * would not show that they are wrong. At most `limit` problems, each a clause.
 */
export async function oldRowProblems(
  type: EntityType,
  pieces: readonly Piece[],
  limit: number,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const asked = idsOfOldRows(pieces);
  if (asked.size === 0) return [];
  const walk = new OldRows(type, asked);
  for (const piece of pieces) {
    signal?.throwIfAborted();
    if (piece.kind === "layer") await walk.layer(piece.reader, signal);
    else for (const changes of piece.changes) walk.changes(changes);
    if (walk.problems.length >= limit) break;
  }
  return walk.problems.slice(0, limit);
}

function idsOfOldRows(pieces: readonly Piece[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const piece of pieces)
    if (piece.kind === "changes")
      for (const { before } of piece.changes) for (const id of idsIn(before)) ids.add(id);
  return ids;
}

/** Follows the entities of which commits carry old rows. */
class OldRows {
  readonly problems: string[] = [];
  readonly #type: EntityType;
  readonly #asked: ReadonlySet<string>;
  readonly #images = new Map<string, Image>();

  constructor(type: EntityType, asked: ReadonlySet<string>) {
    this.#type = type;
    this.#asked = asked;
  }

  async layer(reader: LayerReader, signal?: AbortSignal): Promise<void> {
    const gone = reader.entry.tombstones === 0 ? null : await reader.tombstones(signal);
    if (gone !== null) for (let row = 0; row < gone.length; row++) this.#images.delete(textAt(gone, row));
    const numbers = await this.#rowsIn(reader, signal);
    if (numbers.length === 0) return;
    const rows = wholeBatch(this.#type, await reader.take(numbers, columnKeys(this.#type), signal));
    this.#put(rows);
  }

  /** The rows of a layer that are asked for: found one by one where they are few. */
  async #rowsIn(reader: LayerReader, signal?: AbortSignal): Promise<readonly number[]> {
    if (reader.entry.rows === 0) return [];
    if (this.#asked.size * ROWS_PER_FIND < reader.entry.rows) {
      const rows: number[] = [];
      for (const id of this.#asked) rows.push(await reader.find(id, signal));
      return rows.filter((row) => row >= 0).toSorted((a, b) => a - b);
    }
    const ids = await reader.column("id", signal);
    if (ids === null) return [];
    const found = IdTable.of(idColumn([...this.#asked])).findAll(asIdTexts(ids));
    return Array.from(found.keys()).filter((row) => (found[row] ?? -1) >= 0);
  }

  changes({
    after,
    before,
    updated,
  }: {
    readonly after: RowBatch;
    readonly before: RowBatch;
    readonly updated: number;
  }): void {
    const old = before.length === 0 ? before : wholeBatch(this.#type, before);
    for (let row = 0; row < old.length; row++) {
      const id = idTextIn(old, "id", row);
      const image = this.#images.get(id);
      // One that is not there is found by whoever follows all entities.
      if (image !== undefined) this.#compare(id, old, row, image, before);
      if (row >= updated) this.#images.delete(id);
    }
    if (after.length > 0) this.#put(wholeBatch(this.#type, after));
  }

  #put(rows: RowBatch): void {
    let row = 0;
    for (const id of idsIn(rows)) {
      if (this.#asked.has(id)) this.#images.set(id, { rows, row });
      row++;
    }
  }

  /** What a commit lacks was not in its schema, and says nothing about the row before it. */
  #compare(id: string, old: RowBatch, row: number, image: Image, written: RowBatch): void {
    const wrong = columnKeys(this.#type).filter(
      (key) =>
        written.columns.has(key) && !equalAt(columnIn(old, key), row, columnIn(image.rows, key), image.row),
    );
    if (wrong.length === 0) return;
    const names = wrong.map((key) => propertyName(this.#type, key));
    this.problems.push(
      `${JSON.stringify(id)} was another one before a commit than the commit says: ${names.join(", ")}`,
    );
  }
}

function propertyName(type: EntityType, key: string): string {
  return type.properties.find(({ id }) => id === key)?.name ?? key;
}

function* idsIn(rows: RowBatch): Iterable<string> {
  for (let row = 0; row < rows.length; row++) yield idTextIn(rows, "id", row);
}
