/** Up to this capacity an array over all is made at once. */
const SMALL = 4096;
/** Below this many entries a map is smaller and sooner made than an array over a large capacity. */
const FEW = 512;

/** Small numbers by ordinal. */
export class OrdinalMap {
  readonly #capacity: number;
  readonly #charge: (bytes: number) => void;
  readonly #few = new Map<number, number>();
  /** Number + 1; 0 where there is none. Null while the few are kept instead. */
  #all: Int32Array | null;

  /** `charge` is told of bytes when many are taken. */
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
