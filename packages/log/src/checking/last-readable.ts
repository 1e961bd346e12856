import { type Environment, isError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import { type CommitId, type LogId, slotKey } from "../address.ts";
import { decodeObject, type ObjectReader } from "../commit/codec.ts";
import { type CommitHeader, type CommitObject, lastOf } from "../commit/header.ts";
import type { SlotRange } from "../layout/ranges.ts";
import { Layouts } from "../reading/layouts.ts";

/** Slots before a lost one that are looked at. */
const NEAR = 64;

/** Slots that were found damaged or missing, and are so unless they have been repaired since. */
export interface LostSlots {
  readonly logId: LogId;
  readonly from: number;
  readonly to: number;
}

/** Finds from which commit a branch can go on whose log has lost slots. */
export class LastReadable {
  readonly #store: ObjectStore;
  readonly #reader: ObjectReader;
  readonly #layouts: Layouts;
  readonly #lost: readonly LostSlots[];

  constructor(
    store: ObjectStore,
    environment: Environment,
    graph: string | null,
    lost: readonly LostSlots[],
  ) {
    this.#store = store;
    this.#reader = { access: "read", store: store.uri, graph };
    this.#layouts = new Layouts(store, environment);
    this.#lost = lost;
  }

  /** The newest commit before a slot of its log whose snapshot needs nothing of what is lost; null where none of those next to it is. */
  async before(logId: LogId, slot: number): Promise<CommitId | null> {
    for (let at = slot - 1; at >= Math.max(0, slot - NEAR); at--) {
      const object = await this.#read(logId, at);
      if (object !== null && (await this.#isReadable(lastOf(object).header))) return lastOf(object).header.id;
    }
    return null;
  }

  async #isReadable({ layout: hash, tail }: CommitHeader): Promise<boolean> {
    try {
      const pieces = [...(await this.#layouts.read(hash)).values()].flat();
      const ranges = pieces.flatMap((piece) => (piece.kind === "range" ? [piece.range] : []));
      for (const range of [...ranges, ...tail]) if (await this.#needsLost(range)) return false;
      return true;
    } catch (cause) {
      if (!isError(cause, "object_corrupt")) throw cause;
      return false;
    }
  }

  async #needsLost(range: SlotRange): Promise<boolean> {
    for (const { logId, from, to } of this.#lost) {
      if (range.logId !== logId) continue;
      for (let slot = Math.max(from, range.from); slot <= Math.min(to, range.to); slot++)
        if ((await this.#read(logId, slot)) === null) return true;
    }
    return false;
  }

  /** The object of a slot; null where there is none that can be read. */
  async #read(logId: LogId, slot: number): Promise<CommitObject | null> {
    const bytes = await this.#store.get(slotKey(logId, slot));
    try {
      return bytes === null ? null : decodeObject(bytes, logId, slot, this.#reader);
    } catch (cause) {
      if (!isError(cause)) throw cause;
      return null;
    }
  }
}
