import type { BackupAnswer, FsckAnswer, RepairAnswer } from "@omnigraph/wire";
import type { BackupOptions } from "./api/backup.ts";
import type { FsckOptions, RepairOptions } from "./api/maintenance.ts";
import { fsckAt } from "./maintenance/fsck/fsck-at.ts";
import { restore } from "./maintenance/copies.ts";
import { repairAt } from "./maintenance/repair/repair-at.ts";

/** What is done to a graph by its address, without opening it: also to one that does not open. Its calls are those of `Omnigraph`. */
export abstract class ClosedGraph {
  /**
   * Copies a graph, a backup for example, to an address where no graph is. The copy has the id and the history of the graph, so it takes its place: programs that have the
   * graph open there find that it was replaced. A call that was interrupted is carried on by the next one.
   *
   * @throws `graph_not_found`, `format_newer` for `from`
   * @throws `graph_exists`, `folder_not_empty`, `backup_differs` for `to`
   * @throws `store_uri_invalid`
   * @throws `branch_not_found` for `branches`
   * @throws `caller_failed`
   * @example
   * ```ts
   * const { branches } = await Omnigraph.restore("people.omni", "memory://restored");
   * await using restored = await Omnigraph.open("memory://restored");
   * console.log((await restored.snapshot()).commit.id === branches[0]?.head.id); // true
   * ```
   */
  static async restore(from: string, to: string, options?: BackupOptions): Promise<BackupAnswer> {
    return restore(from, to, options);
  }

  /**
   * Checks a graph as `maintenance.fsck` does, without opening it: also one that does not open.
   *
   * @throws `graph_not_found` where there is nothing of a graph
   * @throws `branch_not_found`, `caller_failed`
   * @throws `store_uri_invalid`
   * @example
   * ```ts
   * const { isClean, checked } = await Omnigraph.fsck("people.omni");
   * console.log(isClean, checked.branches); // true 1
   * ```
   */
  static async fsck(uri: string, options?: FsckOptions): Promise<FsckAnswer> {
    return fsckAt(uri, options);
  }

  /**
   * Repairs a graph as `maintenance.repair` does, without opening it before: also one that does not open because its `format.json` is missing or damaged. That is brought back
   * from the first commit, or from the copy that `from` names.
   *
   * @throws `graph_not_found` where there is nothing of a graph
   * @throws `branch_not_found`, `caller_failed`
   * @throws `store_uri_invalid` for the address and for `from`
   * @example
   * ```ts
   * const { objects, problem } = await Omnigraph.repair("people.omni", { confirm: true });
   * console.log(objects.length, problem); // 0 null
   * ```
   */
  static async repair(uri: string, options?: RepairOptions): Promise<RepairAnswer> {
    return repairAt(uri, options);
  }
}
