import { type Lru, lruOfBytes } from "@omnigraph/base";
import type { Column, TextColumn } from "../../rows/column.ts";
import type { FileColumn, Section } from "./column-file.ts";
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
    this.#bytesOf = bytesOf;
    this.#pages = lruOfBytes(bytes, bytesOf);
  }

  /** Sets another limit, and drops all pages. */
  resize(bytes: number): void {
    this.#pages = lruOfBytes(bytes, this.#bytesOf);
  }

  get(name: string, make: () => Page): Page {
    const held = this.#pages.get(name);
    if (held !== undefined) return held;
    const page = make();
    this.#pages.set(name, page);
    return page;
  }
}

/** A column whose bytes are not on this machine. */
export interface FarColumn {
  /** Names its bytes among those of all columns. */
  readonly name: string;
  /** For messages. */
  readonly place: string;
  /** Neighbours in the file, in order; one at least. */
  readonly sections: readonly Section[];
  /** Bytes of the file. */
  readonly fetch: (range: ByteRange) => Promise<Uint8Array>;
}

/** What is used to read by pages. */
export interface PageMemory {
  /** Pages in memory. */
  readonly columns: PageCache;
  readonly copies: {
    /** Reads of a column by blocking calls, from a copy on this machine. Errors: `object_corrupt`, those of `fetch`, `store_full` where the copy has no room. */
    reads(column: FarColumn): Promise<(range: ByteRange) => Uint8Array>;
  };
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

/** Does what a reading asks for by blocking calls. */
export function readNow<T>(reading: Reading<T>, read: (range: ByteRange) => Uint8Array): T {
  let step = reading.next();
  while (step.done !== true) step = reading.next(step.value.map(read));
  return step.value;
}

/** Bytes of the values of a column in its file. */
export function fileBytes({ sections }: FileColumn): number {
  return sections.reduce((sum, { length }) => sum + length, 0);
}
