import { assert } from "@omnigraph/base";

const LONE_SURROGATE = /\p{Surrogate}/u;
const UNSOUND_PART = /(?:^|\/)\.{0,2}(?:\/|$)/;

/** Checks that a key is what every store takes: whole Unicode text of parts joined by `/`, none empty, `.` or `..`. */
export function checkKey(key: string): void {
  const sound = !LONE_SURROGATE.test(key) && !UNSOUND_PART.test(key);
  assert(sound, `object key ${JSON.stringify(key)}`);
}

/** Order of the keys' UTF-8 bytes. It differs from that of UTF-16 units only where surrogates meet the units above them. */
export function compareKeys(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length);
  for (let i = 0; i < shorter; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return byteRank(a) - byteRank(b);
  }
  return left.length - right.length;
}

/** Surrogates stand for characters beyond all others. */
function byteRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
