/**
 * The square of the distance of a vector, which begins at an index of `values`, from a query. Of every eight components the k-th adds the square of its difference to sum k, those
 * after the last eight add theirs to a ninth sum, all in 64 bits. ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)) and then the ninth are added, and rounded to 32; what is too large for
 * that is infinite. The kernel computes the same, bit for bit.
 */
export function squaredDistance(values: Float32Array, start: number, query: Float32Array): number {
  let [s0, s1, s2, s3, s4, s5, s6, s7, rest] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  const eights = query.length & ~7;
  for (let k = 0; k < eights; k += 8) {
    const at = start + k;
    s0 += square(values[at]! - query[k]!);
    s1 += square(values[at + 1]! - query[k + 1]!);
    s2 += square(values[at + 2]! - query[k + 2]!);
    s3 += square(values[at + 3]! - query[k + 3]!);
    s4 += square(values[at + 4]! - query[k + 4]!);
    s5 += square(values[at + 5]! - query[k + 5]!);
    s6 += square(values[at + 6]! - query[k + 6]!);
    s7 += square(values[at + 7]! - query[k + 7]!);
  }
  for (let k = eights; k < query.length; k++) rest += square(values[start + k]! - query[k]!);
  return Math.fround(s0 + s4 + (s2 + s6) + (s1 + s5 + (s3 + s7)) + rest);
}

function square(difference: number): number {
  return difference * difference;
}
