import type { FsckAnswer, OptimizeAnswer } from "@omnigraph/wire";
import type { FsckOptions, MaintenanceRun, OptimizeOptions } from "../api/maintenance.ts";
import type { Branches } from "../branches/branches.ts";
import { optionsOf } from "../calls/check.ts";
import type { GraphContext } from "../open/context.ts";
import type { BackgroundFolds } from "./background-folds.ts";
import { fsckAsked } from "./fsck/fsck.ts";
import { optimize } from "./optimize.ts";

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
   * Combines the many small commits and tables of a branch into few tables, in one commit that changes no row. Others may read and write meanwhile. A second
   * call right after it has nothing to do.
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
    const { store, layers, environment, calls } = this.#context;
    return calls.run("maintenance.fsck", asked, (signal) =>
      fsckAsked({ store, layers, environment }, asked, signal),
    );
  };
}
