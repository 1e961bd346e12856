import {
  close,
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localError } from "./objects/local/errors.ts";

/** A free part of the file. */
interface Gap {
  at: number;
  length: number;
}

/** Room in a temporary file, given back by `release`, or when nobody refers to it any more. */
export interface SpillRoom {
  /** In bytes. */
  readonly length: number;
  /** Errors: `store_full`, `store_denied`, `store_transient`. */
  write(at: number, bytes: Uint8Array): void;
  /** Fills `into` from `at` on. Errors as `write`. */
  read(at: number, into: Uint8Array): void;
  /** Gives the room back; it must not be used afterwards. */
  release(): void;
}

/** The files of those that nobody refers to any more: a budget of memory ends so, as nobody says that it is not needed any more. What fails there hurts nobody. */
const ABANDONED = new FinalizationRegistry<number>((handle) => close(handle, () => undefined));

/**
 * Room on disk for what is derived and does not fit into memory: one file in the system's folder for temporary files (`TMPDIR`), without a name, so that it ends
 * with the process however that ends, and before that once nobody refers to this or to a room of it. All calls block.
 */
export class Spill {
  readonly #folder: string;
  #handle: number | null = null;
  #end = 0;
  /** By place; no two of them touch. */
  #gaps: Gap[] = [];
  readonly #given = new FinalizationRegistry<Gap>((room) => this.#free(room));

  constructor(folder: string = tmpdir()) {
    this.#folder = folder;
  }

  /** Bytes that are in use, or that nobody has noticed yet to be free. */
  get used(): number {
    return this.#gaps.reduce((sum, { length }) => sum - length, this.#end);
  }

  take(length: number): SpillRoom {
    const at = this.#place(length);
    const place = { at, length };
    const room: SpillRoom = {
      length,
      write: (from, bytes) => this.#typed("write", (handle) => writeAll(handle, bytes, at + from)),
      read: (from, into) => this.#typed("read", (handle) => readAll(handle, into, at + from)),
      release: () => {
        if (this.#given.unregister(place)) this.#free(place);
      },
    };
    this.#given.register(room, place, place);
    return room;
  }

  #place(length: number): number {
    const fitting = this.#gaps.find((gap) => gap.length >= length);
    if (fitting === undefined) {
      this.#end += length;
      return this.#end - length;
    }
    const { at } = fitting;
    fitting.at += length;
    fitting.length -= length;
    this.#gaps = this.#gaps.filter((gap) => gap.length > 0);
    return at;
  }

  #free(room: Gap): void {
    const merged: Gap[] = [];
    for (const gap of [...this.#gaps, { ...room }].toSorted((a, b) => a.at - b.at)) {
      const last = merged.at(-1);
      if (last !== undefined && last.at + last.length === gap.at) last.length += gap.length;
      else if (gap.length > 0) merged.push(gap);
    }
    const last = merged.at(-1);
    if (last !== undefined && last.at + last.length === this.#end) {
      this.#end = last.at;
      merged.pop();
      if (this.#handle !== null) ftruncateSync(this.#handle, this.#end);
    }
    this.#gaps = merged;
  }

  #open(): number {
    const handle = openUnnamed(this.#folder);
    ABANDONED.register(this, handle);
    return handle;
  }

  #typed(action: string, body: (handle: number) => void): void {
    try {
      this.#handle ??= this.#open();
      body(this.#handle);
    } catch (cause) {
      throw localError(cause, action, `${this.#folder} (TMPDIR)`);
    }
  }
}

function openUnnamed(folder: string): number {
  const own = mkdtempSync(join(folder, "omnigraph-"));
  const path = join(own, "spill");
  const handle = openSync(path, "wx+", 0o600);
  try {
    unlinkSync(path);
    rmdirSync(own);
  } catch (cause) {
    closeSync(handle);
    throw cause;
  }
  return handle;
}

function writeAll(handle: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;)
    done += writeSync(handle, bytes, done, bytes.length - done, at + done);
}

/** Where nothing was written there are zeros. */
function readAll(handle: number, into: Uint8Array, at: number): void {
  for (let done = 0; done < into.length;) {
    const count = readSync(handle, into, done, into.length - done, at + done);
    if (count === 0) {
      into.fill(0, done);
      return;
    }
    done += count;
  }
}
