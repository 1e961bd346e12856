import { present } from "@omnigraph/base";
import type { EntityRef, MergeOutcome } from "omnigraph";
import type {
  BranchSeen,
  Change,
  CommitSeen,
  Differing,
  HistoryCalls,
  MergeAsked,
  Merged,
  Place,
  Previewed,
  Refusal,
  Reverted,
  Strategy,
  Told,
  Written,
} from "../support/models/history-calls.ts";
import { ancestorsOf, mergeBasesOf } from "./ancestry.ts";
import { changesBetween, countsOf, edited, HISTORY_CATALOG, linesOf, type State } from "./history-state.ts";
import { naiveMerge } from "./naive-merge.ts";
import { NaiveRefusal } from "./naive-entity.ts";
import type { Write } from "./random-writes.ts";

interface ModelCommit extends CommitSeen {
  readonly state: State;
}

interface ModelBranch {
  readonly head: string;
  readonly forkedFrom: string | null;
}

/** `theirs` is the commit that is merged, or whose state comes back. */
type Merging = Pick<Previewed, "outcome" | "bases" | "resolved" | "conflicts"> & {
  readonly ours: ModelCommit;
  readonly theirs: ModelCommit;
  readonly state: State;
};

const MISSING: Refusal = { refused: "branch_not_found", conflicts: [] };

/**
 * A graph of commits that keeps a copy of the whole graph at every commit and looks at all of it. Slow and obvious.
 * Commits get the ids that `ids` gives, in the order in which they are made; it is asked once for each commit.
 */
export class HistoryModel implements HistoryCalls {
  readonly #ids: () => string;
  readonly #commits = new Map<string, ModelCommit>();
  readonly #branches = new Map<string, ModelBranch>();

  constructor(ids: () => string) {
    this.#ids = ids;
    const genesis = { id: ids(), parents: [], kind: "genesis", branch: "main", depth: 1, state: new Map() };
    this.#commits.set(genesis.id, genesis);
    this.#branches.set("main", { head: genesis.id, forkedFrom: null });
  }

  /** As `ancestorsOf`. */
  ancestors(id: string): readonly string[] {
    return ancestorsOf(this.#commits, id);
  }

  /** As `mergeBasesOf`. */
  bases(a: string, b: string): readonly string[] {
    return mergeBasesOf(this.#commits, a, b);
  }

  stateAt(place: Place): State {
    return this.#commit("at" in place ? place.at : this.headOf(place.branch)).state;
  }

  headOf(branch: string): string {
    return present(this.#branches.get(branch), `branch ${branch}`).head;
  }

  async edit(branch: string, write: Write): Promise<Written | Refusal> {
    const head = this.#headCommit(branch);
    if (head === null) return MISSING;
    try {
      const state = edited(head.state, write);
      if (state === null) return { commit: null };
      const kind = write.kind === "load" ? "load" : "mutation";
      return { commit: this.#put(branch, kind, [head.id], state) };
    } catch (error) {
      if (error instanceof NaiveRefusal) return { refused: error.reason, conflicts: [] };
      throw error;
    }
  }

  async optimize(branch: string): Promise<CommitSeen> {
    return this.putSilent(branch, "maintenance");
  }

  /** A commit that changes no entity. */
  putSilent(branch: string, kind: "maintenance" | "recovery" | "schema"): CommitSeen {
    const head = this.headOf(branch);
    return this.#put(branch, kind, [head], this.#commit(head).state);
  }

  /** A model stores nothing that could be damaged. */
  async damage(): Promise<readonly string[]> {
    return [];
  }

  async create(name: string, from: string): Promise<Refusal | null> {
    const start = this.#branches.get(from)?.head ?? from;
    if (this.#branches.has(name)) return { refused: "branch_exists", conflicts: [] };
    if (!this.#commits.has(start)) return MISSING;
    this.#branches.set(name, { head: start, forkedFrom: start });
    return null;
  }

  async delete(name: string): Promise<Refusal | null> {
    if (name === "main") return { refused: "branch_protected", conflicts: [] };
    return this.#branches.delete(name) ? null : MISSING;
  }

  async merge(
    source: string,
    target: string,
    { strategy, deleteBranch }: MergeAsked,
  ): Promise<Merged | Refusal> {
    const merging = this.#merging(source, target, strategy);
    if (merging === null) return MISSING;
    const { outcome, ours, theirs, state, conflicts, resolved } = merging;
    if (conflicts.length > 0) return { refused: "merge_conflict", conflicts };
    const isDone = outcome === "already_up_to_date";
    const commit = isDone ? null : this.#put(target, "merge", [ours.id, theirs.id], state);
    if (deleteBranch) this.#branches.delete(source);
    return { outcome, commit, resolved, branchDeleted: deleteBranch ? true : null };
  }

  async previewMerge(
    source: string,
    target: string,
    strategy: Strategy | null,
  ): Promise<Previewed | Refusal> {
    const merging = this.#merging(source, target, strategy);
    if (merging === null) return MISSING;
    return previewOf(merging);
  }

  async revert(branch: string, id: string, strategy: Strategy | null): Promise<Reverted | Refusal> {
    const reverting = this.#reverting(branch, id, strategy);
    if (reverting === null) return MISSING;
    const { outcome, ours, state, conflicts, resolved } = reverting;
    if (conflicts.length > 0) return { refused: "merge_conflict", conflicts };
    const isNothing = outcome === "already_up_to_date";
    return { resolved, commit: isNothing ? null : this.#put(branch, "revert", [ours.id], state) };
  }

  async previewRevert(branch: string, id: string, strategy: Strategy | null): Promise<Previewed | Refusal> {
    const reverting = this.#reverting(branch, id, strategy);
    return reverting === null ? MISSING : previewOf(reverting);
  }

  async diff(from: string, to: string, sinceBase = false): Promise<Differing> {
    const [given, end] = [this.#resolve(from), this.#resolve(to)];
    const start = sinceBase ? present(this.bases(given, end)[0], "a common ancestor") : given;
    const changes = changesBetween(this.#commit(start).state, this.#commit(end).state);
    return { from: start, to: end, stat: countsOf(changes), changes };
  }

  async branches(): Promise<readonly BranchSeen[]> {
    return Array.from(this.#branches, ([name, branch]) => ({ name, ...branch })).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  }

  async entities(place: Place): Promise<readonly string[]> {
    return linesOf(this.stateAt(place));
  }

  async counts(branch: string): Promise<Readonly<Record<string, number>>> {
    const entities = [...this.stateAt({ branch }).values()];
    return Object.fromEntries(
      Array.from(HISTORY_CATALOG.typeById.values(), ({ name }) => [
        name,
        entities.filter(({ type }) => type === name).length,
      ]),
    );
  }

  async commits(branch: string): Promise<readonly CommitSeen[]> {
    const chain: CommitSeen[] = [];
    for (let id: string | undefined = this.headOf(branch); id !== undefined; id = chain.at(-1)?.parents[0])
      chain.push(seen(this.#commit(id)));
    return chain;
  }

  async changes(id: string): Promise<readonly Change[]> {
    const { parents, state } = this.#commit(id);
    return changesBetween(this.#commit(present(parents[0], "a commit with a parent")).state, state);
  }

  async feed(branch: string): Promise<readonly Told[]> {
    const chain = (await this.commits(branch))
      .filter(({ parents, kind }) => parents.length > 0 && kind !== "maintenance")
      .toReversed();
    return Promise.all(chain.map(async ({ id }) => ({ commit: id, changes: await this.changes(id) })));
  }

  async history({ kind, type, id }: EntityRef, branch: string): Promise<readonly Told[]> {
    const own = (change: Change): boolean => change.kind === kind && change.type === type && change.id === id;
    return (await this.feed(branch))
      .map(({ commit, changes }) => ({ commit, changes: changes.filter(own) }))
      .filter(({ changes }) => changes.length > 0)
      .toReversed();
  }

  #merging(source: string, target: string, strategy: Strategy | null): Merging | null {
    const [ours, theirs] = [this.#headCommit(target), this.#headCommit(source)];
    if (ours === null || theirs === null) return null;
    const bases = this.bases(ours.id, theirs.id);
    const plain = (outcome: MergeOutcome, { state }: ModelCommit): Merging => {
      return { outcome, bases, ours, theirs, state, resolved: [], conflicts: [] };
    };
    if (bases.includes(theirs.id)) return plain("already_up_to_date", ours);
    if (bases.includes(ours.id)) return plain("fast_forward", theirs);
    const states = bases.map((id) => this.#commit(id).state);
    const merged = naiveMerge({ bases: states, ours: ours.state, theirs: theirs.state }, strategy);
    return { outcome: "merged", bases, ours, theirs, ...merged };
  }

  /** A merge of a commit's parent, with the commit as the base. */
  #reverting(branch: string, id: string, strategy: Strategy | null): Merging | null {
    const ours = this.#headCommit(branch);
    if (ours === null) return null;
    const { parents, state: base } = this.#commit(id);
    const theirs = this.#commit(present(parents[0], "a commit with a parent"));
    const states = { bases: [base], ours: ours.state, theirs: theirs.state };
    const merged = naiveMerge(states, strategy);
    const isNothing = merged.conflicts.length === 0 && changesBetween(ours.state, merged.state).length === 0;
    return { outcome: isNothing ? "already_up_to_date" : "merged", bases: [id], ours, theirs, ...merged };
  }

  #put(branch: string, kind: string, parents: readonly string[], state: State): CommitSeen {
    const depth = 1 + this.#commit(present(parents[0], "a parent")).depth;
    const commit = { id: this.#ids(), parents, kind, branch, depth, state };
    if (this.#commits.has(commit.id)) throw new Error(`commit ${commit.id} is there already`);
    this.#commits.set(commit.id, commit);
    const { forkedFrom } = present(this.#branches.get(branch), `branch ${branch}`);
    this.#branches.set(branch, { head: commit.id, forkedFrom });
    return seen(commit);
  }

  #resolve(place: string): string {
    return this.#branches.get(place)?.head ?? place;
  }

  #headCommit(branch: string): ModelCommit | null {
    const head = this.#branches.get(branch)?.head;
    return head === undefined ? null : this.#commit(head);
  }

  #commit(id: string): ModelCommit {
    return present(this.#commits.get(id), `commit ${id}`);
  }
}

function previewOf({ outcome, bases, resolved, conflicts, ours, state }: Merging): Previewed {
  return { outcome, bases, resolved, conflicts, changes: countsOf(changesBetween(ours.state, state)) };
}

function seen({ id, parents, kind, branch, depth }: ModelCommit): CommitSeen {
  return { id, parents, kind, branch, depth };
}

/** Ids in the order in which they are asked for. */
export function countedIds(): () => string {
  let made = 0;
  return () => `commit-${String(++made).padStart(4, "0")}`;
}
