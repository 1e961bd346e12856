const C1 = 0x239b961b;
const C2 = 0xab0e9789 | 0;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93 | 0;

function mix(h: number): number {
  let m = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  m = Math.imul(m ^ (m >>> 13), 0xc2b2ae35);
  return m ^ (m >>> 16);
}

function rotated(k: number, by: number): number {
  return (k << by) | (k >>> (32 - by));
}

/** Up to four bytes from `at` before `end`, little endian, zeros beyond. Without a loop: most ids are short, and these are most of their hash. */
function word(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  const count = end - at;
  if (count === 1) return first;
  if (count === 2) return first | (bytes[at + 1]! << 8);
  const three = first | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
  return count === 3 ? three : three | (bytes[at + 3]! << 24);
}

/**
 * 64-bit hash of bytes[from, to): the first eight bytes of MurmurHash3_x86_128 (Austin Appleby) with seed 0, written as two little-endian
 * words to out[at] and out[at + 1]. Part of the storage formats: it never changes.
 */
export function hashInto(bytes: Uint8Array, from: number, to: number, out: Uint32Array, at: number): void {
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  let i = from;
  for (; i + 16 <= to; i += 16) {
    const k1 = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    const k2 = bytes[i + 4]! | (bytes[i + 5]! << 8) | (bytes[i + 6]! << 16) | (bytes[i + 7]! << 24);
    const k3 = bytes[i + 8]! | (bytes[i + 9]! << 8) | (bytes[i + 10]! << 16) | (bytes[i + 11]! << 24);
    const k4 = bytes[i + 12]! | (bytes[i + 13]! << 8) | (bytes[i + 14]! << 16) | (bytes[i + 15]! << 24);
    h1 ^= Math.imul(rotated(Math.imul(k1, C1), 15), C2);
    h1 = (Math.imul(rotated(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotated(Math.imul(k2, C2), 16), C3);
    h2 = (Math.imul(rotated(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotated(Math.imul(k3, C3), 17), C4);
    h3 = (Math.imul(rotated(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotated(Math.imul(k4, C4), 18), C1);
    h4 = (Math.imul(rotated(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  const rest = to - i;
  if (rest > 12) h4 ^= Math.imul(rotated(Math.imul(word(bytes, i + 12, to), C4), 18), C1);
  if (rest > 8) h3 ^= Math.imul(rotated(Math.imul(word(bytes, i + 8, to), C3), 17), C4);
  if (rest > 4) h2 ^= Math.imul(rotated(Math.imul(word(bytes, i + 4, to), C2), 16), C3);
  if (rest > 0) h1 ^= Math.imul(rotated(Math.imul(word(bytes, i, to), C1), 15), C2);
  const length = to - from;
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = mix(h1);
  h2 = mix(h2);
  h1 = (h1 + h2 + mix(h3) + mix(h4)) | 0;
  out[at] = h1;
  out[at + 1] = h2 + h1;
}
