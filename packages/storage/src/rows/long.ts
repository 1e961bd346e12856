/** 64-bit integers as two 32-bit words, low and high. */
const WORD = 2 ** 32;

/** The low word of an integer, signed or not; of a number it must be safe. */
export function lowWord(value: number | bigint): number {
  return typeof value === "bigint" ? Number(BigInt.asIntN(32, value)) : value | 0;
}

/** The high word of an integer, signed or not; of a number it must be safe. */
export function highWord(value: number | bigint): number {
  return typeof value === "bigint" ? Number(BigInt.asIntN(32, value >> 32n)) : Math.floor(value / WORD) | 0;
}

/** The nearest double: exact within 2^53. */
export function wordsToNumber(low: number, high: number, unsigned: boolean): number {
  return (unsigned ? high >>> 0 : high) * WORD + (low >>> 0);
}

/** A number when that is safe, else a bigint. */
export function wordsToValue(low: number, high: number, unsigned: boolean): number | bigint {
  const number = wordsToNumber(low, high, unsigned);
  return Number.isSafeInteger(number) ? number : wordsToBigint(low, high, unsigned);
}

export function wordsToBigint(low: number, high: number, unsigned: boolean): bigint {
  return (BigInt(unsigned ? high >>> 0 : high) << 32n) | BigInt(low >>> 0);
}
