import type { Value } from "@omnigraph/base";

/** What a slot contains after a line was read. */
export const SLOT = {
  absent: 0,
  null: 1,
  /** `numbers[slot]`: a number, or a Bool as 0 or 1. */
  number: 2,
  /** Bytes [starts[slot], ends[slot]) of the line's buffer. */
  text: 3,
  /** The same range of `unescaped`. */
  unescaped: 4,
  /** `values[slot]`. */
  value: 5,
} as const;

/** Slots 0 to 2 are the physical columns; a type's properties follow in order of declaration. */
export const ID_SLOT = 0;
export const FROM_SLOT = 1;
export const TO_SLOT = 2;
export const FIRST_PROPERTY_SLOT = 3;

/**
 * The values of one line between reading and storing it, in parallel arrays that every line reuses, so that a row allocates nothing.
 * A line is stored only after all of it was read and checked, so nothing ever has to be undone.
 */
export class Slots {
  readonly kinds: Uint8Array;
  readonly numbers: Float64Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly values: Value[];
  /** The decoded texts of this line that had escapes. */
  unescaped: Uint8Array = new Uint8Array(1024);
  unescapedLength = 0;

  constructor(size: number) {
    this.kinds = new Uint8Array(size);
    this.numbers = new Float64Array(size);
    this.starts = new Int32Array(size);
    this.ends = new Int32Array(size);
    this.values = Array.from({ length: size }, () => null);
  }

  /** Clears the slots for the next line, which uses `size` of them. */
  clear(size: number): void {
    const kinds = this.kinds;
    for (let slot = 0; slot < size; slot++) kinds[slot] = SLOT.absent;
    this.unescapedLength = 0;
  }

  setNumber(slot: number, value: number): void {
    this.kinds[slot] = SLOT.number;
    this.numbers[slot] = value;
  }

  setText(slot: number, start: number, end: number): void {
    this.kinds[slot] = SLOT.text;
    this.starts[slot] = start;
    this.ends[slot] = end;
  }

  setValue(slot: number, value: Value): void {
    this.kinds[slot] = value === null ? SLOT.null : SLOT.value;
    this.values[slot] = value;
  }

  setUnescaped(slot: number, text: Uint8Array): void {
    const start = this.unescapedLength;
    const end = start + text.length;
    if (end > this.unescaped.length) {
      const grown = new Uint8Array(Math.max(end, this.unescaped.length * 2));
      grown.set(this.unescaped.subarray(0, start));
      this.unescaped = grown;
    }
    this.unescaped.set(text, start);
    this.unescapedLength = end;
    this.kinds[slot] = SLOT.unescaped;
    this.starts[slot] = start;
    this.ends[slot] = end;
  }
}
