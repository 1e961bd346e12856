import type { PageCache, SpillRoom } from "@omnigraph/storage";
import type { Pages } from "./memory-pool.ts";

/** A page has 4 KiB: the neighbours of a node are few, and the next node is anywhere. */
const PAGE_BITS = 10;
const PAGE_WORDS = 2 ** PAGE_BITS;

let made = 0;

/** Numbers below 2 ** 32 that are on disk and read by pages; written once, in any order. */
export class PagedWords {
  readonly length: number;
  readonly #room: SpillRoom;
  readonly #cache: PageCache<Uint32Array>;
  readonly #name = `words ${made++}`;
  /** The page that was asked for last. */
  #number = -1;
  #page: Uint32Array = new Uint32Array(0);

  /** `room` has four bytes for each number. */
  constructor(length: number, room: SpillRoom, cache: PageCache<Uint32Array>) {
    this.length = length;
    this.#room = room;
    this.#cache = cache;
  }

  /** To be called before anything is read. */
  write(at: number, words: Uint32Array | Int32Array): void {
    this.#room.write(at * 4, new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  }

  at(index: number): number {
    return this.#pageAt(index)[index & (PAGE_WORDS - 1)]!;
  }

  /** Numbers [from, to): a view of a page where one has them all. */
  slice(from: number, to: number): Uint32Array {
    const start = from & (PAGE_WORDS - 1);
    if (from < to && start + to - from <= PAGE_WORDS)
      return this.#pageAt(from).subarray(start, start + to - from);
    const words = new Uint32Array(to - from);
    this.#room.read(from * 4, new Uint8Array(words.buffer));
    return words;
  }

  /** Gives the disk back; nothing may be read afterwards. */
  release(): void {
    this.#room.release();
  }

  #pageAt(index: number): Uint32Array {
    const number = Math.floor(index / PAGE_WORDS);
    if (number === this.#number) return this.#page;
    this.#page = this.#cache.get(`${this.#name} ${number}`, () => {
      const first = number * PAGE_WORDS;
      const page = new Uint32Array(Math.min(PAGE_WORDS, this.length - first));
      this.#room.read(first * 4, new Uint8Array(page.buffer));
      return page;
    });
    this.#number = number;
    return this.#page;
  }
}

/** Room for so many numbers. */
export function pagedWords(length: number, { spill, words }: Pages): PagedWords {
  return new PagedWords(length, spill.take(length * 4), words);
}
