import { given } from "@omnigraph/base";
import {
  branchCreatedOf,
  branchDeletedOf,
  branchListOf,
  mergeOf,
  type BranchCreated,
  type BranchDeleted,
  type BranchSummary,
  type MergeAnswer,
} from "@omnigraph/wire";
import type { BranchCreateOptions, BranchDeleteOptions, CallOptions, MergeOptions } from "omnigraph";
import type { GraphCall } from "./graph-call.ts";
import { refuseOptions } from "./served-only.ts";

/** Branches of a graph of a server. */
export class RemoteBranches {
  readonly #call: GraphCall;

  /** @internal */
  constructor(call: GraphCall) {
    this.#call = call;
  }

  /** As `branches.create` of the library. */
  async create(name: string, options: BranchCreateOptions = {}): Promise<BranchCreated> {
    const { from, actor } = options;
    const call = "branches.create";
    refuseOptions(call, { actor });
    return branchCreatedOf(await this.#call.write(call, ["branches"], options, { name, ...given({ from }) }));
  }

  /** As `branches.list` of the library. */
  async list(options: CallOptions = {}): Promise<readonly BranchSummary[]> {
    return branchListOf(await this.#call.get("branches.list", ["branches"], options));
  }

  /** As `branches.merge` of the library. */
  async merge(source: string, options: MergeOptions = {}): Promise<MergeAnswer> {
    const { into, deleteBranch, actor, message, strategy, strategyEntity, resolutions } = options;
    const call = "branches.merge";
    refuseOptions(call, { actor });
    const decisions = given({ strategy, strategy_entity: strategyEntity, resolutions });
    const json = { source, ...given({ target: into, delete_branch: deleteBranch, message }), ...decisions };
    return mergeOf(await this.#call.write(call, ["branches", "merge"], options, json));
  }

  /** As `branches.delete` of the library. */
  async delete(name: string, options: BranchDeleteOptions = {}): Promise<BranchDeleted> {
    const { actor, message } = options;
    const call = "branches.delete";
    refuseOptions(call, { actor, message });
    const answer = await this.#call.json({
      call,
      method: "DELETE",
      path: ["branches", name],
      isWrite: true,
      limits: options,
    });
    return branchDeletedOf(answer);
  }
}
