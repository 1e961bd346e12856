import { type Environment, isError, ulidFactory } from "@omnigraph/base";
import {
  type BranchLog,
  type CommitId,
  type CommitRecord,
  type CommitDraft,
  GraphLog,
  type WriteBase,
  type WriteRequest,
} from "@omnigraph/log";
import { type Changes, type ChangeSet, NOTHING, type ObjectStore } from "@omnigraph/storage";
import {
  type BranchAction,
  type BranchAnswer,
  type BranchCall,
  type BranchHistory,
  nameOf,
} from "./branch-history.ts";
import { BranchMerges, type Merged, type MergeContext, onBranch } from "./branch-merges.ts";
import { applied, fingerprint, type GraphState, type Request } from "./graph-model.ts";
import { conflictsWithRequest } from "./conflicts.ts";
import { changeSet, countChanges, layerBytes, layerEntry, layerKey, NODE } from "./payload.ts";
import type { Bug } from "./planted.ts";
import { broughtRows, stateAfter, stateAt } from "./reading.ts";
import type { SeededRandom } from "../support/simulation/seeded-random.ts";

/** Few names and few keys, so that clients meet. */
const NAMES = ["a", "b", "c"] as const;
const KEYS = 5;
/** How long clients stay with one branch. */
const TOGETHER_MS = 4_000;
/** How often a client asks for a merge of a named op, at most. */
const TRIES = 4;

/** One client of a simulated process that makes, writes, merges, reads and deletes branches. */
export class BranchActor {
  readonly #log: GraphLog;
  readonly #store: ObjectStore;
  readonly #environment: Environment;
  readonly #random: SeededRandom;
  readonly #history: BranchHistory;
  readonly #bug: Bug | null;
  readonly #merges: BranchMerges;
  readonly #mint: () => string;

  private constructor(context: MergeContext, history: BranchHistory) {
    this.#log = context.log;
    this.#store = context.store;
    this.#environment = context.environment;
    this.#random = context.random;
    this.#history = history;
    this.#bug = context.bug;
    this.#merges = new BranchMerges(context);
    this.#mint = ulidFactory(context.environment);
  }

  /** Null where the store did not answer. */
  static async begin(
    context: Omit<MergeContext, "log">,
    history: BranchHistory,
  ): Promise<BranchActor | null> {
    try {
      const log = await GraphLog.open(context.store, context.environment, { readOnly: false });
      return new BranchActor({ ...context, log }, history);
    } catch (error) {
      if (!isError(error, "store_transient")) throw error;
      return null;
    }
  }

  /** Does one thing, whatever comes of it. */
  async act(): Promise<void> {
    const name = this.#name();
    const roll = this.#random.next();
    if (roll < 0.16) await this.#tell({ kind: "create", name }, () => this.#create(name));
    else if (roll < 0.22) await this.#load(name);
    else if (roll < 0.25) await this.#delete(name, null, null);
    else if (roll < 0.33) await this.#tell({ kind: "read", name }, () => this.#read(name));
    else if (roll < 0.68) await this.#merge(name);
    else if (roll < 0.73) await this.#revert(this.#random.pick(["main", name]));
    else await this.#write(this.#random.chance(0.3) ? "main" : name);
  }

  /** Clients of all processes come to one branch at about the same time. */
  #name(): string {
    const now = Math.floor(this.#environment.clock.monotonicMs() / TOGETHER_MS) % NAMES.length;
    return this.#random.chance(0.7) ? (NAMES[now] ?? "a") : this.#random.pick(NAMES);
  }

  /** Puts a call and its answer down. Answers what the action came to, or null where it failed. */
  async #tell(
    action: BranchAction,
    run: (call: BranchCall) => Promise<BranchAnswer>,
  ): Promise<BranchAnswer["kind"]> {
    const call = this.#history.begin(action);
    try {
      this.#history.end(call, await run(call));
    } catch (error) {
      if (!isError(error)) throw error;
      const { reason } = error;
      this.#history.end(
        call,
        reason === "outcome_unknown" ? { kind: "unknown" } : { kind: "refused", reason },
      );
    }
    return call.answer?.kind ?? "unknown";
  }

  async #create(name: string): Promise<BranchAnswer> {
    const from = await this.#log.head(this.#random.chance(0.6) ? "main" : this.#random.pick(NAMES));
    const branch = await this.#log.createBranch(name, from, null);
    return { kind: "done", logId: branch.logId, commit: null, seen: null, repeated: false };
  }

  /** A load that makes its branch, the first commit, then the name; or goes into the one that was made meanwhile, and makes it anew where that is deleted. */
  async #load(name: string): Promise<void> {
    const op = this.#mint();
    const request = this.#request();
    await this.#tell({ kind: "load", name, op, request }, async () => {
      // Loads into a branch that is there are writes, of which there are enough.
      if ((await this.#there(name)) !== null) return { kind: "nothing" };
      for (;;) {
        try {
          const there = await this.#there(name);
          if (there !== null) return await this.#submit(there, op, request);
          return await this.#loadNew(name, op, request);
        } catch (error) {
          if (this.#bug === "load_lost_race") throw error;
          if (!isError(error, "branch_exists") && !isError(error, "branch_not_found")) throw error;
        }
      }
    });
  }

  async #loadNew(name: string, op: string, request: Request): Promise<BranchAnswer> {
    const fork = await this.#log.fork(name, await this.#log.head("main"), null);
    const answer = await this.#submit(fork.branch, op, request);
    await fork.publish();
    return answer.kind === "nothing"
      ? { kind: "done", logId: fork.branch.logId, commit: null, seen: null, repeated: false }
      : answer;
  }

  async #there(name: string): Promise<BranchLog | null> {
    try {
      await this.#log.head(name);
      return await this.#log.branch(name);
    } catch (error) {
      if (isError(error, "branch_not_found")) return null;
      throw error;
    }
  }

  async #write(name: string): Promise<void> {
    const op = this.#mint();
    const request = this.#request();
    await this.#tell({ kind: "write", name, op, request }, () =>
      onBranch(this.#log, name, (branch) => this.#submit(branch, op, request)),
    );
  }

  /** `merged` is what the branch is to be deleted at, `ifCommit` what the log is told: they differ where a bug is planted. */
  async #delete(name: string, merged: CommitId | null, ifCommit: CommitId | null): Promise<void> {
    const op = this.#mint();
    await this.#tell({ kind: "delete", name, op, merged }, async () => {
      const { logId } = await this.#log.branch(name);
      await this.#log.deleteBranch(name, { op, actor: null, message: null, ifCommit });
      return { kind: "done", logId, commit: null, seen: null, repeated: false };
    });
  }

  /** Merges between a branch and main or another one, mostly into main, and may delete the source. */
  async #merge(name: string): Promise<void> {
    const toMain = this.#random.chance(0.5);
    const other = this.#random.pick(["main", ...NAMES]);
    const [source, target] = toMain ? [name, "main"] : [other, name];
    if (source === target) return;
    const side = this.#random.pick(["ours", "theirs", "neither"] as const);
    // An op is known to one log, and only main is never deleted.
    const named = toMain && this.#random.chance(0.7);
    const deletes = source !== "main" && this.#random.chance(named ? 0.6 : 0.3);
    const action = { kind: "merge", name: target, op: this.#mint(), source, side } as const;
    for (let tries = 0; tries < TRIES; tries++) {
      const last: { merged: Merged | null } = { merged: null };
      const kind = await this.#tell(action, async (call) => {
        last.merged = await this.#merges.merge(call, action, named);
        return last.merged.answer;
      });
      // A client that heard nothing asks again, and now and then one that did not listen.
      const again = named && (kind === "unknown" || (kind === "done" && this.#random.chance(0.5)));
      if (again && tries < TRIES - 1) {
        await this.#environment.clock.sleep(3_000 * this.#random.next());
        continue;
      }
      if (deletes && last.merged !== null)
        await this.#delete(source, last.merged.upTo, this.#sealedAt(last.merged));
      return;
    }
  }

  #sealedAt({ upTo, newest }: Merged): CommitId | null {
    if (this.#bug === "delete_unconditional") return null;
    return this.#bug === "delete_at_new_head" ? newest : upTo;
  }

  /** Takes back the head, or a commit a little below it. */
  async #revert(name: string): Promise<void> {
    let commit: CommitRecord;
    try {
      commit = await this.#log.head(name);
      for (let back = this.#random.integer(4); back > 0; back--) {
        const [parent] = commit.header.parents;
        if (parent === undefined) return;
        commit = await this.#log.commit(parent);
      }
    } catch (error) {
      if (isError(error, "store_transient") || isError(error, "branch_not_found")) return;
      throw error;
    }
    const side = this.#random.pick(["ours", "theirs", "neither"] as const);
    const action = { kind: "revert", name, op: this.#mint(), commit: commit.header.id, side } as const;
    await this.#tell(action, (call) => this.#merges.revert(call, action));
  }

  /** Reads the head, and all that it was made of. */
  async #read(name: string): Promise<BranchAnswer> {
    return onBranch(this.#log, name, async (branch) => {
      const head = await branch.head();
      for (const parent of head.header.parents) {
        await stateAt(this.#log, this.#store, await this.#log.commit(parent));
      }
      const seen = fingerprint(await stateAt(this.#log, this.#store, head));
      return { kind: "done", logId: branch.logId, commit: nameOf(head), seen, repeated: false };
    });
  }

  async #submit(branch: BranchLog, op: string, request: Request): Promise<BranchAnswer> {
    const table = request.kind === "merge" || request.kind === "overwrite" ? layerEntry(op, 0) : null;
    if (table !== null && "entries" in request) {
      await this.#store.put(layerKey(table), layerBytes(request.entries));
    }
    const write: WriteRequest = {
      kind: "mutation",
      op,
      content: null,
      actor: null,
      message: null,
      ifCommit: null,
      durability: "durable",
      evaluate: (base) => this.#evaluate(base, op, request),
      rowsOf: (theirs) => this.#rowsOf(theirs),
    };
    const { commit, repeated } = await this.#log.writer(branch).submit(write);
    return commit === null
      ? { kind: "nothing" }
      : { kind: "done", logId: branch.logId, commit: nameOf(commit), seen: null, repeated };
  }

  async #evaluate({ head, pending }: WriteBase, op: string, request: Request): Promise<CommitDraft> {
    let state = await stateAt(this.#log, this.#store, head);
    for (const { changes } of pending) state = stateAfter(state, changes);
    const after = applied(state, request);
    if (after === null) return NOTHING;
    return {
      changes: changesOf(op, request, state, after),
      counts: countChanges(state, after),
      commits: true,
      conflictsWith: (theirs) => conflictsWithRequest(request, theirs, false),
      onConflict: "evaluate_again",
    };
  }

  async #rowsOf(theirs: CommitRecord): Promise<ChangeSet | null> {
    if (this.#bug === "forward_unseen" && theirs.changes.kind === "fast_forward") return [];
    return broughtRows(this.#log, this.#store, theirs);
  }

  #request(): Request {
    const key = (): string => `k${this.#random.integer(KEYS)}`;
    const value = (): number => this.#random.integer(1_000);
    const roll = this.#random.next();
    if (roll < 0.5) return { kind: "set", key: key(), value: value() };
    if (roll < 0.75) return { kind: "add", keys: [key()], by: 1, again: true };
    if (roll < 0.88) return { kind: "remove", key: key() };
    const entries = [[key(), value()]] as const;
    return roll < 0.96 ? { kind: "merge", entries } : { kind: "overwrite", entries };
  }
}

/** The rows of a request, or the table that it has staged under its op. */
function changesOf(op: string, request: Request, before: GraphState, after: GraphState): Changes {
  if (request.kind !== "merge" && request.kind !== "overwrite")
    return { kind: "rows", rows: changeSet(before, after), replaced: [] };
  const layers = [layerEntry(op, request.entries.length)];
  return { kind: "layers", layers, replaced: request.kind === "overwrite" ? [NODE] : [] };
}
