/**
 * The double with the shortest decimal text that rounds to the given float32, so that 0.1 stored as F32 is shown
 * as 0.1 and not as 0.10000000149011612.
 */
export function shortestFloat32(value: number): number {
  // Whole numbers below 2^24 are exact and say all their digits anyway.
  if (!Number.isFinite(value) || (Number.isInteger(value) && Math.abs(value) < 2 ** 24)) return value;
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  // Nine significant digits tell any two float32 apart.
  return Number(value.toPrecision(9));
}
