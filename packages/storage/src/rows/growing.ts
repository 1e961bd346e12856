import { atOnce, OmnigraphError, ranges, STEP_BYTES, type Steps } from "@omnigraph/base";

const encoder = new TextEncoder();
/** Below this a loop over the bytes is faster than a call of the engine. */
const SHORT = 48;
/** Most bytes of one buffer: what a 32-bit offset can address. */
export const MAX_BYTES = 2 ** 32 - 1;

/** Allocates a buffer whose size depends on data. Errors: `memory_exceeded` where it is too large, or memory is short. */
export function buffer<B>(bytes: number, make: () => B): B {
  checkSize(bytes);
  try {
    return make();
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(bytes, cause);
    throw cause;
  }
}

/** Errors: `memory_exceeded` for more bytes than one buffer can hold. */
export function checkSize(bytes: number): void {
  if (bytes > MAX_BYTES) throw tooLarge(bytes);
}

function tooLarge(bytes: number, cause?: unknown): OmnigraphError {
  return new OmnigraphError(
    "memory_exceeded",
    `the values of one column take ${bytes} bytes of memory, more than there is or than the ${MAX_BYTES} of one buffer; read or write fewer rows at once`,
    { cause },
  );
}

/** Zeros for `count` vectors. Errors: `memory_exceeded`. */
export function vectorValues(count: number, dimension: number): Float32Array<ArrayBuffer> {
  return buffer(count * dimension * 4, () => new Float32Array(count * dimension));
}

/** Copies bytes[from, to) to a place of another array. */
export function copyBytes(bytes: Uint8Array, from: number, to: number, into: Uint8Array, at: number): void {
  if (to - from > SHORT) {
    into.set(bytes.subarray(from, to), at);
    return;
  }
  for (let i = from, j = at; i < to; i++, j++) into[j] = bytes[i] ?? 0;
}

/** UTF-8 texts one after another, growing: text i is bytes[offsets[i], offsets[i + 1]). */
export class TextBytes {
  length = 0;
  offsets: Uint32Array<ArrayBuffer>;
  bytes: Uint8Array<ArrayBuffer>;
  #end = 0;

  constructor(capacity: number, byteCapacity: number) {
    this.offsets = new Uint32Array(capacity + 1);
    this.bytes = new Uint8Array(byteCapacity);
  }

  /** Bytes of all texts. */
  get size(): number {
    return this.#end;
  }

  appendString(text: string): void {
    const most = text.length * 3;
    if (this.#end + most > this.bytes.length) this.#growBytes(most);
    const bytes = this.bytes;
    const end = this.#end;
    let i = 0;
    if (text.length <= SHORT) {
      for (; i < text.length; i++) {
        const unit = text.charCodeAt(i);
        if (unit >= 0x80) break;
        bytes[end + i] = unit;
      }
    }
    if (i === text.length) this.#close(end + i);
    else this.#close(end + encoder.encodeInto(text, bytes.subarray(end)).written);
  }

  appendBytes(bytes: Uint8Array, from: number, to: number): void {
    const length = to - from;
    if (this.#end + length > this.bytes.length) this.#growBytes(length);
    copyBytes(bytes, from, to, this.bytes, this.#end);
    this.#close(this.#end + length);
  }

  appendEmpty(): void {
    this.#close(this.#end);
  }

  /** Arrays of the exact length. The builder must not be used afterwards. */
  finish(): { readonly offsets: Uint32Array; readonly bytes: Uint8Array } {
    return atOnce(this.finishing());
  }

  /** As `finish`, in steps. */
  *finishing(): Steps<{ readonly offsets: Uint32Array; readonly bytes: Uint8Array }> {
    const offsets = trimmed(this.offsets, this.length + 1);
    const size = this.#end;
    if (isFull(this.bytes, size)) return { offsets, bytes: this.bytes.subarray(0, size) };
    const bytes = new Uint8Array(size);
    yield* ranges(size, STEP_BYTES, (from, to) => bytes.set(this.bytes.subarray(from, to), from));
    return { offsets, bytes };
  }

  #close(end: number): void {
    this.#end = end;
    const i = ++this.length;
    if (i >= this.offsets.length) this.offsets = widened(this.offsets, i + 1);
    this.offsets[i] = end;
  }

  #growBytes(more: number): void {
    const least = this.#end + more;
    checkSize(least);
    const room = Math.min(MAX_BYTES, Math.max(least, this.bytes.length * 2));
    const wider = buffer(room, () => new Uint8Array(room));
    wider.set(this.bytes.subarray(0, this.#end));
    this.bytes = wider;
  }
}

type Growable =
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** A copy with room for `least` entries, at least twice as many as before. */
export function widened<A extends Growable>(array: A, least: number): A;
export function widened(array: Growable, least: number): Growable {
  const most = Math.floor(MAX_BYTES / array.BYTES_PER_ELEMENT);
  const length = Math.max(least, Math.min(array.length * 2, most));
  const wider = buffer(length * array.BYTES_PER_ELEMENT, () =>
    array instanceof Int32Array
      ? new Int32Array(length)
      : array instanceof Uint32Array
        ? new Uint32Array(length)
        : array instanceof Float32Array
          ? new Float32Array(length)
          : new Float64Array(length),
  );
  wider.set(array);
  return wider;
}

/** The first `length` entries: a view when little is wasted behind them, else a copy. */
export function trimmed<A extends Growable | Uint8Array<ArrayBuffer>>(array: A, length: number): A;
export function trimmed(
  array: Growable | Uint8Array<ArrayBuffer>,
  length: number,
): Growable | Uint8Array<ArrayBuffer> {
  return isFull(array, length) ? array.subarray(0, length) : array.slice(0, length);
}

/** Whether little is wasted behind the first `length` entries. */
function isFull(array: { readonly length: number }, length: number): boolean {
  return length >= array.length - (array.length >>> 3);
}
