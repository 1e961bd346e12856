import Table from "cli-table3";
import type { Terminal } from "../terminal.ts";

const NONE = "";
const CHARS = {
  top: NONE,
  "top-mid": NONE,
  "top-left": NONE,
  "top-right": NONE,
  bottom: NONE,
  "bottom-mid": NONE,
  "bottom-left": NONE,
  "bottom-right": NONE,
  left: NONE,
  "left-mid": NONE,
  mid: NONE,
  "mid-mid": NONE,
  right: NONE,
  "right-mid": NONE,
  middle: " | ",
};
const LEAST_WIDTH = 6;

/** A table with a rule under its head. On a terminal the widest columns are cut until a line fits; elsewhere nothing is cut. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  terminal: Terminal,
): string {
  const [first = "", ...lines] = drawn([head, ...rows], terminal);
  return textOf([first, ruleUnder(first), ...lines]);
}

/** Rows that are looked at together: their columns are as wide as these need, and as those before were. */
const PIECE_ROWS = 256;

/** A table of any length, in pieces; nothing where there are no rows. The texts of the head hold no `|`. */
export async function* tablePieces(
  head: readonly string[],
  rows: AsyncIterable<readonly string[]>,
  terminal: Terminal,
): AsyncGenerator<string, void, undefined> {
  let waiting: (readonly string[])[] = [];
  let widest = head;
  const piece = (): string => {
    const [first = "", ...lines] = drawn([widest, ...waiting], terminal);
    const above = widest === head ? [first, ruleUnder(first)] : [];
    widest = first.split(CHARS.middle).map(({ length }) => "-".repeat(length));
    waiting = [];
    return textOf([...above, ...lines]);
  };
  for await (const row of rows) {
    waiting.push(row);
    if (waiting.length >= PIECE_ROWS) yield piece();
  }
  if (waiting.length > 0) yield piece();
}

/** The lines of a table without its rule. */
function drawn(rows: readonly (readonly string[])[], terminal: Terminal): string[] {
  const printable = rows.map((row) => row.map(oneLine));
  return render(printable, widths(printable, terminal.width));
}

function ruleUnder(line: string): string {
  return line.replaceAll(/[^|]/gu, "-").replaceAll("|", "+");
}

function textOf(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}

/** Line breaks and control characters would break the table. */
function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they would break the table, or steer the terminal
  return text.replaceAll(/[\u0000-\u001f\u007f]/g, (c) => JSON.stringify(c).slice(1, -1));
}

function render(rows: readonly (readonly string[])[], colWidths: readonly number[] | null): string[] {
  const options = { chars: CHARS, style: { "padding-left": 0, "padding-right": 0, head: [], border: [] } };
  const made = new Table(colWidths === null ? options : { ...options, colWidths: [...colWidths] });
  for (const row of rows) made.push([...row]);
  return made.toString().split("\n");
}

/** Column widths that fit the terminal, or null when everything fits as it is. */
function widths(rows: readonly (readonly string[])[], terminal: number | null): number[] | null {
  if (terminal === null) return null;
  const natural: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => (natural[i] = Math.max(natural[i] ?? 1, Array.from(cell).length)));
  const room = terminal - 3 * (natural.length - 1);
  let excess = natural.reduce((sum, n) => sum + n, 0) - room;
  if (excess <= 0) return null;
  while (excess > 0) {
    const widest = natural.indexOf(Math.max(...natural));
    const width = natural[widest] ?? 0;
    if (width <= LEAST_WIDTH) break;
    natural[widest] = width - 1;
    excess--;
  }
  return natural;
}
