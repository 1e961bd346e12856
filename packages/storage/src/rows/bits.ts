/** Bytes that hold `length` bits. */
export function bitBytes(length: number): number {
  return (length + 7) >>> 3;
}

/** Bit i, least significant first. */
export function bitAt(bits: Uint8Array, i: number): boolean {
  return (((bits[i >>> 3] ?? 0) >>> (i & 7)) & 1) === 1;
}

export function setBit(bits: Uint8Array, i: number): void {
  const byte = i >>> 3;
  bits[byte] = (bits[byte] ?? 0) | (1 << (i & 7));
}

/** Copies `length` bits to a place of another bit set whose target bits are clear. */
export function copyBits(from: Uint8Array, start: number, length: number, to: Uint8Array, at: number): void {
  if ((start & 7) === 0 && (at & 7) === 0) {
    const whole = length >>> 3;
    to.set(from.subarray(start >>> 3, (start >>> 3) + whole), at >>> 3);
    for (let i = whole << 3; i < length; i++) if (bitAt(from, start + i)) setBit(to, at + i);
    return;
  }
  for (let i = 0; i < length; i++) if (bitAt(from, start + i)) setBit(to, at + i);
}

/** Sets bits [start, end). */
export function setBits(bits: Uint8Array, start: number, end: number): void {
  let i = start;
  while (i < end && (i & 7) !== 0) setBit(bits, i++);
  const whole = (end - i) >>> 3;
  bits.fill(0xff, i >>> 3, (i >>> 3) + whole);
  i += whole << 3;
  while (i < end) setBit(bits, i++);
}

/** Set bits among the first `length`. */
export function countBits(bits: Uint8Array, length: number): number {
  let count = 0;
  const whole = length >>> 3;
  for (let i = 0; i < whole; i++) count += POPULATION[bits[i] ?? 0] ?? 0;
  for (let i = whole << 3; i < length; i++) if (bitAt(bits, i)) count++;
  return count;
}

const POPULATION = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
});

/** A growing set of bits. */
export class BitBuilder {
  length = 0;
  #bits: Uint8Array<ArrayBuffer>;

  constructor(capacity: number) {
    this.#bits = new Uint8Array(bitBytes(Math.max(capacity, 64)));
  }

  append(bit: boolean): void {
    const i = this.length++;
    if (i >>> 3 >= this.#bits.length) this.#grow(i + 1);
    if (bit) setBit(this.#bits, i);
  }

  appendRun(bit: boolean, count: number): void {
    const end = this.length + count;
    if (bitBytes(end) > this.#bits.length) this.#grow(end);
    if (bit) setBits(this.#bits, this.length, end);
    this.length = end;
  }

  finish(): Uint8Array {
    return this.#bits.slice(0, bitBytes(this.length));
  }

  #grow(least: number): void {
    const wider = new Uint8Array(Math.max(bitBytes(least), this.#bits.length * 2));
    wider.set(this.#bits);
    this.#bits = wider;
  }
}
