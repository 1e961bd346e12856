/** With more members a bitmap is used: reading a bit is several times faster than a hash table. */
const FEW = 64;

/** A growing set of ordinals: small while it has few members, fast when it has many. */
export class OrdinalSet {
  readonly #few = new Set<number>();
  #bits: Uint8Array | null = null;

  has(ordinal: number): boolean {
    const bits = this.#bits;
    if (bits === null) return this.#few.size !== 0 && this.#few.has(ordinal);
    const byte = ordinal >>> 3;
    return byte < bits.length && ((bits[byte]! >>> (ordinal & 7)) & 1) === 1;
  }

  add(ordinal: number): void {
    if (this.#bits === null) {
      this.#few.add(ordinal);
      if (this.#few.size <= FEW) return;
      for (const known of this.#few) this.#setBit(known);
      this.#few.clear();
      return;
    }
    this.#setBit(ordinal);
  }

  #setBit(ordinal: number): void {
    const byte = ordinal >>> 3;
    let bits = this.#bits ?? new Uint8Array(1024);
    if (byte >= bits.length) {
      const wider = new Uint8Array(Math.max(byte + 1, bits.length * 2));
      wider.set(bits);
      bits = wider;
    }
    bits[byte]! |= 1 << (ordinal & 7);
    this.#bits = bits;
  }
}
