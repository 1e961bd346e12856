/** Up to this capacity an array over all ordinals is used from the start. */
const SMALL = 4096;
/** Up to this many entries a Map is smaller and faster to make than an array over a large capacity. */
const FEW = 512;

/** Small numbers by ordinal. */
export class OrdinalMap {
  readonly #capacity: number;
  readonly #charge: (bytes: number) => void;
  readonly #few = new Map<number, number>();
  /** Number + 1; 0 for none. Null while a Map is used instead. */
  #all: Int32Array | null;

  /** `charge` is called with the size of large allocations. */
  constructor(capacity: number, charge: (bytes: number) => void) {
    this.#capacity = capacity;
    this.#charge = charge;
    this.#all = capacity <= SMALL ? new Int32Array(capacity) : null;
  }

  /** The number of an ordinal, or -1. */
  get(ordinal: number): number {
    return this.#all === null ? (this.#few.get(ordinal) ?? -1) : this.#all[ordinal]! - 1;
  }

  set(ordinal: number, number: number): void {
    if (this.#all !== null) {
      this.#all[ordinal] = number + 1;
      return;
    }
    this.#few.set(ordinal, number);
    if (this.#few.size >= FEW) this.#all = this.#widened();
  }

  #widened(): Int32Array {
    this.#charge(this.#capacity * Int32Array.BYTES_PER_ELEMENT);
    const all = new Int32Array(this.#capacity);
    for (const [ordinal, number] of this.#few) all[ordinal] = number + 1;
    this.#few.clear();
    return all;
  }
}
