import type { IncomingHttpHeaders } from "node:http";

/** An entity tag of a list, weak or not, with its quotes. */
const TAG = /(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;
const LIST = /^\s*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"\s*(?:,\s*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"\s*)*$/;
const RANGE = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/;

/** Bytes [from, to). */
interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** Whether a header If-Match or If-None-Match names what has a strong tag: `*` names anything. Compared strongly, a weak tag names nothing. */
export function matches(header: string, tag: string, how: "strong" | "weak"): boolean {
  if (header.trim() === "*") return true;
  if (!LIST.test(header)) return false;
  return [...header.matchAll(TAG)].some(
    ([, weak, named]) => named === tag && (how === "weak" || weak === undefined),
  );
}

/**
 * The range that a header Range asks for of so many bytes, cut at their end; null for all of them: without the header, for one that is malformed, of another unit or
 * of several ranges, and where If-Range names something else.
 */
export function rangeAsked(
  { range, "if-range": ifRange }: IncomingHttpHeaders,
  tag: string,
  size: number,
): ByteRange | "unsatisfiable" | null {
  const [, first, last = "", suffix] = RANGE.exec(range?.trim() ?? "") ?? [];
  if (first === undefined && suffix === undefined) return null;
  if (ifRange !== undefined && ifRange !== tag) return null;
  if (suffix !== undefined) {
    const from = Math.max(0, size - Number(suffix));
    return from < size ? { from, to: size } : "unsatisfiable";
  }
  const from = Number(first);
  if (last !== "" && Number(last) < from) return null;
  if (from >= size) return "unsatisfiable";
  return { from, to: last === "" ? size : Math.min(size, Number(last) + 1) };
}
