import { LIMITS } from "@omnigraph/base";
import type { CommitAddress } from "../address.ts";
import type { CommitObject, CommitRecord } from "../commit/header.ts";
import type { BranchLog } from "../reading/branch-log.ts";

const WINDOW = LIMITS.idempotencyWindow.value;

/**
 * The ops of the last `LIMITS.idempotencyWindow` slots of a log. Nothing is read before the first look-up. Ops are grouped by blocks of slots, so
 * that old ones are dropped a block at a time.
 */
export class OpWindow {
  readonly #log: BranchLog;
  readonly #blocks = new Map<number, Map<string, CommitAddress>>();
  /** Slots up to this one, within the window, have been read into the blocks; -1: none. */
  #upTo = -1;

  constructor(log: BranchLog) {
    this.#log = log;
  }

  /** The newest commit of an op within the window that ends at slot `head`, or null. */
  async find(op: string, head: number): Promise<CommitRecord | null> {
    await this.#cover(head);
    const first = Math.max(0, head - WINDOW + 1);
    for (let block = blockOf(head); block >= blockOf(first); block--) {
      const found = this.#blocks.get(block)?.get(op);
      if (found === undefined || found.slot < first) continue;
      return (await this.#log.expect(found.slot)).commits[found.index] ?? null;
    }
    return null;
  }

  async #cover(head: number): Promise<void> {
    const from = Math.max(this.#upTo + 1, head - WINDOW + 1, 0);
    if (from <= head) for (const object of await this.#log.range(from, head)) this.#note(object);
    this.#upTo = head;
    for (const block of this.#blocks.keys()) if (block < blockOf(head) - 1) this.#blocks.delete(block);
  }

  #note(object: CommitObject): void {
    const block = blockOf(object.slot);
    const ops = this.#blocks.get(block) ?? new Map<string, CommitAddress>();
    this.#blocks.set(block, ops);
    for (const record of object.commits) ops.set(record.header.op, record.address);
  }
}

function blockOf(slot: number): number {
  return Math.floor(slot / WINDOW);
}
