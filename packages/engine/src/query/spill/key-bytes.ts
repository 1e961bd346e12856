import type { Value } from "@omnigraph/base";
import type { ScalarName } from "@omnigraph/language";

const FIRST_BYTES = 256;
/** The first byte of a value: null comes first. */
const NULL = 0;
const PRESENT = 1;
/** What stands before each item of a list, and behind the last one. */
const ITEM = 1;
const END = 0;
/** A zero byte of a text is followed by this, so that the two zeros at its end come before any text that goes on. */
const ESCAPE = 0xff;
const SIGN = 1n << 63n;

const encoder = new TextEncoder();

/**
 * Values as bytes whose order, byte by byte, is the order of the language (`compareAt` of storage, in which both zeros are equal). No value is the beginning of another,
 * so values one after another are ordered by the first that differs.
 */
export class KeyBytes {
  bytes: Uint8Array = new Uint8Array(FIRST_BYTES);
  length = 0;
  #view = new DataView(this.bytes.buffer);

  clear(): void {
    this.length = 0;
  }

  /** Appends a value of a type, or a list of such. Numbers of the type are all whole with 64 bits, or all doubles. */
  append(value: Value, scalar: ScalarName, descending: boolean): void {
    const start = this.length;
    this.#value(value, scalar === "I64" || scalar === "U64");
    if (!descending) return;
    for (let at = start; at < this.length; at++) this.bytes[at] = 255 - this.bytes[at]!;
  }

  #value(value: Value, whole: boolean): void {
    if (value === null) {
      this.#byte(NULL);
      return;
    }
    this.#byte(PRESENT);
    if (typeof value === "string") this.#text(value);
    else if (typeof value === "boolean") this.#byte(Number(value));
    else if (typeof value === "object") this.#items(value, whole);
    else if (whole) this.#whole(BigInt(value));
    else this.#double(Number(value));
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.bytes[this.length++] = byte;
  }

  #text(text: string): void {
    // Twice the most bytes that UTF-8 can take, for the escapes.
    this.#reserve(text.length * 6 + 2);
    const { bytes } = this;
    const start = this.length;
    const { written } = encoder.encodeInto(text, bytes.subarray(start));
    let zeros = 0;
    for (let at = start; at < start + written; at++) if (bytes[at] === 0) zeros++;
    let to = start + written + zeros;
    this.length = to;
    let at = start + written;
    while (at < to) {
      const byte = bytes[--at]!;
      if (byte === 0) bytes[--to] = ESCAPE;
      bytes[--to] = byte;
    }
    this.#byte(END);
    this.#byte(END);
  }

  #items(items: readonly Value[] | Float32Array, whole: boolean): void {
    for (const item of items) {
      this.#byte(ITEM);
      this.#value(item, whole);
    }
    this.#byte(END);
  }

  /** Any whole number of I64 or of U64. */
  #whole(value: bigint): void {
    this.#reserve(9);
    // The highest byte tells the numbers above I64 from the others.
    this.bytes[this.length++] = value < SIGN ? 0 : 1;
    this.#view.setBigUint64(this.length, BigInt.asUintN(64, value < SIGN ? value + SIGN : value));
    this.length += 8;
  }

  #double(value: number): void {
    this.#reserve(8);
    const at = this.length;
    // Without the zero below, -0 had other bytes than 0.
    this.#view.setFloat64(at, value + 0);
    const flipped = this.bytes[at]! >= 0x80 ? 8 : 0;
    for (let k = at; k < at + flipped; k++) this.bytes[k] = 255 - this.bytes[k]!;
    if (flipped === 0) this.bytes[at]! += 0x80;
    this.length += 8;
  }

  #reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const wider = new Uint8Array(Math.max(this.length + more, this.bytes.length * 2));
    wider.set(this.bytes.subarray(0, this.length));
    this.bytes = wider;
    this.#view = new DataView(wider.buffer);
  }
}
