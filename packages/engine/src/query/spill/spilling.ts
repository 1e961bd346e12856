import type { Spill, SpillRoom } from "@omnigraph/storage";

/** How much of its rows a run may have in memory, and where the others are kept. */
export interface SpillLimits {
  /** In bytes. */
  readonly rowsAbove: number;
  readonly spill: Spill;
}

/** The part of the disk that one run uses: all of it is given back when the run ends, but for what its answer is read from. */
export class Spilling {
  /** Bytes of rows from which on they go to disk. */
  readonly above: number;
  readonly #spill: Spill;
  readonly #rooms = new Set<SpillRoom>();
  /** Bytes of all rooms that were taken, also of those that were given back. */
  takenBytes = 0;

  constructor(above: number, spill: Spill) {
    this.above = above;
    this.#spill = spill;
  }

  room(bytes: number): SpillRoom {
    const room = this.#spill.take(bytes);
    this.#rooms.add(room);
    this.takenBytes += bytes;
    return room;
  }

  giveBack(room: SpillRoom): void {
    this.#rooms.delete(room);
    room.release();
  }

  /** The rooms are the answer's from now on. */
  handOver(rooms: Iterable<SpillRoom>): void {
    for (const room of rooms) this.#rooms.delete(room);
  }

  close(): void {
    for (const room of this.#rooms) room.release();
    this.#rooms.clear();
  }
}
