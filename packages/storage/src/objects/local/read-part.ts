import { closeSync, openSync, readSync } from "node:fs";
import { localError } from "./errors.ts";
import { hasCode } from "./filesystem.ts";

/** Bytes [offset, offset + length) of a file, cut at its end, by blocking calls; null where there is none. */
export function readPartNow(path: string, offset: number, length: number): Uint8Array | null {
  try {
    const handle = openSync(path, "r");
    try {
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const count = readSync(handle, bytes, done, length - done, offset + done);
        if (count === 0) return bytes.subarray(0, done);
        done += count;
      }
      return bytes;
    } finally {
      closeSync(handle);
    }
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) return null;
    throw localError(cause, "read", path);
  }
}
