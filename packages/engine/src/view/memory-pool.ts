import { OmnigraphError } from "@omnigraph/base";
import { ColumnCopies, PageCache, type PageMemory, Spill } from "@omnigraph/storage";
import { columnBytes } from "./bytes.ts";

/** The account of one structure; it does not keep the structure alive. */
interface Entry {
  bytes: number;
  lastUse: number;
  pins: number;
  readonly slot: WeakRef<Droppable>;
  readonly share: MemoryShare | null;
}

interface Droppable {
  drop(): void;
}

/** What is read by pages, and where the pages are kept. */
export interface Pages extends PageMemory {
  /** Columns that take more bytes are, and adjacencies and ends. */
  readonly columnsAbove: number;
  readonly edgesAbove: number;
  /** Rows that one query sorts, groups or answers go to disk where they take more bytes. */
  readonly rowsAbove: number;
  readonly words: PageCache<Uint32Array>;
  /** Where structures are kept that no file of the graph has. */
  readonly spill: Spill;
}

/** Where derived structures are accounted for. */
export type Memory = Pick<MemoryPool, "admit" | "admitInRun" | "touch" | "release" | "pages">;

/** A column that would take a greater part of all memory is read by pages; all pages of columns together take as much, and all others. */
const COLUMN_PART = 1 / 8;
/** As much for an adjacency, which is read at random and costs more by pages. */
const EDGES_PART = 1 / 4;
const ROWS_PART = 1 / 8;
/** Copies on this machine of columns that are far away take disk, not memory: so much of it while nobody uses them. */
const COPIES_PART = 4;

/**
 * Limits the bytes of derived structures of all graphs and views that share the pool. When a new structure does not fit, the least recently used ones that are
 * not pinned are dropped; pinned ones may exceed the limit. Structures without references leave the account when the garbage collector frees them.
 * Pins and these weak references are why it is no `lru`, which owns its values and drops whichever is the oldest.
 */
export class MemoryPool {
  #limit: number;
  #used = 0;
  #clock = 0;
  readonly #columns: PageCache;
  readonly #words: PageCache<Uint32Array>;
  readonly #spill = new Spill();
  readonly #copies: ColumnCopies;
  readonly #entries = new Set<Entry>();
  readonly #freed = new FinalizationRegistry<Entry>((entry) => this.#remove(entry));

  /** `limit` in bytes. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#columns = new PageCache(limit * COLUMN_PART, columnBytes);
    this.#words = new PageCache(limit * COLUMN_PART, ({ byteLength }) => byteLength);
    this.#copies = new ColumnCopies(this.#spill, limit * COPIES_PART);
  }

  get pages(): Pages {
    return {
      columnsAbove: this.#limit * COLUMN_PART,
      edgesAbove: this.#limit * EDGES_PART,
      rowsAbove: this.#limit * ROWS_PART,
      columns: this.#columns,
      copies: this.#copies,
      words: this.#words,
      spill: this.#spill,
    };
  }

  /** Bytes that may be resident. */
  get limit(): number {
    return this.#limit;
  }

  /** Sets another limit, and drops what does not fit any more. */
  resize(limit: number): void {
    this.#limit = limit;
    this.#columns.resize(limit * COLUMN_PART);
    this.#words.resize(limit * COLUMN_PART);
    this.#copies.resize(limit * COPIES_PART);
    this.#dropUntil(limit);
  }

  /** Bytes of the structures that are resident. */
  get used(): number {
    return this.#used;
  }

  /** A part of the budget whose structures can be let go by themselves. */
  share(): MemoryShare {
    return new MemoryShare(this);
  }

  /** Drops every structure that is not pinned: all, or those of one share. They are loaded again when they are needed. */
  dropAll(share?: MemoryShare): void {
    if (share === undefined) this.#dropUntil(0);
    else for (const entry of this.#of(share)) if (entry.pins === 0) entry.slot.deref()?.drop();
  }

  /** Bytes of the structures of one share that are resident. */
  usedBy(share: MemoryShare): number {
    return this.#of(share).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Accounts for a structure, dropping others where there is no room. */
  admit(slot: Droppable, bytes: number, share: MemoryShare | null = null): Entry {
    this.#dropUntil(this.#limit - bytes);
    return this.#account(slot, bytes, share);
  }

  /**
   * Accounts for a structure that is derived while a query runs synchronously. The query has checked that all it needs is resident and holds no pins, so
   * nothing may be dropped before it returns.
   */
  admitInRun(slot: Droppable, bytes: number, share: MemoryShare | null = null): Entry {
    queueMicrotask(() => this.#dropUntil(this.#limit));
    return this.#account(slot, bytes, share);
  }

  #account(slot: Droppable, bytes: number, share: MemoryShare | null): Entry {
    const entry: Entry = { bytes, lastUse: ++this.#clock, pins: 0, slot: new WeakRef(slot), share };
    this.#entries.add(entry);
    this.#used += bytes;
    this.#freed.register(slot, entry, entry);
    return entry;
  }

  touch(entry: Entry): void {
    entry.lastUse = ++this.#clock;
  }

  release(entry: Entry): void {
    this.#freed.unregister(entry);
    this.#remove(entry);
  }

  #remove(entry: Entry): void {
    if (this.#entries.delete(entry)) this.#used -= entry.bytes;
  }

  #of(share: MemoryShare): readonly Entry[] {
    return [...this.#entries].filter((entry) => entry.share === share);
  }

  #dropUntil(target: number): void {
    if (this.#used <= target) return;
    const oldestFirst = [...this.#entries].toSorted((a, b) => a.lastUse - b.lastUse);
    for (const entry of oldestFirst) {
      if (this.#used <= target) return;
      if (entry.pins === 0) entry.slot.deref()?.drop();
    }
  }
}

/** What one graph has of a budget that others may share: all of it is there for whoever needs it, and what is resident of this graph can be let go. */
export class MemoryShare implements Memory {
  readonly #budget: MemoryPool;

  constructor(budget: MemoryPool) {
    this.#budget = budget;
  }

  /** Bytes of this graph's structures that are resident. */
  get used(): number {
    return this.#budget.usedBy(this);
  }

  get pages(): Pages {
    return this.#budget.pages;
  }

  /** Drops this graph's structures, pinned ones excepted. */
  dropAll(): void {
    this.#budget.dropAll(this);
  }

  admit(slot: Droppable, bytes: number): Entry {
    return this.#budget.admit(slot, bytes, this);
  }

  admitInRun(slot: Droppable, bytes: number): Entry {
    return this.#budget.admitInRun(slot, bytes, this);
  }

  touch(entry: Entry): void {
    this.#budget.touch(entry);
  }

  release(entry: Entry): void {
    this.#budget.release(entry);
  }
}

/** Holds one derived structure, which the budget may drop at any time while it is not pinned. */
export class Slot<T> {
  readonly #memory: Memory;
  readonly #bytesOf: (value: T) => number;
  #value: T | null = null;
  #entry: Entry | null = null;
  #pins = 0;
  #loading: Promise<T> | null = null;
  #dependent: Droppable | null = null;

  constructor(memory: Memory, bytesOf: (value: T) => number) {
    this.#memory = memory;
    this.#bytesOf = bytesOf;
  }

  /** Registers a structure that keeps the memory of this one alive, and is dropped together with it. */
  dropsWith(dependent: Droppable): void {
    this.#dependent = dependent;
  }

  get isResident(): boolean {
    return this.#value !== null;
  }

  /** As `value`, without counting as a use. */
  get peeked(): T | null {
    return this.#value;
  }

  /** Bytes that are accounted for it. */
  get bytes(): number {
    return this.#entry?.bytes ?? 0;
  }

  /** The structure, or null when it is not resident. Counts as a use. */
  get value(): T | null {
    if (this.#entry !== null) this.#memory.touch(this.#entry);
    return this.#value;
  }

  /** The structure, which the caller has loaded. */
  require(what: string): T {
    const value = this.value;
    if (value === null)
      throw new OmnigraphError("internal", `invariant broken: ${what} is read before it is loaded`);
    return value;
  }

  set(value: T): void {
    this.drop();
    this.#hold(value, this.#memory.admit(this, this.#bytesOf(value)));
  }

  /** As `set`, while a query runs. */
  setInRun(value: T): void {
    this.drop();
    this.#hold(value, this.#memory.admitInRun(this, this.#bytesOf(value)));
  }

  #hold(value: T, entry: Entry): void {
    entry.pins = this.#pins;
    this.#entry = entry;
    this.#value = value;
  }

  drop(): void {
    if (this.#entry === null) return;
    this.#memory.release(this.#entry);
    this.#entry = null;
    this.#value = null;
    this.#dependent?.drop();
  }

  pin(): void {
    this.#pins++;
    if (this.#entry !== null) this.#entry.pins = this.#pins;
  }

  unpin(): void {
    this.#pins--;
    if (this.#entry !== null) this.#entry.pins = this.#pins;
  }

  /** The structure, made by `make` when it is not resident; concurrent callers share one call of `make`. */
  load(make: () => Promise<T>): Promise<T> {
    const value = this.value;
    if (value !== null) return Promise.resolve(value);
    this.#loading ??= this.#make(make);
    return this.#loading;
  }

  async #make(make: () => Promise<T>): Promise<T> {
    try {
      const value = await make();
      this.set(value);
      return value;
    } finally {
      this.#loading = null;
    }
  }
}

/** A slot of any structure. */
export type AnySlot = Pick<Slot<object>, "pin" | "unpin" | "isResident" | "peeked" | "bytes">;

/** Slots that stay resident until `release`. */
export class Pins {
  readonly #slots: AnySlot[] = [];

  add(slot: AnySlot): void {
    slot.pin();
    this.#slots.push(slot);
  }

  release(): void {
    for (const slot of this.#slots) slot.unpin();
    this.#slots.length = 0;
  }
}
