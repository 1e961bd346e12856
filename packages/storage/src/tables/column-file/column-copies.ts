import { crc32 } from "node:zlib";
import { inTurns, type Lru, lruOfBytes, ranges, Semaphore, STEP_BYTES, type Steps } from "@omnigraph/base";
import { aligned, corrupt } from "../../rows/format/container.ts";
import type { Spill, SpillRoom } from "../../spill.ts";
import type { Section } from "./column-file.ts";
import type { FarColumn } from "./pages.ts";
import type { ByteRange } from "./readings.ts";

/** A request brings so many bytes: its round trip then counts little beside them. */
const PART_BYTES = 4 << 20;
/** Parts of all copies that are read at a time: so many are in memory. */
const PARTS_AT_ONCE = 4;

/** The bytes of a column on this machine. */
class LocalCopy {
  readonly length: number;
  readonly #start: number;
  readonly #room: SpillRoom;

  /** `start` is the place of its first byte in the file. */
  constructor(start: number, room: SpillRoom) {
    this.length = room.length;
    this.#start = start;
    this.#room = room;
  }

  /** Writes bytes to where they are in the file. */
  write(offset: number, bytes: Uint8Array): void {
    this.#room.write(offset - this.#start, bytes);
  }

  /** Bytes of the file, by a blocking call. */
  read({ offset, length }: ByteRange): Uint8Array {
    const bytes = new Uint8Array(length);
    this.#room.read(offset - this.#start, bytes);
    return bytes;
  }

  /** The CRC-32 of a section. */
  *checksum({ offset, length }: Section): Steps<number> {
    let crc = 0;
    yield* ranges(length, STEP_BYTES, (from, to) => {
      crc = crc32(this.read({ offset: offset + from, length: to - from }), crc);
    });
    return crc;
  }
}

/**
 * Copies on this machine of columns that are far away, so that pages of them can be read by blocking calls: in a temporary file, each verified by its checksums
 * before anything of it is read. Those that were used last are kept.
 */
export class ColumnCopies {
  readonly #spill: Spill;
  readonly #parts = new Semaphore(PARTS_AT_ONCE);
  readonly #making = new Map<string, Promise<LocalCopy>>();
  #kept: Lru<LocalCopy>;

  /** `bytes` is what copies that nobody uses may take. */
  constructor(spill: Spill, bytes: number) {
    this.#spill = spill;
    this.#kept = kept(bytes);
  }

  /** Sets another limit, and forgets all copies: those in use stay with whoever uses them. */
  resize(bytes: number): void {
    this.#kept = kept(bytes);
  }

  /**
   * Reads of a column by blocking calls, once there is a copy of it. Errors: `object_corrupt` where a checksum differs, those of `fetch`, `store_full` and
   * others where the temporary file cannot be written.
   */
  async reads(column: FarColumn): Promise<(range: ByteRange) => Uint8Array> {
    const copy = this.#kept.get(column.name) ?? (await this.#made(column));
    return (range) => copy.read(range);
  }

  #made(column: FarColumn): Promise<LocalCopy> {
    const { name } = column;
    let making = this.#making.get(name);
    if (making === undefined) {
      making = this.#make(column).finally(() => this.#making.delete(name));
      this.#making.set(name, making);
    }
    return making;
  }

  async #make({ name, place, sections, fetch }: FarColumn): Promise<LocalCopy> {
    const start = Math.min(...sections.map(({ offset }) => offset));
    const end = Math.max(...sections.map(({ offset, length }) => offset + aligned(length)));
    const copy = new LocalCopy(start, this.#spill.take(end - start));
    let next = start;
    const reader = async (): Promise<void> => {
      while (next < end) {
        const offset = next;
        next += PART_BYTES;
        const length = Math.min(PART_BYTES, end - offset);
        await this.#parts.run(async () => copy.write(offset, await fetch({ offset, length })));
      }
    };
    try {
      await Promise.all(Array.from({ length: PARTS_AT_ONCE }, reader));
    } finally {
      next = end; // after a failure nothing more is asked for
    }
    for (const section of sections)
      if ((await inTurns(copy.checksum(section))) !== section.crc)
        throw corrupt(place, `a CRC-32 differs at byte ${section.offset}`);
    this.#kept.set(name, copy);
    return copy;
  }
}

function kept(bytes: number): Lru<LocalCopy> {
  return lruOfBytes(bytes, ({ length }) => length);
}
