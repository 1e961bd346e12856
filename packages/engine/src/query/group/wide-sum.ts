/** Doubles are whole multiples of 2^-1074; a limb holds 32 bits of such a count. */
const MIN_EXPONENT = 1074;
const LIMB_BITS = 32;
/** Number of limbs: enough for the largest double times the number of rows. */
const LIMBS = 70;
/** Beyond this a limb carries its upper half to the next one, long before a double loses digits. */
const FULL = 2 ** 51;
const LIMB = 2 ** LIMB_BITS;
/** Bits that `roundedSum` keeps: more than a double has, the last one being set if set bits were cut off. */
const KEPT_BITS = 64;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** An exact sum of doubles: the order of additions makes no difference. */
export class WideSum {
  static readonly bytes = LIMBS * Float64Array.BYTES_PER_ELEMENT;
  readonly #limbs = new Float64Array(LIMBS);
  #more = 0n;

  /** Adds a finite double. */
  add(value: number): void {
    double[0] = value;
    const low = words[0]!;
    const high = words[1]!;
    const exponent = (high >>> 20) & 0x7ff;
    const top = (high & 0xfffff) | (exponent === 0 ? 0 : 0x100000);
    const shift = exponent === 0 ? 0 : exponent - 1;
    const at = shift >>> 5;
    const bits = shift & 31;
    const sign = high >>> 31 === 0 ? 1 : -1;
    const limbs = this.#limbs;
    // JavaScript shifts by 32 are shifts by 0.
    const carry = bits === 0 ? 0 : low >>> (LIMB_BITS - bits);
    const topCarry = bits === 0 ? 0 : top >>> (LIMB_BITS - bits);
    limbs[at]! += sign * ((low << bits) >>> 0);
    limbs[at + 1]! += sign * (carry + ((top << bits) >>> 0));
    limbs[at + 2]! += sign * topCarry;
    if (Math.abs(limbs[at]!) > FULL || Math.abs(limbs[at + 1]!) > FULL) this.#carry();
  }

  /** Adds a finite double that many times. */
  addTimes(value: number, times: number): void {
    this.#more += unitsOf(value) * BigInt(times);
  }

  /** The sum in multiples of 2^-1074. */
  units(): bigint {
    let units = this.#more;
    for (let i = 0; i < LIMBS; i++) units += BigInt(this.#limbs[i]!) << BigInt(LIMB_BITS * i);
    return units;
  }

  #carry(): void {
    const limbs = this.#limbs;
    for (let i = 0; i < LIMBS - 1; i++) {
      const over = Math.trunc(limbs[i]! / LIMB);
      limbs[i]! -= over * LIMB;
      limbs[i + 1]! += over;
    }
  }
}

/** A finite double in multiples of 2^-1074. */
export function unitsOf(value: number): bigint {
  const sum = new WideSum();
  sum.add(value);
  return sum.units();
}

/**
 * The double nearest to `units` * 2^-1074 / 2^shift, ties to even; an infinity beyond the range. `shift` is for means of sums that are out of range
 * themselves.
 */
export function roundedSum(units: bigint, shift = 0): number {
  const size = units < 0n ? -units : units;
  const cut = Math.max(0, size.toString(2).length - KEPT_BITS);
  const kept = size >> BigInt(cut);
  const inexact = kept << BigInt(cut) !== size;
  const rounded = Number(inexact ? kept | 1n : kept) * 2 ** (cut - MIN_EXPONENT - shift);
  return units < 0n ? -rounded : rounded;
}
