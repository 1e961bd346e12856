import { ranges, STEP_ROWS, type Steps } from "@omnigraph/base";
import { IdTable, type IndexedIds, type TextColumn } from "@omnigraph/storage";

const NONE = -1;

/** Finds the row of the last image of each entity in rows that come one after another, among deletions. */
export class LastImages {
  /** The first rows, all of different entities; the others are called later. */
  readonly #base: IndexedIds | null;
  readonly #baseRows: number;
  readonly #later: TextColumn;
  /** Later rows by id, as they come. */
  readonly #table: IdTable;
  /** By later row the row of the first image of its entity. */
  readonly #firsts: Int32Array;
  /** By the row of an entity's first image the row of its last one. */
  readonly #last: Int32Array;
  #row = 0;

  /** `later` has the ids of all rows after those of the base. */
  constructor(base: IndexedIds | null, later: TextColumn) {
    const baseRows = base?.ids.length ?? 0;
    this.#base = base;
    this.#baseRows = baseRows;
    this.#later = later;
    this.#table = new IdTable(later);
    this.#firsts = new Int32Array(later.length);
    this.#last = new Int32Array(baseRows + later.length).fill(NONE, baseRows);
    for (let row = 0; row < baseRows; row++) this.#last[row] = row;
  }

  /** Goes over the next later rows: each is now the last image of its entity. */
  *putting(rows: number): Steps<void> {
    const before = this.#row;
    this.#row += rows;
    yield* ranges(rows, STEP_ROWS, (from, to) => {
      this.#table.insertRange(before + from, before + to, this.#firsts);
      for (let row = before + from; row < before + to; row++) {
        const held = this.#firsts[row] ?? 0;
        const first = held === row ? this.#firstOf(row) : (this.#firsts[held] ?? 0);
        this.#firsts[row] = first;
        this.#last[first] = this.#baseRows + row;
      }
    });
  }

  /** The row of the first image of an entity, given its first later row. */
  #firstOf(row: number): number {
    const { offsets, bytes } = this.#later;
    const found = this.#base?.findBytes(bytes, offsets[row] ?? 0, offsets[row + 1] ?? 0) ?? NONE;
    return found === NONE ? this.#baseRows + row : found;
  }

  /** Deletes entities: the ids from `first` on. */
  *deleting({ length, offsets, bytes }: TextColumn, first: number): Steps<void> {
    yield* ranges(length - first, STEP_ROWS, (from, to) => {
      for (let i = first + from; i < first + to; i++) {
        const [start, end] = [offsets[i] ?? 0, offsets[i + 1] ?? 0];
        const held = this.#table.findBytes(bytes, start, end);
        const found =
          held === NONE ? (this.#base?.findBytes(bytes, start, end) ?? NONE) : (this.#firsts[held] ?? 0);
        if (found !== NONE) this.#last[found] = NONE;
      }
    });
  }

  /** By ordinal the row of the entity's last image; null when every row is one. Entities are ordered by the row of their first image. */
  *finishing(): Steps<Uint32Array | null> {
    const last = this.#last;
    const survivors = new Uint32Array(last.length);
    let count = 0;
    let identical = true;
    yield* ranges(last.length, 4 * STEP_ROWS, (from, to) => {
      for (let ordinal = from; ordinal < to; ordinal++) {
        const row = last[ordinal] ?? NONE;
        identical &&= row === ordinal;
        if (row !== NONE) survivors[count++] = row;
      }
    });
    return identical ? null : survivors.subarray(0, count);
  }

  /** The rows of the base whose entities are deleted, ascending. */
  gone(): Uint32Array {
    const gone: number[] = [];
    for (let row = 0; row < this.#baseRows; row++) if (this.#last[row] === NONE) gone.push(row);
    return Uint32Array.from(gone);
  }
}
