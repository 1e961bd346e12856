import type { Environment } from "./environment.ts";
import { OmnigraphError } from "./errors/error.ts";
import { stampOf } from "./stamp.ts";

/** Crockford's base 32: no I, L, O, U. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const ULID_BYTES = 16;

/** Whether a text is a ULID as we write them: 26 upper-case digits of at most 128 bits. */
export function isUlid(text: string): boolean {
  return ULID.test(text);
}

/** The 26 digits of 16 bytes, most significant first; texts order as the bytes do. */
export function encodeUlid(bytes: Uint8Array): string {
  if (bytes.length !== ULID_BYTES) {
    throw new OmnigraphError("internal", `invariant broken: a ULID of ${bytes.length} bytes`);
  }
  let text = "";
  // 128 bits are 26 digits of 5 bits with 2 bits of zero before them.
  let pending = 0;
  let bits = 2;
  for (const byte of bytes) {
    pending = (pending << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(pending >>> bits) & 31];
    }
    pending &= (1 << bits) - 1;
  }
  return text;
}

/** The 16 bytes of a ULID, or null where the text is none. @internal Tests look into ids. */
export function decodeUlid(text: string): Uint8Array | null {
  if (!isUlid(text)) return null;
  const bytes = new Uint8Array(ULID_BYTES);
  let pending = 0;
  let bits = -2;
  let at = 0;
  for (const digit of text) {
    pending = (pending << 5) | ALPHABET.indexOf(digit);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = pending >>> bits;
    pending &= (1 << bits) - 1;
  }
  return bytes;
}

/**
 * Mints ULIDs that always grow: 48 bits of milliseconds and 80 random bits; within a millisecond, or when the
 * clock goes back, the last one plus one.
 */
export function ulidFactory({ clock, random }: Environment): () => string {
  const last = new Uint8Array(ULID_BYTES);
  let lastMs = -1;
  return () => {
    const ms = Math.floor(stampOf(clock) / 1000);
    if (ms > lastMs) {
      lastMs = ms;
      const time = new DataView(last.buffer);
      time.setUint16(0, Math.floor(ms / 2 ** 32));
      time.setUint32(2, ms % 2 ** 32);
      last.set(random.bytes(10), 6);
      // The highest random bit stays clear, so that counting up within a millisecond never runs into the time.
      last[6] = (last[6] ?? 0) & 0x7f;
    } else {
      increment(last);
    }
    return encodeUlid(last);
  };
}

function increment(bytes: Uint8Array): void {
  for (let at = bytes.length - 1; at >= 0; at--) {
    const next = ((bytes[at] ?? 0) + 1) & 0xff;
    bytes[at] = next;
    if (next !== 0) return;
  }
}
