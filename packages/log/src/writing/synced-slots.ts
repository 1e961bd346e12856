import { Recent } from "@omnigraph/base";
import type { Tag } from "../address.ts";

/** Logs that are remembered; one that is forgotten is synced again. */
const LOGS = 1 << 16;

/** How far logs outlast power loss, as this process knows: it has put those slots durably or synced them, and what was synced stays so. */
export class SyncedSlots {
  readonly #upTo = new Recent<number>(LOGS, () => 1);

  /** Slots of a log up to this one are synced; -1 where none is known to be. */
  upTo(tag: Tag): number {
    return this.#upTo.get(tag) ?? -1;
  }

  /** Takes note that the slots of a log up to one are synced. */
  note(tag: Tag, slot: number): void {
    if (slot > this.upTo(tag)) this.#upTo.set(tag, slot);
  }
}
