import { lru } from "@omnigraph/base";
import type { LogId } from "../address.ts";

/** Most logs that are remembered. A log that is forgotten is only synced once more. */
const LOGS = 1 << 16;

/** For each log, the slots that this process knows to be durable, because it has put them durably or synced them. */
export class SyncedSlots {
  readonly #upTo = lru<number>(LOGS);

  /** Slots of a log up to this one are durable; -1 where none is known to be. */
  upTo(logId: LogId): number {
    return this.#upTo.get(logId) ?? -1;
  }

  /** Remembers that the slots of a log up to one are durable. */
  note(logId: LogId, slot: number): void {
    if (slot > this.upTo(logId)) this.#upTo.set(logId, slot);
  }
}
