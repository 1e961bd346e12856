/** Counts the live rows that hold each tuple, by its 64-bit hash. Open addressing with linear probing; a hash whose count fell to zero keeps its slot. */
export class TupleCounts {
  private words: Uint32Array;
  private counts: Uint32Array;
  private mask: number;
  private used = 0;

  constructor(expected = 8) {
    let capacity = 16;
    while (capacity < expected * 2) capacity *= 2;
    this.words = new Uint32Array(capacity * 2);
    this.counts = new Uint32Array(capacity);
    this.mask = capacity - 1;
  }

  /** Number of hashes that have a slot. */
  get size(): number {
    return this.used;
  }

  copy(): TupleCounts {
    const copy = new TupleCounts(0);
    copy.words = this.words.slice();
    copy.counts = this.counts.slice();
    copy.mask = this.mask;
    copy.used = this.used;
    return copy;
  }

  count(low: number, high: number): number {
    return this.counts[this.slotOf(low, high)]!;
  }

  add(low: number, high: number, difference: number): void {
    const slot = this.slotOf(low, high);
    if (this.words[slot * 2] === 0 && this.words[slot * 2 + 1] === 0) {
      if (++this.used * 2 > this.mask + 1) {
        this.grow();
        this.used++;
        this.put(this.slotOf(low, high), low, high, difference);
        return;
      }
      this.put(slot, low, high, difference);
    } else this.counts[slot]! += difference;
  }

  private put(slot: number, low: number, high: number, count: number): void {
    this.words[slot * 2] = low;
    this.words[slot * 2 + 1] = low === 0 && high === 0 ? 1 : high;
    this.counts[slot] = count;
  }

  private slotOf(low: number, high: number): number {
    const first = low >>> 0;
    const second = first === 0 && high === 0 ? 1 : high >>> 0;
    for (let slot = first & this.mask; ; slot = (slot + 1) & this.mask) {
      const heldLow = this.words[slot * 2]!;
      const heldHigh = this.words[slot * 2 + 1]!;
      if ((heldLow === first && heldHigh === second) || (heldLow === 0 && heldHigh === 0)) return slot;
    }
  }

  /** Doubles the number of slots, and drops hashes with count zero. */
  private grow(): void {
    const { words, counts } = this;
    this.words = new Uint32Array(words.length * 2);
    this.counts = new Uint32Array(counts.length * 2);
    this.mask = this.mask * 2 + 1;
    this.used = 0;
    for (let slot = 0; slot < counts.length; slot++) {
      if (counts[slot] === 0) continue;
      this.used++;
      this.put(
        this.slotOf(words[slot * 2]!, words[slot * 2 + 1]!),
        words[slot * 2]!,
        words[slot * 2 + 1]!,
        counts[slot]!,
      );
    }
  }
}
