import { visible } from "@omnigraph/base";
import type { Terminal } from "../terminal.ts";
import { type Cell, cellOf, cut, widthOf } from "./cell.ts";
import { joined, type Shown, shown } from "./shown.ts";

/** A column: its name, or its name with the format of its cells. */
export type Column =
  | string
  | {
      readonly name: string;
      /** For numbers. */
      readonly align?: "right";
      /** Never cut; for ids, which people copy. */
      readonly whole?: true;
    };

type Row = readonly string[];

const BETWEEN = " | ";
/** Columns are not cut below this width. */
const MIN_WIDTH = 6;
/** Rows laid out together: columns are as wide as these rows need, and at least as wide as before. */
const PIECE_ROWS = 1000;

/** A table with a rule under its head. On a terminal the widest columns are cut until a line fits; elsewhere nothing is cut. */
export function table(
  head: readonly Column[],
  rows: readonly Row[],
  terminal: Pick<Terminal, "width">,
): Shown {
  const drawing = new Drawing(head, terminal.width);
  const pieces: Shown[] = [];
  for (let at = 0; at < Math.max(rows.length, 1); at += PIECE_ROWS)
    pieces.push(drawing.piece(rows.slice(at, at + PIECE_ROWS)));
  return joined(pieces);
}

/** A table of any length, in pieces; nothing where there are no rows. */
export async function* tablePieces(
  head: readonly Column[],
  rows: AsyncIterable<Row> | Iterable<Row>,
  terminal: Terminal,
): AsyncGenerator<Shown, void, undefined> {
  const drawing = new Drawing(head, terminal.width);
  let waiting: Row[] = [];
  for await (const row of rows) {
    waiting.push(row);
    if (waiting.length < PIECE_ROWS) continue;
    yield drawing.piece(waiting);
    waiting = [];
  }
  if (waiting.length > 0) yield drawing.piece(waiting);
}

/** Draws the rows of one table piece by piece, in time linear in the cells. Columns can get wider from piece to piece. */
class Drawing {
  readonly #head: readonly Column[];
  readonly #terminal: number | null;
  /** The widths that the columns need, even if they do not fit. */
  readonly #needed: number[];
  #begun = false;

  constructor(head: readonly Column[], terminal: number | null) {
    this.#head = head;
    this.#terminal = terminal;
    this.#needed = head.map((column) => Math.max(1, widthOf(visible(nameOf(column)))));
  }

  piece(rows: readonly Row[]): Shown {
    const cells = rows.map((row) => row.map(cellOf));
    for (const row of cells)
      row.forEach(({ width }, i) => (this.#needed[i] = Math.max(this.#needed[i] ?? 1, width)));
    const widths = this.#terminal === null ? this.#needed : fitted(this.#needed, this.#head, this.#terminal);
    const drawn = cells.map((row) => this.#line(row, widths));
    return joined(this.#begun ? drawn : [...this.#above(widths), ...drawn]);
  }

  #above(widths: readonly number[]): Shown[] {
    this.#begun = true;
    const head = this.#head.map((column) => cellOf(nameOf(column)));
    const rule = widths.map((width) => "-".repeat(width)).join("-+-");
    return [this.#line(head, widths), shown`${rule}\n`];
  }

  #line(cells: readonly Cell[], widths: readonly number[]): Shown {
    const last = cells.length - 1;
    let line = "";
    for (let i = 0; i <= last; i++) {
      const { text, width } = cut(cells[i] ?? NO_CELL, widths[i] ?? 0);
      const room = " ".repeat(Math.max(0, (widths[i] ?? 0) - width));
      if (i > 0) line += BETWEEN;
      line += isRight(this.#head[i]) ? room + text : i === last ? text : text + room;
    }
    return shown`${line}\n`;
  }
}

const NO_CELL: Cell = { text: "", width: 0 };

function nameOf(column: Column): string {
  return typeof column === "string" ? column : column.name;
}

function isRight(column: Column | undefined): boolean {
  return typeof column === "object" && column.align === "right";
}

/** Widths with which a line fits the terminal: the widest columns are cut first. It may not fit if columns that are never cut are too wide. */
function fitted(needed: readonly number[], head: readonly Column[], terminal: number): readonly number[] {
  const widths = [...needed];
  let excess =
    widths.reduce((sum, width) => sum + width, 0) + BETWEEN.length * (widths.length - 1) - terminal;
  const yielding = widths.flatMap((_, i) =>
    typeof head[i] === "object" && head[i].whole === true ? [] : [i],
  );
  while (excess > 0) {
    const widest = yielding.reduce(
      (best, i) => ((widths[i] ?? 0) > (widths[best] ?? 0) ? i : best),
      yielding[0] ?? -1,
    );
    const width = widths[widest] ?? 0;
    if (width <= MIN_WIDTH) break;
    // Cut down to the next widest at once, not by one column at a time: a cell may be a megabyte.
    const next = Math.max(MIN_WIDTH, ...yielding.filter((i) => i !== widest).map((i) => widths[i] ?? 0));
    const step = Math.min(excess, Math.max(1, width - Math.min(next, width - 1)));
    widths[widest] = Math.max(MIN_WIDTH, width - step);
    excess -= width - (widths[widest] ?? 0);
  }
  return widths;
}
