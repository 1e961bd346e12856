import { inTurns, ranges, STEP_ROWS, type Steps } from "@omnigraph/base";
import {
  asIdTexts,
  type Column,
  concatColumns,
  IdTable,
  idColumn,
  idTexts,
  idTextsFrom,
  textAt,
  type TextColumn,
} from "@omnigraph/storage";
import type { Piece } from "../view/source.ts";

/** What the pieces of one type come to, entity by entity. */
export interface Identities {
  readonly live: number;
  /** Each as a clause; at most so many as were asked for. */
  readonly problems: readonly string[];
}

/**
 * Follows every entity of a type through its pieces: a layer has each id once, and a commit inserts what is not there and updates or deletes what is. Shares no
 * code with views.
 */
export async function identities(pieces: readonly Piece[], limit: number): Promise<Identities> {
  const ids = asIdTexts(concatColumns(await idsOf(pieces)));
  const table = new IdTable(ids);
  const firsts = new Int32Array(ids.length);
  await inTurns(ranges(ids.length, STEP_ROWS, (from, to) => table.insertRange(from, to, firsts)));
  const walk = new Walk(table, firsts, limit);
  for (const piece of pieces) {
    if (piece.kind === "layer") {
      const { entry } = piece.reader;
      await inTurns(walk.bury(entry.tombstones === 0 ? null : await piece.reader.tombstones()));
      await inTurns(walk.layer(entry.rows));
      continue;
    }
    for (const { after, before, updated } of piece.changes) {
      if (before.length > updated) walk.remove(idTextsFrom(idTexts(before, "id"), updated));
      walk.changes(after.length, updated);
    }
  }
  return { live: walk.live, problems: walk.problems };
}

/** The ids of all rows, in order. */
async function idsOf(pieces: readonly Piece[]): Promise<readonly Column[]> {
  const columns: Column[] = [];
  for (const piece of pieces) {
    if (piece.kind === "layer") {
      const ids = await piece.reader.column("id");
      if (ids !== null) columns.push(ids);
    } else for (const { after } of piece.changes) if (after.length > 0) columns.push(idTexts(after, "id"));
  }
  return columns.length === 0 ? [idColumn([])] : columns;
}

class Walk {
  live = 0;
  readonly problems: string[] = [];
  readonly #table: IdTable;
  /** By row the first row of its entity. */
  readonly #firsts: Int32Array;
  readonly #limit: number;
  /** By the first row of an entity: 1 + the number of the piece that has it, 0 while it is deleted. */
  readonly #owner: Uint32Array;
  #row = 0;
  #piece = 0;

  constructor(table: IdTable, firsts: Int32Array, limit: number) {
    this.#table = table;
    this.#firsts = firsts;
    this.#limit = limit;
    this.#owner = new Uint32Array(firsts.length);
  }

  layer(rows: number): Steps<void> {
    this.#piece++;
    return ranges(rows, STEP_ROWS, (from, to) => {
      for (let i = from; i < to; i++, this.#row++)
        if (this.#put() === this.#piece) this.#report("occurs twice in one table");
    });
  }

  /** The new rows of a commit: those updated come first. */
  changes(rows: number, updated: number): void {
    this.#piece++;
    for (let i = 0; i < rows; i++, this.#row++) {
      const before = this.#put();
      if (i < updated && before === 0) this.#report("is updated, and was not there");
      if (i >= updated && before > 0) this.#report("is inserted, and was there already");
    }
  }

  /** Tombstones may name what is not there. */
  bury(ids: TextColumn | null): Steps<void> {
    return ranges(ids?.length ?? 0, STEP_ROWS, (from, to) => {
      for (let i = from; ids !== null && i < to; i++) this.#delete(ids, i);
    });
  }

  remove(ids: TextColumn): void {
    for (let i = 0; i < ids.length; i++)
      if (!this.#delete(ids, i)) this.#report("is deleted, and was not there", textAt(ids, i));
  }

  /** Puts the entity of the current row. Answers who had it before. */
  #put(): number {
    const first = this.#firsts[this.#row] ?? 0;
    const before = this.#owner[first] ?? 0;
    if (before === 0) this.live++;
    this.#owner[first] = this.#piece;
    return before;
  }

  #delete({ bytes, offsets }: TextColumn, i: number): boolean {
    const first = this.#table.findBytes(bytes, offsets[i] ?? 0, offsets[i + 1] ?? 0);
    if (first < 0 || this.#owner[first] === 0) return false;
    this.#owner[first] = 0;
    this.live--;
    return true;
  }

  #report(what: string, id: string = textAt(this.#table.ids, this.#row)): void {
    if (this.problems.length < this.#limit) this.problems.push(`${JSON.stringify(id)} ${what}`);
  }
}
