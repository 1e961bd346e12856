/**
 * Values that were used lately, of up to `most` in size together and at least half of that. They stand in two generations: a value that is used moves
 * to the young one, and once that holds half, the old one is forgotten. So a use costs a look-up, where a list in order of use would be changed each time.
 */
export class Recent<Value> {
  readonly #most: number;
  readonly #sizeOf: (value: Value) => number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();
  #youngSize = 0;

  constructor(most: number, sizeOf: (value: Value) => number) {
    this.#most = most;
    this.#sizeOf = sizeOf;
  }

  get(key: string): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: Value): void {
    const before = this.#young.get(key);
    if (before !== undefined) this.#youngSize -= this.#sizeOf(before);
    this.#old.delete(key);
    this.#young.set(key, value);
    this.#youngSize += this.#sizeOf(value);
    if (this.#youngSize * 2 <= this.#most) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngSize = 0;
  }

  delete(key: string): void {
    const young = this.#young.get(key);
    if (young !== undefined) this.#youngSize -= this.#sizeOf(young);
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** All values, none of them moved. */
  *values(): IterableIterator<Value> {
    yield* this.#young.values();
    yield* this.#old.values();
  }
}
