import { atOnce, STEP_ROWS, type Steps } from "@omnigraph/base";
import { bitAt } from "./bits.ts";
import type { DictionaryColumn, TextColumn } from "./column.ts";
import { buffer, copyBytes } from "./growing.ts";
import { Interner } from "./interner.ts";

/** Fewer rows are not worth a dictionary. */
const MIN_ROWS = 64;
/** Rows sampled first. With more than about 1,300 distinct values in the column, too few of them repeat in the sample. */
const SAMPLE = 2048;
const SAMPLED_ROWS_PER_ENTRY = 2;
/** A dictionary pays off from this many rows per entry. */
const ROWS_PER_ENTRY = 8;

/** The same values dictionary-encoded, or null where that does not pay off: a sample decides first, then a limit while encoding. */
export function dictionaryOf(text: TextColumn): DictionaryColumn | null {
  return atOnce(encodingDictionary(text));
}

/** As `dictionaryOf`, in steps. */
export function* encodingDictionary(text: TextColumn): Steps<DictionaryColumn | null> {
  const { length, offsets, bytes, validity } = text;
  if (length < MIN_ROWS || repeats(text) < SAMPLED_ROWS_PER_ENTRY) return null;
  const most = length / ROWS_PER_ENTRY;
  const interner = new Interner();
  const codes = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    if (i % STEP_ROWS === STEP_ROWS - 1) yield;
    if (validity !== null && !bitAt(validity, i)) continue;
    codes[i] = interner.code(bytes, offsets[i] ?? 0, offsets[i + 1] ?? 0);
    if (interner.size > most) return null;
  }
  return { kind: "dictionary", length, validity, codes, dictionary: interner.finish() };
}

/** Rows per distinct value in a sample of evenly spaced rows. */
function repeats(text: TextColumn): number {
  const rows = Math.min(SAMPLE, text.length);
  const interner = new Interner();
  for (let k = 0; k < rows; k++) {
    const i = Math.floor((k * text.length) / rows);
    interner.code(text.bytes, text.offsets[i] ?? 0, text.offsets[i + 1] ?? 0);
  }
  return rows / interner.size;
}

/** The same values as plain text; the column itself where it is that already. */
export function plainText(column: TextColumn | DictionaryColumn): TextColumn {
  if (column.kind === "text") return column;
  const { length, validity, codes, dictionary } = column;
  const offsets = new Uint32Array(length + 1);
  let end = 0;
  for (let i = 0; i < length; i++) {
    const code = codes[i] ?? 0;
    if (validity === null || bitAt(validity, i))
      end += (dictionary.offsets[code + 1] ?? 0) - (dictionary.offsets[code] ?? 0);
    offsets[i + 1] = end;
  }
  const bytes = buffer(end, () => new Uint8Array(end));
  for (let i = 0; i < length; i++) {
    const at = offsets[i] ?? 0;
    if (offsets[i + 1] === at) continue;
    const from = dictionary.offsets[codes[i] ?? 0] ?? 0;
    copyBytes(dictionary.bytes, from, from + (offsets[i + 1] ?? 0) - at, bytes, at);
  }
  return { kind: "text", length, validity, offsets, bytes };
}
