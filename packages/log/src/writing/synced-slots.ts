import { lru } from "@omnigraph/base";
import type { LogId } from "../address.ts";

/** Logs that are remembered; one that is forgotten is synced again. */
const LOGS = 1 << 16;

/** How far logs outlast power loss, as this process knows: it has put those slots durably or synced them, and what was synced stays so. */
export class SyncedSlots {
  readonly #upTo = lru<number>(LOGS);

  /** Slots of a log up to this one are synced; -1 where none is known to be. */
  upTo(logId: LogId): number {
    return this.#upTo.get(logId) ?? -1;
  }

  /** Takes note that the slots of a log up to one are synced. */
  note(logId: LogId, slot: number): void {
    if (slot > this.upTo(logId)) this.#upTo.set(logId, slot);
  }
}
