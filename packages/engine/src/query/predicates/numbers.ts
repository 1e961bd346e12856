import type { BoolColumn, LongColumn, NumberColumn } from "@omnigraph/storage";
import { bitAt, highWord, lowWord } from "@omnigraph/storage";
import type { RowTest } from "./text.ts";
import { type Accepted, accepts } from "./values.ts";

/** Compares a row with a constant by value; JavaScript compares number with bigint exactly. */
export function numberTest(column: NumberColumn, accepted: Accepted, constant: number | bigint): RowTest {
  const { values } = column;
  const { less, equal, greater } = accepted;
  return (row) => {
    const value = values[row]!;
    return value < constant ? less : value > constant ? greater : equal;
  };
}

export function boolTest(column: BoolColumn, accepted: Accepted, constant: boolean): RowTest {
  const { bits } = column;
  const onFalse = accepts(accepted, 0 - Number(constant));
  const onTrue = accepts(accepted, 1 - Number(constant));
  return (row) => (bitAt(bits, row) ? onTrue : onFalse);
}

const MAX_SIGNED = 2n ** 63n - 1n;
const MIN_SIGNED = -(2n ** 63n);
const MAX_UNSIGNED = 2n ** 64n - 1n;

/** 64-bit integers against a constant of any numeric type, word by word, without a bigint per row. */
export function longTest(column: LongColumn, accepted: Accepted, constant: number | bigint): RowTest {
  const unsigned = column.scalar === "U64";
  const least = unsigned ? 0n : MIN_SIGNED;
  const most = unsigned ? MAX_UNSIGNED : MAX_SIGNED;
  const { less, greater } = accepted;
  if (constant < least) return () => greater;
  if (constant > most) return () => less;
  const whole = BigInt(typeof constant === "bigint" ? constant : Math.floor(constant));
  // A constant with a fraction is above its floor, so a value equal to the floor is less than the constant.
  const onFloor = typeof constant === "number" && !Number.isInteger(constant) ? less : accepted.equal;
  const low = lowWord(whole) >>> 0;
  const high = unsigned ? highWord(whole) >>> 0 : highWord(whole);
  const { words } = column;
  return (row) => {
    const rowHigh = unsigned ? words[2 * row + 1]! >>> 0 : words[2 * row + 1]!;
    if (rowHigh !== high) return rowHigh < high ? less : greater;
    const rowLow = words[2 * row]! >>> 0;
    return rowLow < low ? less : rowLow > low ? greater : onFloor;
  };
}
