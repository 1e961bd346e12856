import type { VariableIndex } from "@omnigraph/language";
import { type Batch, BATCH_ROWS } from "../run/batch.ts";
import type { Spilling } from "../spill/spilling.ts";
import { WordLog } from "../spill/word-log.ts";
import { combined } from "./hash.ts";

const PARTITIONS = 16;

/** Rows on disk whose groups are in no other partition. */
export interface Partition {
  readonly log: WordLog;
  /** How often these rows were parted. */
  readonly depth: number;
}

/** How rows stand in partitions: the ordinals of some variables; then their weight, if they have one, and their number, as doubles. */
export class PartitionedRows {
  readonly #variables: readonly VariableIndex[];
  readonly #isWeighted: boolean;
  readonly #words: Uint32Array;
  readonly #doubles = new Float64Array(1);
  readonly #doubleWords = new Uint32Array(this.#doubles.buffer);

  constructor(variables: readonly VariableIndex[], isWeighted: boolean) {
    this.#variables = variables;
    this.#isWeighted = isWeighted;
    this.#words = new Uint32Array(variables.length + (isWeighted ? 4 : 2));
  }

  get width(): number {
    return this.#words.length;
  }

  /** The words of a row, until the next call. */
  words({ slots, weights }: Batch, row: number, number: number): Uint32Array {
    const count = this.#variables.length;
    for (let v = 0; v < count; v++) this.#words[v] = slots[this.#variables[v]!]![row]!;
    this.#putDouble(count, number);
    if (this.#isWeighted) this.#putDouble(count + 2, weights![row]!);
    return this.#words;
  }

  /** Fills a batch with the rows of a log from one on, and `numbers` with theirs. Answers where the rows end. */
  read(log: WordLog, from: number, batch: Batch, numbers: Float64Array): number {
    const to = Math.min(log.length, from + BATCH_ROWS);
    const words = log.read(from, to);
    const { width } = this;
    const count = this.#variables.length;
    for (let row = 0; row < to - from; row++) {
      const at = row * width;
      for (let v = 0; v < count; v++) batch.slots[this.#variables[v]!]![row] = words[at + v]!;
      numbers[row] = this.#doubleAt(words, at + count);
      if (this.#isWeighted) batch.weights![row] = this.#doubleAt(words, at + count + 2);
    }
    batch.length = to - from;
    return to;
  }

  #putDouble(at: number, value: number): void {
    this.#doubles[0] = value;
    this.#words[at] = this.#doubleWords[0]!;
    this.#words[at + 1] = this.#doubleWords[1]!;
  }

  #doubleAt(words: Uint32Array, at: number): number {
    this.#doubleWords[0] = words[at]!;
    this.#doubleWords[1] = words[at + 1]!;
    return this.#doubles[0]!;
  }
}

/** Parts rows by a hash of their groups. Of each depth the hash decides in another way. */
export class Partitions {
  readonly #width: number;
  readonly #depth: number;
  readonly #spilling: Spilling;
  readonly #logs: (WordLog | undefined)[] = Array.from({ length: PARTITIONS });

  constructor(width: number, depth: number, spilling: Spilling) {
    this.#width = width;
    this.#depth = depth;
    this.#spilling = spilling;
  }

  /** Errors: those of the disk. */
  add(hash: number, words: Uint32Array): void {
    const at = combined(hash, this.#depth) % PARTITIONS;
    const log = (this.#logs[at] ??= new WordLog(this.#width, this.#spilling));
    log.append(words);
  }

  /** The partitions that have rows. */
  all(): readonly Partition[] {
    return this.#logs.flatMap((log) => (log === undefined ? [] : [{ log, depth: this.#depth }]));
  }
}
