import { type Environment, isError, OmnigraphError } from "@omnigraph/base";
import type { BranchLog, CommitId, CommitDraft, CommitRecord, GraphLog, WriteRequest } from "@omnigraph/log";
import { NOTHING, type ObjectStore } from "@omnigraph/storage";
import { type BranchAction, type BranchAnswer, type BranchCall, nameOf } from "./branch-history.ts";
import type { GraphState } from "./graph-model.ts";
import { touchesKeys } from "./conflicts.ts";
import { type Side, threeWay } from "./merge-model.ts";
import { changeSet, countChanges, NODE } from "./payload.ts";
import type { Bug } from "./planted.ts";
import { broughtRows, stateAt } from "./reading.ts";
import type { SeededRandom } from "../support/simulation/seeded-random.ts";

type Action<K extends BranchAction["kind"]> = Extract<BranchAction, { readonly kind: K }>;

/** Most of how long a large merge takes between its evaluation and its turn. */
const STAGING_MS = 2_000;

/** What a client merges with. */
export interface MergeContext {
  readonly log: GraphLog;
  readonly store: ObjectStore;
  readonly environment: Environment;
  readonly random: SeededRandom;
  readonly bug: Bug | null;
}

/** What became of a merge. */
export interface Merged {
  readonly answer: BranchAnswer;
  /** The commit of the source up to which the target has it. */
  readonly upTo: CommitId;
  /** The head of the source when it was looked for last. */
  readonly newest: CommitId;
}

/** The commit that is merged, and the branch whose head it was. */
interface Theirs {
  readonly branch: BranchLog;
  readonly commit: CommitRecord;
}

/** Does something on the branch that has a name now: again where the one that was known turns out to be deleted. */
export async function onBranch<T>(
  log: GraphLog,
  name: string,
  action: (branch: BranchLog) => Promise<T>,
): Promise<T> {
  for (;;) {
    const branch = await log.branch(name);
    try {
      return await action(branch);
    } catch (error) {
      if (!isError(error, "branch_not_found") || !branch.sealed) throw error;
    }
  }
}

/** Merges and reverts as the library makes them, on the model's graphs. */
export class BranchMerges {
  readonly #log: GraphLog;
  readonly #store: ObjectStore;
  readonly #environment: Environment;
  readonly #random: SeededRandom;
  readonly #bug: Bug | null;

  constructor({ log, store, environment, random, bug }: MergeContext) {
    this.#log = log;
    this.#store = store;
    this.#environment = environment;
    this.#random = random;
    this.#bug = bug;
  }

  /** Merges the head of a branch; a merge of a named op is made once, however often it is asked for. */
  async merge(call: BranchCall, action: Action<"merge">, named: boolean): Promise<Merged> {
    const { name, source, side } = action;
    const theirs = await onBranch(this.#log, source, async (branch) => ({
      branch,
      commit: await branch.head(),
    }));
    const content = named ? Buffer.from(`${source} into ${name}`).toString("hex") : null;
    const made = await onBranch(this.#log, name, (target) =>
      this.#publish(target, "merge", action.op, content, (ours) =>
        this.#merged(call, target, ours, theirs, side),
      ),
    );
    const newest = theirs.commit.header.id;
    return { answer: made.answer, upTo: made.commit?.header.parents[1] ?? newest, newest };
  }

  /** Takes back what a commit below the head did. */
  async revert(call: BranchCall, { name, op, commit: id, side }: Action<"revert">): Promise<BranchAnswer> {
    const commit = await this.#log.commit(id);
    const [before] = commit.header.parents;
    if (before === undefined) return { kind: "nothing" };
    const old = await this.#stateAt(await this.#log.commit(before));
    const { answer } = await onBranch(this.#log, name, (branch) =>
      this.#publish(branch, "revert", op, null, async (ours) => {
        call.evaluated.push({ logId: branch.logId, ours: nameOf(ours), theirs: null, forward: false });
        const bases = await this.#log.mergeBases(ours, commit);
        if (bases.every(({ header }) => header.id !== id)) return NOTHING; // the branch is another one by now
        const state = await this.#stateAt(ours);
        const { draft, changed } = this.#draft([await this.#stateAt(commit)], state, old, side);
        return changed ? draft : NOTHING;
      }),
    );
    return answer;
  }

  async #publish(
    branch: BranchLog,
    kind: "merge" | "revert",
    op: string,
    content: string | null,
    plan: (ours: CommitRecord) => Promise<CommitDraft>,
  ): Promise<{ readonly answer: BranchAnswer; readonly commit: CommitRecord | null }> {
    const writer = this.#log.writer(branch);
    const write: WriteRequest = {
      kind,
      op,
      content,
      actor: null,
      message: null,
      ifCommit: null,
      durability: "durable",
      evaluate: ({ head }) => plan(head),
      rowsOf: (theirs) => broughtRows(this.#log, this.#store, theirs),
    };
    const first = content === null ? null : await writer.submit({ ...write, evaluate: () => NOTHING });
    if (first?.repeated === true) return answered(branch, first.commit, true);
    const base = await branch.head();
    const draft = await plan(base);
    if (!draft.commits) return answered(branch, null, false);
    // Tables are staged, say.
    if (this.#random.chance(0.5)) await this.#environment.clock.sleep(STAGING_MS * this.#random.next());
    const { commit, repeated } = await writer.submit(write, { base, draft });
    return answered(branch, commit, repeated);
  }

  async #merged(
    call: BranchCall,
    target: BranchLog,
    ours: CommitRecord,
    { branch, commit }: Theirs,
    side: Side,
  ): Promise<CommitDraft> {
    const theirs = commit;
    const bases = await this.#log.mergeBases(ours, theirs);
    const isBase = ({ header }: CommitRecord): boolean => bases.some((base) => base.header.id === header.id);
    const forward = !isBase(theirs) && isBase(ours);
    call.evaluated.push({ logId: target.logId, ours: nameOf(ours), theirs: nameOf(theirs), forward });
    if (isBase(theirs)) return NOTHING;
    const draft = forward ? this.#forward(theirs) : await this.#threeWay(bases, ours, theirs, side, branch);
    if (this.#bug !== "merge_unsynced") await this.#log.writer(branch).sync();
    return draft;
  }

  #forward(theirs: CommitRecord): CommitDraft {
    return {
      changes: { kind: "fast_forward" },
      counts: new Map(),
      commits: true,
      merge: { theirs, keptOurs: new Map() },
      conflictsWith: () => this.#bug !== "forward_not_again",
      onConflict: "evaluate_again",
    };
  }

  async #threeWay(
    bases: readonly CommitRecord[],
    ours: CommitRecord,
    theirs: CommitRecord,
    side: Side,
    source: BranchLog,
  ): Promise<CommitDraft> {
    const from = this.#bug === "theirs_moves" ? await source.head() : theirs;
    const [old, mine, yours] = await Promise.all([
      Promise.all(bases.map((base) => this.#stateAt(base))),
      this.#stateAt(ours),
      this.#stateAt(from),
    ]);
    const { draft, kept } = this.#draft(old, mine, yours, side);
    const merge = { theirs, keptOurs: new Map(kept.length === 0 ? [] : [[NODE, kept]]) };
    const anyMerge = this.#bug !== "merge_ignores_merges";
    return {
      ...draft,
      merge,
      conflictsWith: (rows, byMerge) => (anyMerge && byMerge) || draft.conflictsWith(rows, byMerge),
    };
  }

  #draft(
    bases: readonly GraphState[],
    ours: GraphState,
    theirs: GraphState,
    side: Side,
  ): { readonly draft: CommitDraft; readonly kept: readonly string[]; readonly changed: boolean } {
    const { state, kept, touched, conflicts } = threeWay(bases, ours, theirs, side);
    if (side === "neither" && conflicts.length > 0) {
      throw new OmnigraphError("merge_conflict", `both sides changed ${conflicts.join(", ")}`);
    }
    const rows = changeSet(ours, state);
    const draft: CommitDraft = {
      changes: { kind: "rows", rows, replaced: [] },
      counts: countChanges(ours, state),
      commits: true,
      conflictsWith: (theirs) => touchesKeys(touched, theirs),
      onConflict: "evaluate_again",
    };
    return { draft, kept, changed: rows.length > 0 };
  }

  #stateAt(commit: CommitRecord): Promise<GraphState> {
    return stateAt(this.#log, this.#store, commit);
  }
}

function answered(
  { logId }: BranchLog,
  commit: CommitRecord | null,
  repeated: boolean,
): { readonly answer: BranchAnswer; readonly commit: CommitRecord | null } {
  if (commit === null) return { answer: { kind: "nothing" }, commit };
  return { answer: { kind: "done", logId, commit: nameOf(commit), seen: null, repeated }, commit };
}
