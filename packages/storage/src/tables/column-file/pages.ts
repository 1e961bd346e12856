import { lru, type Lru } from "@omnigraph/base";
import type { Column, TextColumn } from "../../rows/column.ts";
import type { FileColumn } from "./column-file.ts";
import { type ByteRange, type Reading, readingRows } from "./readings.ts";

/** A page has about as many bytes: what a disk reads about as fast as one byte. */
const PAGE_BYTES = 16 << 10;
/** Bits of the number of a row in its page, at most. */
const MOST_BITS = 12;

/** Pages of anything, by name, of which those used longest ago are dropped. */
export class PageCache<Page extends {} = Column> {
  readonly #bytesOf: (page: Page) => number;
  #pages: Lru<Page>;

  /** `bytes` is what all pages together may take. */
  constructor(bytes: number, bytesOf: (page: Page) => number) {
    this.#bytesOf = (page) => Math.max(1, Math.ceil(bytesOf(page)));
    this.#pages = this.#empty(bytes);
  }

  /** Sets another limit, and drops all pages. */
  resize(bytes: number): void {
    this.#pages = this.#empty(bytes);
  }

  get(name: string, make: () => Page): Page {
    const held = this.#pages.get(name);
    if (held !== undefined) return held;
    const page = make();
    this.#pages.set(name, page);
    return page;
  }

  #empty(bytes: number): Lru<Page> {
    return lru(Math.min(Number.MAX_SAFE_INTEGER, Math.max(1, Math.floor(bytes))), this.#bytesOf);
  }
}

/** Where the pages of a column come from. */
export interface PageSource {
  /** Names the column among all whose pages are cached together. */
  readonly name: string;
  /** For messages. */
  readonly place: string;
  readonly cache: PageCache;
  /** By a blocking call. */
  readonly read: (range: ByteRange) => Uint8Array;
}

/**
 * A column that is read page by page as values are asked for, so that it takes little memory whatever its length. Errors of `page`: `object_corrupt` where
 * the file is damaged or gone, and those of the store.
 */
export interface PagedColumn {
  readonly length: number;
  /** A page has 2 ** pageBits rows, the last one fewer. */
  readonly pageBits: number;
  /** The rows whose number without its last `pageBits` bits is `n`. */
  page(n: number): Column;
}

/** The pages of a column of a column file. */
export class FilePages implements PagedColumn {
  readonly length: number;
  readonly pageBits: number;
  readonly #column: FileColumn;
  readonly #dictionary: TextColumn | null;
  readonly #source: PageSource;
  /** The page that was asked for last. */
  #number = -1;
  #page: Column | null = null;

  /** `dictionary` has the texts of a dictionary column. */
  constructor(column: FileColumn, dictionary: TextColumn | null, source: PageSource) {
    this.length = column.shape.rows;
    const rowBytes = fileBytes(column) / Math.max(this.length, 1);
    this.pageBits = Math.min(MOST_BITS, Math.max(0, Math.floor(Math.log2(PAGE_BYTES / rowBytes))));
    this.#column = column;
    this.#dictionary = dictionary;
    this.#source = source;
  }

  page(n: number): Column {
    if (n !== this.#number || this.#page === null) {
      this.#page = this.#source.cache.get(`${this.#source.name} ${n}`, () => this.#read(n));
      this.#number = n;
    }
    return this.#page;
  }

  #read(n: number): Column {
    const { place, read } = this.#source;
    const rows = 2 ** this.pageBits;
    const to = Math.min((n + 1) * rows, this.length);
    return readNow(readingRows(this.#column, n * rows, to, place, this.#dictionary), read);
  }
}

function readNow<T>(reading: Reading<T>, read: (range: ByteRange) => Uint8Array): T {
  let step = reading.next();
  while (step.done !== true) step = reading.next(step.value.map(read));
  return step.value;
}

/** Bytes of the values of a column in its file. */
export function fileBytes({ sections }: FileColumn): number {
  return sections.reduce((sum, { length }) => sum + length, 0);
}
