import type { Found } from "./text-index.ts";

const K1 = 1.2;
const B = 0.75;

/** What a row's occurrences of a term weigh, where so many of all rows have the term. */
function inverseFrequency(rows: number, having: number): number {
  return Math.log(1 + (rows - having + 0.5) / (having + 0.5));
}

/**
 * The scores of rows by BM25: of each row below `capacity` that has one of the terms, others have 0. The parts of terms are added in the order of the terms, in 64 bits, and the sum
 * is rounded to 32. A term that was asked for several times weighs as often.
 */
export function bm25Scores(found: Found, times: readonly number[], capacity: number): Float32Array {
  const sums = new Float64Array(capacity);
  const mean = found.terms / found.documents;
  for (const [at, { ordinals, counts }] of found.postings.entries()) {
    const weight = times[at]! * inverseFrequency(found.documents, ordinals.length) * (K1 + 1);
    for (let k = 0; k < ordinals.length; k++) {
      const ordinal = ordinals[k]!;
      const count = counts[k]!;
      const norm = K1 * (1 - B + (B * found.lengthOf(ordinal)) / mean);
      sums[ordinal]! += (weight * count) / (count + norm);
    }
  }
  return new Float32Array(sums);
}
