import { BATCH_ROWS } from "./batch.ts";

/** Marks on the ordinals of a type: an ordinal is marked if its entry is the current epoch, so that clearing all costs nothing. */
export class Stamps {
  readonly marks: Uint32Array;
  #epoch = 0;

  constructor(capacity: number) {
    this.marks = new Uint32Array(capacity);
  }

  /** Starts so many new epochs, at most all that there are; answers the first. */
  reserve(count: number): number {
    if (this.#epoch + count > 0xffffffff) {
      this.marks.fill(0);
      this.#epoch = 0;
    }
    const first = this.#epoch + 1;
    this.#epoch += count;
    return first;
  }

  /** Starts a new epoch: nothing is marked in it. */
  next(): number {
    return this.reserve(1);
  }
}

/** Buffers that one run returns for the next run of the same plan, so that short queries allocate almost nothing. */
export class Scratch {
  readonly #ordinals: Uint32Array[] = [];
  readonly #weights: Float64Array[] = [];
  readonly #stamps: Stamps[] = [];

  /** BATCH_ROWS ordinals of any content. */
  takeOrdinals(): Uint32Array {
    return this.#ordinals.pop() ?? new Uint32Array(BATCH_ROWS);
  }

  giveOrdinals(ordinals: Uint32Array): void {
    this.#ordinals.push(ordinals);
  }

  /** BATCH_ROWS weights of any content. */
  takeWeights(): Float64Array {
    return this.#weights.pop() ?? new Float64Array(BATCH_ROWS);
  }

  giveWeights(weights: Float64Array): void {
    this.#weights.push(weights);
  }

  /** Stamps for at least `capacity` ordinals. */
  takeStamps(capacity: number): Stamps {
    const at = this.#stamps.findIndex((stamps) => stamps.marks.length >= capacity);
    const [found] = at < 0 ? [] : this.#stamps.splice(at, 1);
    return found ?? new Stamps(capacity);
  }

  giveStamps(stamps: Stamps): void {
    this.#stamps.push(stamps);
  }
}
