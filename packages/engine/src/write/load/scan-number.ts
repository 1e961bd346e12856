/** Powers of ten that doubles hold exactly: dividing a mantissa below 2^53 by one of them rounds once, so the result is correctly rounded. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Reads JSON numbers from bytes. It makes a string only where arithmetic in doubles would not be exact. */
export class NumberScanner {
  value = 0;
  /** Whether the number was written without fraction and exponent. */
  integral = false;
  /** False when more than fifteen digits were written: the value may be rounded. */
  exact = true;

  /** Reads the number that starts at `from`; returns the position after it, or -1 if the bytes are no JSON number. */
  read(bytes: Buffer, from: number): number {
    let at = from;
    let byte = bytes[at]!;
    const negative = byte === 0x2d;
    if (negative) byte = bytes[++at]!;
    const first = at;
    let mantissa = 0;
    while (byte >= 0x30 && byte <= 0x39) {
      mantissa = mantissa * 10 + (byte - 0x30);
      byte = bytes[++at]!;
    }
    const whole = at - first;
    if (whole === 0 || (whole > 1 && bytes[first] === 0x30)) return -1;
    let scale = 0;
    if (byte === 0x2e) {
      const point = at;
      byte = bytes[++at]!;
      while (byte >= 0x30 && byte <= 0x39) {
        mantissa = mantissa * 10 + (byte - 0x30);
        byte = bytes[++at]!;
      }
      scale = at - point - 1;
      if (scale === 0) return -1;
    }
    if (byte === 0x65 || byte === 0x45 || whole + scale > 15) return this.long(bytes, from, at, scale === 0);
    const magnitude = scale === 0 ? mantissa : mantissa / POWERS[scale]!;
    this.value = negative ? -magnitude : magnitude;
    this.integral = scale === 0;
    this.exact = true;
    return at;
  }

  /** Many digits or an exponent: converted by `Number`. */
  private long(bytes: Buffer, from: number, mantissaEnd: number, integral: boolean): number {
    let at = mantissaEnd;
    let byte = bytes[at]!;
    this.integral = integral;
    if (byte === 0x65 || byte === 0x45) {
      this.integral = false;
      byte = bytes[++at]!;
      if (byte === 0x2b || byte === 0x2d) byte = bytes[++at]!;
      const first = at;
      while (byte >= 0x30 && byte <= 0x39) byte = bytes[++at]!;
      if (at === first) return -1;
    }
    this.value = Number(bytes.toString("latin1", from, at));
    this.exact = false;
    return at;
  }
}
