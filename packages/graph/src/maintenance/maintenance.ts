import type {
  BackupAnswer,
  CleanupAnswer,
  FsckAnswer,
  OperationAnswer,
  OptimizeAnswer,
  RepairAnswer,
} from "@omnigraph/wire";
import type {
  CleanupOptions,
  FsckOptions,
  MaintenanceRun,
  OperationOptions,
  OptimizeOptions,
  RepairOptions,
} from "../api/maintenance.ts";
import type { BackupOptions } from "../api/backup.ts";
import type { Branches } from "../branches/branches.ts";
import { checkArgument, optionsOf } from "../calls/check.ts";
import { TEXT } from "../calls/kinds.ts";
import type { GraphContext } from "../open/context.ts";
import type { BackgroundFolds } from "./background-folds.ts";
import { cleanup } from "./cleanup.ts";
import { fsckAsked } from "./fsck/fsck.ts";
import { copyTo } from "./copies.ts";
import { operation } from "./operation.ts";
import { optimize } from "./optimize.ts";
import { repair } from "./repair/repair.ts";

/** What keeps a graph fast and in order. Its methods work without their object too, as callbacks for example. */
export class Maintenance {
  readonly #context: GraphContext;
  readonly #branches: Branches;
  readonly #folds: BackgroundFolds;

  /** @internal */
  constructor(context: GraphContext, branches: Branches, folds: BackgroundFolds) {
    this.#context = context;
    this.#branches = branches;
    this.#folds = folds;
  }

  /**
   * The latest attempt of this handle to fold a branch in the background; null before the first. Failures are found here: nobody else is told of them.
   *
   * @example
   * ```ts
   * console.log(graph.maintenance.latestRun?.error ?? null); // null
   * ```
   */
  get latestRun(): MaintenanceRun | null {
    return this.#folds.latest;
  }

  /**
   * Combines the many small commits and tables of a branch into few tables, in one commit that changes no row, and gives large tables
   * the indexes that other engines want. Others may read and write meanwhile. A second call right after it has nothing to do.
   *
   * @throws `branch_not_found`, `caller_failed`, `too_contended`, `outcome_unknown`, `op_reused`, `read_only`
   * @example
   * ```ts
   * const { commit, types } = await graph.maintenance.optimize({ full: true });
   * console.log(commit?.kind, types.map(({ typeName, tables }) => [typeName, tables])); // maintenance [ [ 'Person', 1 ], [ 'Knows', 1 ] ]
   * ```
   */
  readonly optimize = async (options?: OptimizeOptions): Promise<OptimizeAnswer> => {
    const asked = optionsOf("maintenance.optimize", options);
    return this.#context.calls.run("maintenance.optimize", asked, (signal) =>
      optimize(this.#context, this.#branches, { ...asked, signal }),
    );
  };

  /**
   * Checks the whole graph and goes on after what it finds: every commit against the one before it, everything that commits name, every table against what is
   * derived from it, and the rows of every branch by a scan. Changes nothing; others may write meanwhile. For a graph that does not open, `Omnigraph.fsck`.
   *
   * @throws `branch_not_found`, `caller_failed`
   * @example
   * ```ts
   * const { isClean, findings } = await graph.maintenance.fsck({ onFinding: ({ place, problem }) => console.log(place, problem) });
   * console.log(isClean, findings.length); // true 0
   * ```
   */
  readonly fsck = async (options?: FsckOptions): Promise<FsckAnswer> => {
    const asked = optionsOf("maintenance.fsck", options);
    const { store, tables, environment, calls } = this.#context;
    return calls.run("maintenance.fsck", asked, (signal) =>
      fsckAsked({ store, tables, environment }, asked, signal),
    );
  };

  /**
   * Gives back what the commits before those that are kept need alone: their changes, and tables that no other commit reads. They cannot be read any more
   * (`history_reclaimed`); that they were there, who made them and when stays. Branches of which the newest commit needs what goes are folded first.
   * Without `confirm` nothing is changed, and the answer says what would go. What is unneeded goes in two steps, so that others who still read it can
   * end: a first call notes it, and a call after the grace period removes it.
   *
   * @throws `usage` if neither `keep` nor `olderThanMs` is given
   * @throws `log_corrupt`, `log_torn`, `object_corrupt` if a branch cannot be read: what it needs is not known then, and nothing is removed
   * @throws `caller_failed`, `too_contended`, `outcome_unknown`, `read_only`
   * @example
   * ```ts
   * await graph.maintenance.cleanup({ keep: 1, confirm: true, graceMs: 0 });
   * const { commits, types, pending } = await graph.maintenance.cleanup({ keep: 1 });
   * console.log(commits, types.map(({ typeName, tables }) => [typeName, tables]), pending); // 0 [ [ 'Person', 0 ], [ 'Knows', 0 ] ] null
   * ```
   */
  readonly cleanup = async (options?: CleanupOptions): Promise<CleanupAnswer> => {
    const asked = optionsOf("maintenance.cleanup", options);
    return this.#context.calls.run(
      "maintenance.cleanup",
      asked,
      (signal) => cleanup(this.#context, this.#branches, { ...asked, signal }),
      { branch: null },
    );
  };

  /**
   * Copies the graph, or some branches of it, to another address: a folder, `s3://bucket/prefix` or `memory://name`. Others may write meanwhile; the copy has the branches as they
   * were when the call began. A second call into the same place copies only what is new, and a call that was interrupted is carried on by the next one. What is there is never replaced. The
   * copy is a graph of its own once the call is done: it can be opened, and should not be written if it is to be carried on.
   *
   * @throws `backup_differs` if the address holds another graph, this one itself, or a copy that was written or damaged
   * @throws `folder_not_empty`, `store_uri_invalid`
   * @throws `branch_not_found` for `branches`
   * @throws `caller_failed`
   * @example
   * ```ts
   * const first = await graph.maintenance.backup("people-backup.omni");
   * const second = await graph.maintenance.backup("people-backup.omni", { verify: true });
   * console.log(first.objectsCopied > 0, second.objectsCopied, second.verified); // true 0 true
   * ```
   */
  readonly backup = async (to: string, options?: BackupOptions): Promise<BackupAnswer> => {
    checkArgument("maintenance.backup", "to", to, TEXT);
    const asked = optionsOf("maintenance.backup", options);
    const { log, store: objects, tables, environment } = this.#context;
    return this.#context.calls.run(
      "maintenance.backup",
      asked,
      (signal) => copyTo({ log, objects, tables, environment }, to, { ...asked, signal, isNew: false }),
      { branch: null },
    );
  };

  /**
   * What came of a call of `optimize` whose answer was lost, by its `op` or the `operation` of its answer. Of a call that found nothing to do nothing is known.
   *
   * @throws `branch_not_found`
   * @example
   * ```ts
   * const { state } = await graph.maintenance.operation("nightly 2026-11-30");
   * console.log(state); // unknown
   * ```
   */
  readonly operation = async (id: string, options?: OperationOptions): Promise<OperationAnswer> => {
    checkArgument("maintenance.operation", "id", id, TEXT);
    const asked = optionsOf("maintenance.operation", options);
    return this.#context.calls.run("maintenance.operation", asked, (signal) =>
      operation(this.#context, this.#branches, id, { ...asked, signal }),
    );
  };

  /**
   * Says what is damaged and what others have done to published tables, and with `confirm` repairs what can be repaired without a guess: what is derived is written
   * again, objects that are missing or damaged are taken from digests and from the copy that `from` names, and a lost table is written anew from the column file
   * beside it. Tables into which others wrote are written anew; what
   * they wrote is left out, or taken over first where `force` says so.
   *
   * @throws `branch_not_found`, `read_only`, `caller_failed`, `store_uri_invalid` for `from`
   * @example
   * ```ts
   * const { tables, objects } = await graph.maintenance.repair({ confirm: true });
   * console.log(objects.length, tables.every(({ classification }) => classification === "no_drift")); // 0 true
   * ```
   */
  readonly repair = async (options?: RepairOptions): Promise<RepairAnswer> => {
    const asked = optionsOf("maintenance.repair", options);
    return this.#context.calls.run("maintenance.repair", asked, (signal) =>
      repair(this.#context, this.#branches, { ...asked, signal }),
    );
  };
}
