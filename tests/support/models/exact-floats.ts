/** The least double above zero is 2^-1074: every double is a whole number of those. */
const LEAST = 1074;

/** A finite double in multiples of 2^-1074. */
export function exactUnits(value: number): bigint {
  const size = Math.abs(value);
  if (size >= 2 ** 53) return BigInt(value) << BigInt(LEAST);
  // Times a power of two is exact; the parts of a double that is not below 2^-500 end at 2^-552.
  if (size >= 2 ** -500) return BigInt(value * 2 ** 552) << BigInt(LEAST - 552);
  return BigInt(value * 2 ** 1000 * 2 ** (LEAST - 1000));
}

/** The double nearest to so many multiples of 2^-(1074 + shift): by way of all its decimal digits, which the platform reads exactly. */
export function nearestDouble(units: bigint, shift = 0): number {
  const exponent = LEAST + shift;
  return Number(`${units * 5n ** BigInt(exponent)}e-${exponent}`);
}

/** The mean of a sum in multiples of 2^-1074 as it is documented: the nearest double of the sum, divided by the count, without overflow. */
export function exactMean(units: bigint, count: number): number {
  const sum = nearestDouble(units);
  return Number.isFinite(sum) ? sum / count : (nearestDouble(units, 64) / count) * 2 ** 64;
}
