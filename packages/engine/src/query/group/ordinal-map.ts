/** Below this many entries a map is smaller and sooner made than an array over all ordinals. */
const FEW = 512;

/** Small numbers by ordinal. */
export class OrdinalMap {
  readonly #capacity: number;
  readonly #charge: (bytes: number) => void;
  #few: Map<number, number> | null = new Map();
  /** Number + 1; 0 where there is none. */
  #all: Int32Array | null = null;

  constructor(capacity: number, charge: (bytes: number) => void) {
    this.#capacity = capacity;
    this.#charge = charge;
  }

  /** The number of an ordinal, or -1. */
  get(ordinal: number): number {
    return this.#all === null ? (this.#few!.get(ordinal) ?? -1) : this.#all[ordinal]! - 1;
  }

  set(ordinal: number, number: number): void {
    if (this.#all !== null) {
      this.#all[ordinal] = number + 1;
      return;
    }
    this.#few!.set(ordinal, number);
    if (this.#few!.size >= FEW) this.#widen();
  }

  #widen(): void {
    this.#charge(this.#capacity * Int32Array.BYTES_PER_ELEMENT);
    const all = new Int32Array(this.#capacity);
    for (const [ordinal, number] of this.#few!) all[ordinal] = number + 1;
    this.#all = all;
    this.#few = null;
  }
}
