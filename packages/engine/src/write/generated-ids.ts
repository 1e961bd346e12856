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
  private readonly first: Environment | Uint8Array;
  /** The id after the last one, once there is a first. */
  private readonly digits = new Uint8Array(LENGTH);
  private started = false;

  /** `first`: what chooses the first id, or its digits. */
  constructor(first: Environment | Uint8Array) {
    this.first = first;
  }

  appendTo(ids: TextBuilder): void {
    ids.appendBytes(this.upcoming(), 0, LENGTH);
    this.advance();
  }

  /** Ids for many rows, in steps. */
  *minting(length: number): Steps<TextColumn> {
    const bytes = new Uint8Array(length * LENGTH);
    const view = new DataView(bytes.buffer);
    const offsets = new Uint32Array(length + 1);
    const digits = this.upcoming();
    const words = new DataView(digits.buffer);
    yield* ranges(length, STEP_ROWS, (start, end) => {
      for (let row = start; row < end; row++) {
        // Words are written several times as fast as bytes.
        const at = row * LENGTH;
        for (let i = 0; i < WORDS_END; i += 4) view.setInt32(at + i, words.getInt32(i));
        for (let i = WORDS_END; i < LENGTH; i++) bytes[at + i] = digits[i]!;
        offsets[row + 1] = at + LENGTH;
        this.advance();
      }
    });
    return { kind: "text", length, validity: null, offsets, bytes };
  }

  next(): string {
    const id = String.fromCharCode(...this.upcoming());
    this.advance();
    return id;
  }

  /** The digits of the id that comes next: from them another minter makes the same ids. */
  peek(): Uint8Array {
    return this.upcoming().slice();
  }

  private upcoming(): Uint8Array {
    if (!this.started) this.start();
    return this.digits;
  }

  private advance(): void {
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
    if (this.first instanceof Uint8Array) {
      this.digits.set(this.first);
      return;
    }
    const { clock, random } = this.first;
    let time = Math.floor(stampOf(clock) / 1000);
    for (let at = TIME_DIGITS - 1; at >= 0; at--) {
      this.digits[at] = DIGITS[time % 32]!;
      time = Math.floor(time / 32);
    }
    // The first random digit is below 16, so that counting up cannot overflow.
    random
      .bytes(LENGTH - TIME_DIGITS)
      .forEach((byte, i) => (this.digits[TIME_DIGITS + i] = DIGITS[byte & (i === 0 ? 15 : 31)]!));
  }
}
