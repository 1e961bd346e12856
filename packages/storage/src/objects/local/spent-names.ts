import { OmnigraphError } from "@omnigraph/base";
import { type FileStatus, type FileSystem, hasCode } from "./filesystem.ts";

/**
 * Spent names: file names behind which power loss left nothing. A put by one sync links its file first and then syncs bytes and name together. If
 * power is lost in between, the name can be there with an empty file, or nothing but zeros, behind it. No caller was promised that object, but the
 * name is taken, and several writers could not agree on who may take it again. So a spent name is never used again: the object gets the next
 * spelling of its name (`name~1`, `name~2`, …).
 */

/** The file of an object: where it is, or where it would be put. */
export interface Location {
  readonly path: string;
  /** Null where there is nothing. */
  readonly status: FileStatus | null;
}

/** Spellings of one name that are tried. One power loss spends one spelling, so if all of these are spent, something else empties the files. */
const SPELLINGS = 1000;

/** Whether an open file holds no object: no object that is put by one sync is empty or begins with a zero byte. */
export async function isSpent(disk: FileSystem, handle: number, size: number): Promise<boolean> {
  const first = new Uint8Array(1);
  return size === 0 || (await disk.read(handle, first, 0)) === 0 || first[0] === 0;
}

/** The file of the first spelling of a path that is not spent. */
export async function locate(disk: FileSystem, path: string, mayBeSpent: boolean): Promise<Location> {
  for (let number = 0; ; number++) {
    const at = spelling(path, number);
    const status = await disk.stat(at);
    if (!mayBeSpent || status === null || status.isFolder || !(await isSpentFile(disk, at, status.size)))
      return { path: at, status };
  }
}

/** `name`, `name~1`, `name~2`: no key's path has a `~`. Throws `object_corrupt` beyond the last that is tried. */
export function spelling(path: string, number: number): string {
  if (number === 0) return path;
  if (number < SPELLINGS) return `${path}~${number}`;
  throw new OmnigraphError(
    "object_corrupt",
    `${path} and ${SPELLINGS - 1} more spellings of it are files without content; something empties the files of this folder: restore it from a backup`,
    { details: { place: path } },
  );
}

/** A path as a key has it, without the number of its spelling. */
export function withoutSpelling(path: string): string {
  return path.replace(/~\d+$/, "");
}

/** An open handle, or null where there is no file. */
export async function openIfThere(disk: FileSystem, path: string): Promise<number | null> {
  try {
    return await disk.open(path, "read");
  } catch (cause) {
    if (hasCode(cause, "ENOENT", "ENOTDIR")) return null;
    throw cause;
  }
}

async function isSpentFile(disk: FileSystem, path: string, size: number): Promise<boolean> {
  if (size === 0) return true;
  const handle = await openIfThere(disk, path);
  if (handle === null) return false;
  try {
    return await isSpent(disk, handle, size);
  } finally {
    await disk.close(handle);
  }
}
