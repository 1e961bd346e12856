/**
 * A set of 64-bit tokens: open addressing with linear probing, at most half full. Slot s is words[2s], words[2s + 1]; two zero words mean a free slot.
 * Equal tokens of different things only cause a false conflict, that is another evaluation, and no wrong result.
 */
export class TokenTable {
  size = 0;
  private words: Uint32Array;
  private mask: number;

  constructor(expected = 8) {
    let capacity = 16;
    while (capacity < expected * 2) capacity *= 2;
    this.words = new Uint32Array(capacity * 2);
    this.mask = capacity - 1;
  }

  add(low: number, high: number): void {
    const slot = this.slotOf(low, high);
    if (this.words[slot] !== 0 || this.words[slot + 1] !== 0) return;
    this.words[slot] = low;
    this.words[slot + 1] = high === 0 && low === 0 ? 1 : high;
    if (++this.size * 2 > this.mask + 1) this.grow();
  }

  has(low: number, high: number): boolean {
    const slot = this.slotOf(low, high);
    return this.words[slot] !== 0 || this.words[slot + 1] !== 0;
  }

  /** Index of the token's words, or of the free slot for it. The token (0, 0) is stored as (0, 1). */
  private slotOf(low: number, high: number): number {
    const first = low >>> 0;
    const second = first === 0 && high === 0 ? 1 : high >>> 0;
    for (let slot = first & this.mask; ; slot = (slot + 1) & this.mask) {
      const at = slot * 2;
      const heldLow = this.words[at]!;
      const heldHigh = this.words[at + 1]!;
      if ((heldLow === first && heldHigh === second) || (heldLow === 0 && heldHigh === 0)) return at;
    }
  }

  private grow(): void {
    const old = this.words;
    this.words = new Uint32Array(old.length * 2);
    this.mask = this.mask * 2 + 1;
    this.size = 0;
    for (let slot = 0; slot < old.length; slot += 2) {
      if (old[slot] !== 0 || old[slot + 1] !== 0) this.add(old[slot]!, old[slot + 1]!);
    }
  }
}
