import { type Environment, ranges, stampOf, STEP_ROWS, type Steps } from "@omnigraph/base";
import type { TextBuilder, TextColumn } from "@omnigraph/storage";

const DIGITS = Uint8Array.from("0123456789ABCDEFGHJKMNPQRSTVWXYZ", (digit) => digit.charCodeAt(0));
const LENGTH = 26;
const TIME_DIGITS = 10;
/** End of the digits that fill 32-bit words. */
const WORDS_END = LENGTH & ~3;

/** Value of each Crockford digit by its byte. */
const VALUES = new Uint8Array(128);
DIGITS.forEach((digit, value) => (VALUES[digit] = value));

/**
 * Ids for rows without one: ULIDs (10 digits of milliseconds, 16 random ones, Crockford's base 32) that count up from a random start, so that
 * their order is the order of the rows in the write. They are written as bytes, without making strings.
 */
export class IdMinter {
  private readonly environment: Environment;
  private readonly digits = new Uint8Array(LENGTH);
  private started = false;

  constructor(environment: Environment) {
    this.environment = environment;
  }

  appendTo(ids: TextBuilder): void {
    this.advance();
    ids.appendBytes(this.digits, 0, LENGTH);
  }

  /** Ids for many rows, in steps. */
  *minting(length: number): Steps<TextColumn> {
    const bytes = new Uint8Array(length * LENGTH);
    const view = new DataView(bytes.buffer);
    const offsets = new Uint32Array(length + 1);
    const { digits } = this;
    const words = new DataView(digits.buffer);
    yield* ranges(length, STEP_ROWS, (start, end) => {
      for (let row = start; row < end; row++) {
        this.advance();
        // Words are written several times as fast as bytes.
        const at = row * LENGTH;
        for (let i = 0; i < WORDS_END; i += 4) view.setInt32(at + i, words.getInt32(i));
        for (let i = WORDS_END; i < LENGTH; i++) bytes[at + i] = digits[i]!;
        offsets[row + 1] = at + LENGTH;
      }
    });
    return { kind: "text", length, validity: null, offsets, bytes };
  }

  next(): string {
    this.advance();
    return String.fromCharCode(...this.digits);
  }

  private advance(): void {
    if (!this.started) {
      this.start();
      return;
    }
    for (let at = LENGTH - 1; at >= TIME_DIGITS; at--) {
      const value = VALUES[this.digits[at]!]! + 1;
      if (value < 32) {
        this.digits[at] = DIGITS[value]!;
        return;
      }
      this.digits[at] = DIGITS[0]!;
    }
  }

  private start(): void {
    this.started = true;
    let time = Math.floor(stampOf(this.environment.clock) / 1000);
    for (let at = TIME_DIGITS - 1; at >= 0; at--) {
      this.digits[at] = DIGITS[time % 32]!;
      time = Math.floor(time / 32);
    }
    const random = this.environment.random.bytes(LENGTH - TIME_DIGITS);
    // The first random digit is below 16, so that counting up cannot overflow.
    random.forEach((byte, i) => (this.digits[TIME_DIGITS + i] = DIGITS[byte & (i === 0 ? 15 : 31)]!));
  }
}
