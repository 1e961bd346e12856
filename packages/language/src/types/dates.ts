const DAY_MS = 86_400_000;

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?([Zz]|[+-]\d{2}:?\d{2})?)?$/;

/** A time with a fraction of a second: what is before it, its digits, and the zone. */
const FRACTION = /^(.*:\d{2}:\d{2})\.(\d+)(.*)$/;

/** 0000-01-01 in epoch days; years have four digits. */
export const MIN_DATE: number = daysOf(0, 1, 1);
export const MAX_DATE: number = daysOf(9999, 12, 31);

/** The first and the last millisecond of those days. */
export const MIN_DATE_TIME: number = MIN_DATE * DAY_MS;
export const MAX_DATE_TIME: number = (MAX_DATE + 1) * DAY_MS - 1;

/** Epoch days of `YYYY-MM-DD`, or null where the text is no day of the (proleptic Gregorian) calendar. */
export function parseDate(text: string): number | null {
  const match = DATE.exec(text);
  if (match === null) return null;
  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return daysOf(year, month, day);
}

/**
 * Epoch milliseconds of an ISO 8601 text, or null. The zone is `Z` or an offset; without one it is UTC. A date
 * alone is its midnight in UTC. Digits of a second beyond the third are dropped: see
 * `finerThanMillis`.
 */
export function parseDateTime(text: string): number | null {
  const match = DATE_TIME.exec(text);
  if (match === null) return null;
  const days = parseDate(match[1] ?? "");
  if (days === null) return null;
  const [hour, minute, second] = [Number(match[2] ?? 0), Number(match[3] ?? 0), Number(match[4] ?? 0)];
  const ms = Number((match[5] ?? "").slice(0, 3).padEnd(3, "0"));
  const offset = offsetMinutes(match[6]);
  if (hour > 23 || minute > 59 || second > 59 || offset === null) return null;
  const instant = days * DAY_MS + ((hour * 60 + minute - offset) * 60 + second) * 1000 + ms;
  return instant < MIN_DATE_TIME || instant > MAX_DATE_TIME ? null : instant;
}

/** The message for a time that is `finerThanMillis`, as the end of a sentence. */
export const FINER_THAN_MILLIS =
  "has digits of a second beyond the third, and a DateTime holds milliseconds: round it, or write zeros there";

/** Whether an ISO 8601 time is finer than a DateTime: it has non-zero digits of a second beyond the third. */
export function finerThanMillis(text: string): boolean {
  return /\.\d{3}\d*[1-9]/.test(text);
}

/** Epoch microseconds of an ISO 8601 text as `parseDateTime` takes it, exact to the sixth digit of a second; null where it has more, or is no time. */
export function parseInstant(text: string): number | null {
  const [, before = text, digits = "", zone = ""] = FRACTION.exec(text) ?? [];
  const whole = parseDateTime(before + zone);
  if (whole === null || digits.length > 6) return null;
  return whole * 1000 + Number(digits.padEnd(6, "0"));
}

/** ISO 8601 in UTC with microseconds and Z of epoch microseconds. */
export function formatInstant(micros: number): string {
  const ms = Math.floor(micros / 1000);
  return `${formatDateTime(ms).slice(0, -1)}${String(micros - ms * 1000).padStart(3, "0")}Z`;
}

/** `YYYY-MM-DD` of epoch days in the range of Date. */
export function formatDate(days: number): string {
  return new Date(days * DAY_MS).toISOString().slice(0, 10);
}

/** ISO 8601 in UTC with milliseconds and Z of epoch milliseconds in the range of DateTime. */
export function formatDateTime(ms: number): string {
  return new Date(ms).toISOString();
}

function offsetMinutes(text: string | undefined): number | null {
  if (text === undefined || text === "Z" || text === "z") return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(-2));
  if (hours > 23 || minutes > 59) return null;
  return (text.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970-01-01, by counting from March so that the leap day ends a year (H. Hinnant, days_from_civil). */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
