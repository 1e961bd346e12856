import type { Steps } from "@omnigraph/base";

/** The rows that have a term. */
export interface Postings {
  /** Ascending. */
  readonly ordinals: Uint32Array;
  /** How often the term stands in each. */
  readonly counts: Uint32Array;
}

/** What texts have of some terms, and what a score needs besides. */
export interface Found {
  /** By term, as they were asked for. */
  readonly postings: readonly Postings[];
  /** Rows that have a term at all. */
  readonly documents: number;
  /** Terms of all rows, each as often as it occurs. */
  readonly terms: number;
  /** Number of terms of a row that has one of those that were asked for. */
  lengthOf(ordinal: number): number;
}

/** The terms of a property of all live rows of a type, in one snapshot. */
export interface TextIndex {
  find(terms: readonly string[]): Steps<Found>;
  /** The terms that differ from one of the wanted ones by so many edits at most, each once, in no order. Some may be of no row any more. */
  near(wanted: readonly string[], edits: number): Steps<readonly string[]>;
}

/** Reads the text of a live row; null for a dead one, and for one without a text. */
export type TextAt = (ordinal: number) => string | null;

/** Characters that are cut into terms in one step: about a millisecond. */
export const STEP_CHARACTERS = 1 << 15;
/** Rows without text in one step. */
export const STEP_TEXTS = 4096;

/** Goes through the texts of ordinals below `capacity`. */
export function* eachText(
  capacity: number,
  textAt: TextAt,
  each: (ordinal: number, text: string) => void,
): Steps<void> {
  let work = 0;
  for (let ordinal = 0; ordinal < capacity; ordinal++) {
    const text = textAt(ordinal);
    if (text !== null) each(ordinal, text);
    work += (text?.length ?? 0) + STEP_CHARACTERS / STEP_TEXTS;
    if (work < STEP_CHARACTERS) continue;
    work = 0;
    yield;
  }
}
