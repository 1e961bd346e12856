import type { OptimizeAnswer } from "@omnigraph/wire";
import type { OptimizeOptions } from "../api/maintenance.ts";
import type { Branches } from "../branches/branches.ts";
import { optionsOf } from "../calls/check.ts";
import type { GraphContext } from "../open/context.ts";
import { optimize } from "./optimize.ts";

/** What keeps a graph fast and in order. Its methods work without their object too, as callbacks for example. */
export class Maintenance {
  readonly #context: GraphContext;
  readonly #branches: Branches;

  /** @internal */
  constructor(context: GraphContext, branches: Branches) {
    this.#context = context;
    this.#branches = branches;
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
}
