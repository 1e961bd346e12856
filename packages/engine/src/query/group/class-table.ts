import { mixed } from "./hash.ts";

const FREE = 0;

/** Numbers items by hash and equality, densely from 0, in the order of their first occurrence. Open addressing, at most half full. */
export class ClassTable {
  size = 0;
  #slots = new Uint32Array(32);
  #hashes = new Uint32Array(16);

  /** The number of an item: that of an equal known one (same hash, and `isSame(number)`), else a new number; then `size` has grown. */
  classOf(hash: number, isSame: (known: number) => boolean): number {
    const mask = this.#slots.length - 1;
    for (let slot = mixed(hash) & mask; ; slot = (slot + 1) & mask) {
      const held = this.#slots[slot]!;
      if (held === FREE) return this.#add(slot, hash);
      if (this.#hashes[held - 1] === hash >>> 0 && isSame(held - 1)) return held - 1;
    }
  }

  /** The number of a known item that is equal, or -1. */
  find(hash: number, isSame: (known: number) => boolean): number {
    const mask = this.#slots.length - 1;
    for (let slot = mixed(hash) & mask; ; slot = (slot + 1) & mask) {
      const held = this.#slots[slot]!;
      if (held === FREE) return -1;
      if (this.#hashes[held - 1] === hash >>> 0 && isSame(held - 1)) return held - 1;
    }
  }

  #add(slot: number, hash: number): number {
    const made = this.size++;
    if (made === this.#hashes.length) {
      const wider = new Uint32Array(made * 2);
      wider.set(this.#hashes);
      this.#hashes = wider;
    }
    this.#hashes[made] = hash;
    this.#slots[slot] = made + 1;
    if (this.size * 2 > this.#slots.length) this.#grow();
    return made;
  }

  #grow(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let known = 0; known < this.size; known++) {
      let slot = mixed(this.#hashes[known]!) & mask;
      while (slots[slot] !== FREE) slot = (slot + 1) & mask;
      slots[slot] = known + 1;
    }
    this.#slots = slots;
  }
}
