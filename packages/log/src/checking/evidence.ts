import { addressOf, type CommitId, type LogId } from "../address.ts";

/** What names a slot. */
interface Named {
  readonly slot: number;
  /** Key of what names it. */
  readonly by: string;
}

/** The greatest slot of each log that something names, and that must therefore be there. */
export class Evidence {
  readonly #greatest = new Map<LogId, Named>();

  note(logId: LogId, slot: number, by: string): void {
    if (slot > (this.#greatest.get(logId)?.slot ?? -1)) this.#greatest.set(logId, { slot, by });
  }

  noteCommit(id: CommitId, by: string): void {
    const address = addressOf(id);
    if (address !== null) this.note(address.logId, address.slot, by);
  }

  all(): Iterable<readonly [LogId, Named]> {
    return this.#greatest;
  }
}
