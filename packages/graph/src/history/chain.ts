import { present } from "@omnigraph/base";
import {
  addressOf,
  type CommitAddress,
  type CommitRecord,
  contains,
  type GraphLog,
  MAIN_LOG_ID,
  type SlotRange,
} from "@omnigraph/log";

/** Slots that are read at once, aligned to a multiple of this number: that is one digest. */
const SLOTS_AT_ONCE = 64;

/** The commits from the genesis to a head along first parents, as ranges of logs. */
export class Chain {
  readonly #log: GraphLog;
  /** The oldest first. */
  readonly #ranges: readonly SlotRange[];

  private constructor(log: GraphLog, ranges: readonly SlotRange[]) {
    this.#log = log;
    this.#ranges = ranges;
  }

  /** Reads one commit for each branch on the chain, however long the chain is. */
  static async to(head: CommitRecord, log: GraphLog, signal?: AbortSignal): Promise<Chain> {
    const ranges: SlotRange[] = [];
    for (let { logId, slot, index } = head.address; ;) {
      ranges.unshift({ logId, from: 0, fromIndex: 0, to: slot, toIndex: index });
      if (logId === MAIN_LOG_ID) return new Chain(log, ranges);
      const [first] = await log.commits(logId, 0, 0, signal);
      const parent = present(first?.header.parents[0], "parent of a branch's first commit");
      ({ logId, slot, index } = present(addressOf(parent), "address of a commit"));
    }
  }

  has(address: CommitAddress): boolean {
    return this.#ranges.some((range) => contains(range, address));
  }

  /** The genesis. */
  async first(signal?: AbortSignal): Promise<CommitRecord> {
    const [genesis] = await this.#log.commits(MAIN_LOG_ID, 0, 0, signal);
    return present(genesis, "genesis");
  }

  /**
   * The newest commit for which `holds` is true, or null. `holds` must be true for every commit before one for which it is true: this is a binary search.
   */
  async newest(holds: (commit: CommitRecord) => boolean, signal?: AbortSignal): Promise<CommitRecord | null> {
    for (const range of this.#ranges.toReversed()) {
      const at = (slot: number): Promise<readonly CommitRecord[]> => this.#part(range, slot, slot, signal);
      const begins = async (slot: number): Promise<boolean> => holds(present((await at(slot))[0], "commit"));
      let { from: low, to: high } = range;
      if (!(await begins(low))) continue;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if (await begins(middle)) low = middle;
        else high = middle - 1;
      }
      return (await at(low)).findLast(holds) ?? null;
    }
    return null;
  }

  /** The commits after one of the chain, in order. */
  async *after(address: CommitAddress, signal?: AbortSignal): AsyncGenerator<CommitRecord, void, undefined> {
    const at = this.#ranges.findIndex((range) => contains(range, address));
    for (const range of this.#ranges.slice(at)) {
      const isFirst = contains(range, address);
      const rest = isFirst ? { ...range, from: address.slot, fromIndex: address.index + 1 } : range;
      for (let { from } = rest; from <= rest.to;) {
        const to = Math.min(from - (from % SLOTS_AT_ONCE) + SLOTS_AT_ONCE - 1, rest.to);
        yield* await this.#part(rest, from, to, signal);
        from = to + 1;
      }
    }
  }

  /** The commits of a range in the slots from `from` to `to`. */
  async #part(
    range: SlotRange,
    from: number,
    to: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly CommitRecord[]> {
    const commits = await this.#log.commits(range.logId, from, to, signal);
    return commits.filter(({ address }) => contains(range, address));
  }
}
