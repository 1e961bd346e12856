/** Doubles are whole multiples of 2^-1074; a limb holds 32 bits of such a count. */
const MIN_EXPONENT = 1074;
const LIMB_BITS = 32;
/** Room for the largest double, taken more often than rows are counted. */
const LIMBS = 70;
/** Beyond this a limb gives its upper half to the next, long before a double loses digits. */
const FULL = 2 ** 51;
const LIMB = 2 ** LIMB_BITS;
/** What `roundedSum` keeps of a count: more bits than a double has, and one that says whether more were cut. */
const KEPT_BITS = 64;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** A sum of doubles with every bit of it: order and grouping of what is added make no difference. */
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
    // A shift by 32 is one by none.
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
 * The double nearest to a sum in multiples of 2^-1074, divided by 2^shift; of two as near the even one, an infinity beyond the range.
 * Exact division: `shift` serves sums that are beyond the range themselves.
 */
export function roundedSum(units: bigint, shift = 0): number {
  const size = units < 0n ? -units : units;
  const cut = Math.max(0, size.toString(2).length - KEPT_BITS);
  const kept = size >> BigInt(cut);
  const inexact = kept << BigInt(cut) !== size;
  const rounded = Number(inexact ? kept | 1n : kept) * 2 ** (cut - MIN_EXPONENT - shift);
  return units < 0n ? -rounded : rounded;
}
