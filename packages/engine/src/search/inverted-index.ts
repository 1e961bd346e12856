import type { Steps } from "@omnigraph/base";
import { anyEditTest } from "./edits.ts";
import { postingsOf, TermLog, type TermTexts } from "./term-log.ts";
import {
  eachText,
  type Found,
  type Postings,
  STEP_TEXTS,
  type TextAt,
  type TextIndex,
} from "./text-index.ts";

/** Bytes of an entry of a map beside the characters of its key, about. */
const ENTRY_BYTES = 64;
const NONE: Postings = { ordinals: new Uint32Array(0), counts: new Uint32Array(0) };

/** The postings of all terms in memory: of term t those in [offsets[t], offsets[t + 1]). */
export class InvertedIndex implements TextIndex {
  readonly kind = "resident";
  /** Bytes of memory that it takes, about. */
  readonly bytes: number;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #offsets: Uint32Array;
  readonly #ordinals: Uint32Array;
  readonly #counts: Uint32Array;
  /** By ordinal the number of its terms. */
  readonly #lengths: Uint32Array;
  readonly #documents: number;
  readonly #terms: number;

  private constructor(
    numbers: ReadonlyMap<string, number>,
    offsets: Uint32Array,
    { ordinals, counts }: Postings,
    lengths: Uint32Array,
  ) {
    this.#numbers = numbers;
    this.#offsets = offsets;
    this.#ordinals = ordinals;
    this.#counts = counts;
    this.#lengths = lengths;
    let documents = 0;
    let terms = 0;
    for (const length of lengths) {
      if (length > 0) documents++;
      terms += length;
    }
    this.#documents = documents;
    this.#terms = terms;
    let keys = 0;
    for (const term of numbers.keys()) keys += term.length + ENTRY_BYTES;
    this.bytes = keys + offsets.byteLength + ordinals.byteLength + counts.byteLength + lengths.byteLength;
  }

  /** Reads the texts of ordinals below `capacity`. */
  static *of(capacity: number, textAt: TextAt): Steps<InvertedIndex> {
    const log = new TermLog();
    const lengths = new Uint32Array(capacity);
    yield* eachText(capacity, textAt, (ordinal, text) => {
      lengths[ordinal] = log.append(ordinal, text);
    });
    return yield* InvertedIndex.#packed(log.terms, lengths);
  }

  static *#packed(terms: ReadonlyMap<string, TermTexts>, lengths: Uint32Array): Steps<InvertedIndex> {
    let total = 0;
    for (const texts of terms.values()) total += texts.length / 2;
    const ordinals = new Uint32Array(total);
    const counts = new Uint32Array(total);
    const offsets = new Uint32Array(terms.size + 1);
    const numbers = new Map<string, number>();
    let next = 0;
    for (const [term, texts] of terms) {
      numbers.set(term, numbers.size);
      const postings = postingsOf(texts);
      ordinals.set(postings.ordinals, next);
      counts.set(postings.counts, next);
      next += postings.ordinals.length;
      offsets[numbers.size] = next;
      if (numbers.size % STEP_TEXTS === 0) yield;
    }
    return new InvertedIndex(numbers, offsets, { ordinals, counts }, lengths);
  }

  // eslint-disable-next-line require-yield -- a look-up takes one step.
  *find(terms: readonly string[]): Steps<Found> {
    const lengths = this.#lengths;
    return {
      postings: terms.map((term) => this.#postings(term)),
      documents: this.#documents,
      terms: this.#terms,
      lengthOf: (ordinal) => lengths[ordinal]!,
    };
  }

  *near(wanted: readonly string[], edits: number): Steps<readonly string[]> {
    const test = anyEditTest(wanted, edits);
    const near: string[] = [];
    let seen = 0;
    for (const term of this.#numbers.keys()) {
      if (test(term)) near.push(term);
      if (++seen % STEP_TEXTS === 0) yield;
    }
    return near;
  }

  #postings(term: string): Postings {
    const number = this.#numbers.get(term);
    if (number === undefined) return NONE;
    const [start, end] = [this.#offsets[number]!, this.#offsets[number + 1]!];
    return { ordinals: this.#ordinals.subarray(start, end), counts: this.#counts.subarray(start, end) };
  }
}
