const DAY_MS = 86_400_000;

function digits(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const digit = bytes[from + i]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar (H. Hinnant, days_from_civil). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  );
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Epoch days of `YYYY-MM-DD` at [from, to), or NaN for any other spelling, which is left to the careful reader. */
export function scanDate(bytes: Uint8Array, from: number, to: number): number {
  if (to - from !== 10 || bytes[from + 4] !== 0x2d || bytes[from + 7] !== 0x2d) return Number.NaN;
  const year = digits(bytes, from, 4);
  const month = digits(bytes, from + 5, 2);
  const day = digits(bytes, from + 8, 2);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return Number.NaN;
  return daysFromCivil(year, month, day);
}

/** Epoch milliseconds of `YYYY-MM-DDTHH:MM:SS[.mmm]Z` at [from, to), or NaN for any other spelling. */
export function scanDateTime(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if ((length !== 20 && length !== 24) || bytes[to - 1] !== 0x5a || bytes[from + 10] !== 0x54)
    return Number.NaN;
  const days = scanDate(bytes, from, from + 10);
  if (bytes[from + 13] !== 0x3a || bytes[from + 16] !== 0x3a) return Number.NaN;
  const hour = digits(bytes, from + 11, 2);
  const minute = digits(bytes, from + 14, 2);
  const second = digits(bytes, from + 17, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return Number.NaN;
  const seconds = hour * 3600 + minute * 60 + second;
  if (length === 20) return days * DAY_MS + seconds * 1000;
  const millisecond = bytes[from + 19] === 0x2e ? digits(bytes, from + 20, 3) : -1;
  return millisecond < 0 ? Number.NaN : days * DAY_MS + seconds * 1000 + millisecond;
}
