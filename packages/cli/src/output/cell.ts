import { visible } from "@omnigraph/base";
import stringWidth from "string-width";

/** Printable ASCII: its width is its length, and nothing must be escaped. */
const PLAIN = /^[ -~]*$/;

/** A text as a terminal shows it. */
export interface Cell {
  readonly text: string;
  /** Width in columns of a terminal. */
  readonly width: number;
}

export function cellOf(value: string): Cell {
  if (PLAIN.test(value)) return { text: value, width: value.length };
  const text = visible(value);
  return { text, width: widthOf(text) };
}

/** Columns of a terminal that a text takes. */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/** The beginning of a cell that is too wide, with an ellipsis. */
export function cut(cell: Cell, width: number): Cell {
  if (cell.width <= width) return cell;
  let text = "";
  let used = 1;
  for (const { segment } of GRAPHEMES.segment(cell.text)) {
    const more = widthOf(segment);
    if (used + more > width) break;
    text += segment;
    used += more;
  }
  return { text: `${text}…`, width: used };
}

const GRAPHEMES = new Intl.Segmenter();
