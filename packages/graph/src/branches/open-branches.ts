import { lru } from "@omnigraph/base";
import { MAIN_LOG_ID, type LogId } from "@omnigraph/log";
import type { BranchViews } from "./branch-views.ts";
import type { BranchWrites } from "./branch-writes.ts";

/** A branch that is open in a handle. */
export interface Branch {
  readonly views: BranchViews;
  readonly writes: BranchWrites;
}

/** Most branches besides main that stay open. Views of the least recently used ones are dropped and loaded again when needed. */
const MAX_OPEN = 1024;

/**
 * The branches that a handle has open, by name and by log: main, and those used recently. A branch that is known to be deleted is dropped, and its memory
 * is freed.
 */
export class OpenBranches {
  readonly #byName = lru<Branch>(MAX_OPEN);
  readonly #byLogId = lru<Branch>(MAX_OPEN);
  #main: Branch | undefined;

  named(name: string): Branch | undefined {
    return name === "main" ? this.#main : this.#unlessDeleted(this.#byName.get(name));
  }

  of(logId: LogId): Branch | undefined {
    return logId === MAIN_LOG_ID ? this.#main : this.#unlessDeleted(this.#byLogId.get(logId));
  }

  /** Adds a branch; it replaces an earlier one of the same name. */
  add(branch: Branch): void {
    const { name, logId } = branch.views.branch;
    if (logId === MAIN_LOG_ID) {
      this.#main = branch;
      return;
    }
    const before = this.#byName.get(name);
    if (before !== undefined) this.#byLogId.delete(before.views.branch.logId);
    this.#byName.set(name, branch);
    this.#byLogId.set(logId, branch);
  }

  /** Drops the branch with a name if it is deleted. */
  forgetDeleted(name: string): void {
    this.#unlessDeleted(this.#byName.get(name));
  }

  *[Symbol.iterator](): Iterator<Branch> {
    if (this.#main !== undefined) yield this.#main;
    // A copy, because deleted branches are removed from the cache during the loop.
    const open = [...this.#byName.values()];
    for (const branch of open) if (this.#unlessDeleted(branch) !== undefined) yield branch;
  }

  #unlessDeleted(branch: Branch | undefined): Branch | undefined {
    if (branch?.views.branch.sealed !== true) return branch;
    const { name, logId } = branch.views.branch;
    if (this.#byName.get(name) === branch) this.#byName.delete(name);
    this.#byLogId.delete(logId);
    return undefined;
  }
}
