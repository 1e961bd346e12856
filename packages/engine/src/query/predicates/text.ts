import { compareBytes, type DictionaryColumn, sameBytes, type TextColumn } from "@omnigraph/storage";
import { type Accepted, accepts } from "./values.ts";

export type RowTest = (row: number) => boolean;

const encoder = new TextEncoder();

/** Whether bytes[from, to) contains the needle. */
function holdsBytes(bytes: Uint8Array, from: number, to: number, needle: Uint8Array): boolean {
  const last = to - needle.length;
  if (needle.length === 0) return true;
  const first = needle[0];
  for (let i = from; i <= last; i++) {
    if (bytes[i] === first && sameBytes(bytes, i, needle, 0, needle.length)) return true;
  }
  return false;
}

/** Whether the text of a row starts with a prefix, by raw bytes. Must not be called for nulls. */
export function prefixTest({ offsets, bytes }: TextColumn, prefix: string): RowTest {
  const wanted = encoder.encode(prefix);
  const { length } = wanted;
  return (row) =>
    offsets[row + 1]! - offsets[row]! >= length && sameBytes(bytes, offsets[row]!, wanted, 0, length);
}

/** Whether the text of a row ends with a suffix, by raw bytes. Must not be called for nulls. */
export function suffixTest({ offsets, bytes }: TextColumn, suffix: string): RowTest {
  const wanted = encoder.encode(suffix);
  const { length } = wanted;
  return (row) => {
    const from = offsets[row + 1]! - length;
    return from >= offsets[row]! && sameBytes(bytes, from, wanted, 0, length);
  };
}

/** Whether the text of a row contains a substring. */
export function substringTest({ offsets, bytes }: TextColumn, part: string): RowTest {
  const wanted = encoder.encode(part);
  return (row) => holdsBytes(bytes, offsets[row]!, offsets[row + 1]!, wanted);
}

/** Compares the text of a row with a constant. */
export function textOrderTest({ offsets, bytes }: TextColumn, accepted: Accepted, constant: string): RowTest {
  const wanted = encoder.encode(constant);
  const { length } = wanted;
  const { less, equal, greater } = accepted;
  if (less === greater) {
    return (row) => {
      const same =
        offsets[row + 1]! - offsets[row]! === length && sameBytes(bytes, offsets[row]!, wanted, 0, length);
      return same ? equal : less;
    };
  }
  return (row) => accepts(accepted, compareBytes(bytes, offsets[row]!, offsets[row + 1]!, wanted, 0, length));
}

const UNKNOWN = 0;
const NO = 1;
const YES = 2;

/** A test of dictionary-encoded rows that tests each entry only once. */
export function entryTest(column: DictionaryColumn, test: RowTest): RowTest {
  const { codes } = column;
  const known = new Uint8Array(column.dictionary.length);
  return (row) => {
    const code = codes[row]!;
    if (known[code] === UNKNOWN) known[code] = test(code) ? YES : NO;
    return known[code] === YES;
  };
}
