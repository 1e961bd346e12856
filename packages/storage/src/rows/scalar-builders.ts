import { assert, atOnce, type Steps, type Value } from "@omnigraph/base";
import { BitBuilder } from "./bits.ts";
import type {
  BoolColumn,
  DictionaryColumn,
  LongColumn,
  NumberColumn,
  TextColumn,
  Validity,
} from "./column.ts";
import { encodingDictionary } from "./dictionary.ts";
import { buffer, TextBytes, trimmed, widened } from "./growing.ts";
import { highWord, lowWord } from "./long.ts";

/** Builds a validity bitmap; bits are stored from the first null on. */
export class ValidityBuilder {
  length = 0;
  #bits: BitBuilder | null = null;

  present(): void {
    this.length++;
    this.#bits?.append(true);
  }

  absent(): void {
    if (this.#bits === null) {
      this.#bits = new BitBuilder(this.length + 64);
      this.#bits.appendRun(true, this.length);
    }
    this.#bits.append(false);
    this.length++;
  }

  finish(): Validity {
    return this.#bits?.finish() ?? null;
  }
}

/** Bool. */
export class BoolBuilder {
  readonly kind = "bool";
  readonly #validity = new ValidityBuilder();
  readonly #bits: BitBuilder;

  constructor(capacity: number) {
    this.#bits = new BitBuilder(capacity);
  }

  get length(): number {
    return this.#validity.length;
  }

  appendNull(): void {
    this.#validity.absent();
    this.#bits.append(false);
  }

  appendBool(value: boolean): void {
    this.#validity.present();
    this.#bits.append(value);
  }

  append(value: Value): void {
    if (value === null) return this.appendNull();
    assert(typeof value === "boolean", "a Bool value is a boolean");
    this.appendBool(value);
  }

  finish(): BoolColumn {
    return {
      kind: "bool",
      length: this.length,
      validity: this.#validity.finish(),
      bits: this.#bits.finish(),
    };
  }
}

type Numbers =
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** Zeros for the values of one scalar type. Errors: `memory_exceeded`. */
export function numbersOf(scalar: NumberColumn["scalar"], length: number): Numbers {
  return buffer(length * (scalar === "F64" ? 8 : 4), () => zeros(scalar, length));
}

function zeros(scalar: NumberColumn["scalar"], length: number): Numbers {
  switch (scalar) {
    case "I32":
    case "Date":
      return new Int32Array(length);
    case "U32":
      return new Uint32Array(length);
    case "F32":
      return new Float32Array(length);
    case "F64":
      return new Float64Array(length);
  }
}

/** I32, U32, F32, F64 and Date. The caller checks ranges: a value out of range would wrap or round. */
export class NumberBuilder {
  readonly kind = "number";
  readonly scalar: NumberColumn["scalar"];
  readonly #validity = new ValidityBuilder();
  #values: Numbers;

  constructor(scalar: NumberColumn["scalar"], capacity: number) {
    this.scalar = scalar;
    this.#values = numbersOf(scalar, Math.max(capacity, 8));
  }

  get length(): number {
    return this.#validity.length;
  }

  appendNull(): void {
    this.#put(0);
    this.#validity.absent();
  }

  appendNumber(value: number): void {
    this.#put(value);
    this.#validity.present();
  }

  append(value: Value): void {
    if (value === null) return this.appendNull();
    assert(typeof value === "number", `a ${this.scalar} value is a number`);
    this.appendNumber(value);
  }

  finish(): NumberColumn {
    const values = trimmed(this.#values, this.length);
    return {
      kind: "number",
      scalar: this.scalar,
      length: this.length,
      validity: this.#validity.finish(),
      values,
    };
  }

  #put(value: number): void {
    const i = this.length;
    if (i >= this.#values.length) this.#values = widened(this.#values, i + 1);
    this.#values[i] = value;
  }
}

/** I64, U64 and DateTime. */
export class LongBuilder {
  readonly kind = "long";
  readonly scalar: LongColumn["scalar"];
  readonly #validity = new ValidityBuilder();
  #words: Int32Array<ArrayBuffer>;

  constructor(scalar: LongColumn["scalar"], capacity: number) {
    this.scalar = scalar;
    this.#words = new Int32Array(2 * Math.max(capacity, 8));
  }

  get length(): number {
    return this.#validity.length;
  }

  appendNull(): void {
    this.#put(0, 0);
    this.#validity.absent();
  }

  appendWords(low: number, high: number): void {
    this.#put(low, high);
    this.#validity.present();
  }

  /** A safe integer, or a bigint of 64 bits. */
  appendLong(value: number | bigint): void {
    this.appendWords(lowWord(value), highWord(value));
  }

  append(value: Value): void {
    if (value === null) return this.appendNull();
    assert(
      typeof value === "bigint" || Number.isSafeInteger(value),
      `a ${this.scalar} value is a safe integer or a bigint`,
    );
    if (typeof value === "bigint" || typeof value === "number") this.appendLong(value);
  }

  finish(): LongColumn {
    const words = trimmed(this.#words, 2 * this.length);
    return {
      kind: "long",
      scalar: this.scalar,
      length: this.length,
      validity: this.#validity.finish(),
      words,
    };
  }

  #put(low: number, high: number): void {
    const at = 2 * this.length;
    if (at >= this.#words.length) this.#words = widened(this.#words, at + 2);
    this.#words[at] = low;
    this.#words[at + 1] = high;
  }
}

/** Strings, enums, ids and Blob references. */
export class TextBuilder {
  readonly kind = "text";
  readonly #validity = new ValidityBuilder();
  readonly #texts: TextBytes;

  constructor(capacity: number, byteCapacity: number = capacity * 8) {
    this.#texts = new TextBytes(Math.max(capacity, 8), Math.max(byteCapacity, 64));
  }

  get length(): number {
    return this.#validity.length;
  }

  /** Bytes of all texts. */
  get size(): number {
    return this.#texts.size;
  }

  appendNull(): void {
    this.#validity.absent();
    this.#texts.appendEmpty();
  }

  appendString(value: string): void {
    this.#validity.present();
    this.#texts.appendString(value);
  }

  /** UTF-8 bytes[from, to), which must be valid. */
  appendBytes(bytes: Uint8Array, from: number, to: number): void {
    this.#validity.present();
    this.#texts.appendBytes(bytes, from, to);
  }

  append(value: Value): void {
    if (value === null) return this.appendNull();
    assert(typeof value === "string", "a String value is a string");
    this.appendString(value);
  }

  /** A plain text column, as ids and items of lists must be. */
  finishText(): TextColumn {
    return atOnce(this.finishingText());
  }

  /** As `finishText`, in steps. */
  *finishingText(): Steps<TextColumn> {
    const validity = this.#validity.finish();
    return { kind: "text", length: this.length, validity, ...(yield* this.#texts.finishing()) };
  }

  /** By dictionary where few distinct values repeat, else plain. */
  finish(): TextColumn | DictionaryColumn {
    return atOnce(this.finishing());
  }

  /** As `finish`, in steps. */
  *finishing(): Steps<TextColumn | DictionaryColumn> {
    const text = yield* this.finishingText();
    return (yield* encodingDictionary(text)) ?? text;
  }
}
