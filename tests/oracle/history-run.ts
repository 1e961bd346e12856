import { present } from "@omnigraph/base";
import { expect } from "vitest";
import type { Handle } from "../support/graphs/graph-calls.ts";
import {
  type CommitSeen,
  type HistoryCalls,
  isSettled,
  type MergeAsked,
  type Merged,
  type Previewed,
  type Refusal,
  sortedConflicts,
  STRATEGIES,
  type Strategy,
} from "../support/models/history-calls.ts";
import { HistoryModel } from "./history-model.ts";
import { HISTORY_BASE, type History, type Step } from "./random-history.ts";
import type { Write } from "./random-writes.ts";
import { SeededRandom } from "../support/simulation/seeded-random.ts";

/** What a history is replayed on. */
export interface Subject extends HistoryCalls {
  reopen(handle: Handle): Promise<void>;
  /** The commit that it made, if any. */
  optimize(branch: string, full: boolean): Promise<CommitSeen | null>;
  /** What a check of everything finds wrong. */
  damage(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Replays a history on a graph and on the model, and compares what can be seen of them. */
export async function replay({ steps, probe }: History, open: () => Promise<Subject>): Promise<void> {
  const subject = await open();
  try {
    const run = await HistoryRun.begin(subject, lengthOfStart(probe));
    for (const step of steps) await run.step(step);
    await run.finish(new SeededRandom(probe));
  } finally {
    await subject.close();
  }
}

/** Commits before a history: in every fortieth so many that its steps fall about the ends of digests of 64 slots. */
function lengthOfStart(probe: number): number {
  return probe % 40 === 0 ? 50 + ((probe / 40) % 90) : 0;
}

/** A graph and the model, in step. */
class HistoryRun {
  readonly #subject: Subject;
  readonly #model: HistoryModel;
  /** The id of the commit that the graph made, for the model's commit of the same step. */
  #nextId: string;
  #unmade = 0;

  private constructor(subject: Subject, genesis: string) {
    this.#subject = subject;
    this.#nextId = genesis;
    this.#model = new HistoryModel(() => this.#nextId);
  }

  static async begin(subject: Subject, start: number): Promise<HistoryRun> {
    const [genesis] = await subject.commits("main");
    const run = new HistoryRun(subject, present(genesis, "the first commit").id);
    await run.#alike((calls) => calls.edit("main", HISTORY_BASE));
    for (let n = 0; n < start; n++) await run.#alike((calls) => calls.edit("main", agingWrite(n)));
    return run;
  }

  async step(step: Step): Promise<void> {
    const branches = await this.#branchNames();
    const named = (position: number): string =>
      present(branches[position % branches.length], "a branch at the position");
    switch (step.kind) {
      case "edit": {
        const branch = named(step.branch);
        const answer = await this.#alike((calls) => calls.edit(branch, step.write));
        return "refused" in answer ? this.#compareBranches() : this.#compareHead(branch);
      }
      case "create": {
        const from =
          step.back === null ? named(step.from) : this.#commitBefore(named(step.from), step.back, 0);
        await this.#alike((calls) => calls.create(step.name, from));
        return;
      }
      case "delete":
        await this.#alike((calls) => calls.delete(step.name));
        return;
      case "merge":
      case "cross": {
        if (branches.length < 2) return;
        const target = named(step.target);
        const source = named(step.source) === target ? named(step.source + 1) : named(step.source);
        if (step.kind === "merge") return this.#merge(source, target, step);
        return this.#cross(source, target, step.strategy);
      }
      case "revert": {
        const branch = named(step.branch);
        const commit = this.#commitBefore(branch, step.back, 1);
        await this.#alike((calls) => calls.revert(branch, commit, step.strategy));
        return this.#compareHead(branch);
      }
      case "optimize":
        return this.#optimize(named(step.branch), step.full);
      case "reopen":
        return this.#subject.reopen(step);
    }
  }

  async #optimize(branch: string, full: boolean): Promise<void> {
    const commit = await this.#subject.optimize(branch, full);
    if (commit !== null) {
      this.#nextId = commit.id;
      expect(commit).toEqual(await this.#model.optimize(branch));
    }
    return this.#compareHead(branch);
  }

  async #merge(source: string, target: string, { strategy, deleteBranch }: MergeAsked): Promise<void> {
    const preview = await this.#alike((calls) => calls.previewMerge(source, target, strategy));
    await this.#compareBranches();
    const asked = { strategy, deleteBranch: deleteBranch && source !== "main" };
    const merged = await this.#alike((calls) => calls.merge(source, target, asked));
    expectForeseen(preview, merged);
    await this.#compareHead(target);
    if (asked.deleteBranch || "refused" in merged) await this.#compareBranches();
  }

  async #cross(source: string, target: string, strategy: Strategy | null): Promise<void> {
    await this.#alike((calls) => calls.create("former", target));
    await this.#merge(source, target, { strategy, deleteBranch: false });
    await this.#merge("former", source, { strategy, deleteBranch: true });
    await this.#alike((calls) => calls.delete("former"));
  }

  /** What can be seen in the end: everything of every branch, and samples of what there is more of. */
  async finish(random: SeededRandom): Promise<void> {
    await this.#compareBranches();
    expect(await this.#subject.damage()).toEqual([]);
    const branches = await this.#branchNames();
    for (const branch of branches) {
      await this.#compareHead(branch);
      await this.#alike((calls) => calls.commits(branch));
      await this.#alike((calls) => calls.counts(branch));
    }
    const commits = [
      ...new Set(branches.flatMap((branch) => this.#model.ancestors(this.#model.headOf(branch)))),
    ];
    const anyBranch = (): string => present(branches[random.integer(branches.length)], "a branch");
    const anyCommit = (): string => present(commits[random.integer(commits.length)], "a commit");
    const anyPlace = (): string => (random.integer(3) === 0 ? anyBranch() : anyCommit());
    for (const commit of commits.slice(1)) await this.#alike((calls) => calls.changes(commit));
    for (let sample = 0; sample < 2; sample++) {
      const at = anyCommit();
      await this.#alike((calls) => calls.entities({ at }));
      await this.#compareDiff(anyPlace(), anyPlace());
      const branch = anyBranch();
      await this.#alike((calls) => calls.feed(branch));
      const changed = (await this.#model.feed(branch)).flatMap(({ changes }) => changes);
      const entity = present(changed[random.integer(changed.length || 1)] ?? ANN, "an entity");
      await this.#alike((calls) => calls.history(entity, branch));
      const strategy = STRATEGIES[random.integer(STRATEGIES.length + 1)] ?? null;
      const [source, target] = [anyBranch(), anyBranch()];
      if (source !== target) await this.#alike((calls) => calls.previewMerge(source, target, strategy));
    }
  }

  async #compareDiff(from: string, to: string): Promise<void> {
    await this.#alike((calls) => calls.diff(from, to));
    await this.#alike((calls) => calls.diff(to, from));
    // Which of several bases is meant is not said.
    const ends = [await this.#model.diff(from, to)].map((diff) => this.#model.bases(diff.from, diff.to));
    if (ends[0]?.length === 1) await this.#alike((calls) => calls.diff(from, to, true));
  }

  /** The commits that a branch descends from, counted back from the newest; the first so many of the graph are left out. */
  #commitBefore(branch: string, back: number, leftOut: number): string {
    const commits = this.#model.ancestors(this.#model.headOf(branch)).slice(leftOut);
    return present(commits.at(-1 - (back % commits.length)), "a commit");
  }

  /** `main` first. */
  async #branchNames(): Promise<readonly string[]> {
    const names = (await this.#model.branches()).map(({ name }) => name);
    return ["main", ...names.filter((name) => name !== "main")];
  }

  async #compareHead(branch: string): Promise<void> {
    await this.#alike((calls) => calls.entities({ branch }));
  }

  async #compareBranches(): Promise<void> {
    await this.#alike((calls) => calls.branches());
  }

  /** Makes a call on both and compares the answers; gives that of the graph. */
  async #alike<T>(call: (calls: HistoryCalls) => Promise<T>): Promise<T> {
    const actual = await call(this.#subject);
    this.#nextId = commitIn(actual) ?? `unmade-${++this.#unmade}`;
    const expected = await call(this.#model);
    expect(comparable(actual, expected)).toEqual(comparable(expected, expected));
    return actual;
  }
}

function agingWrite(n: number): Write {
  const name = ["ann", "bob", "cyd"][n % 3];
  return {
    kind: "mutate",
    source: `query q() { update Person set { age: ${1 + (n % 9)} } where name = "${name}" }`,
  };
}

const ANN = { kind: "node", type: "Person", id: "ann" } as const;

function commitIn(answer: unknown): string | null {
  if (typeof answer !== "object" || answer === null || !("commit" in answer)) return null;
  const { commit } = answer;
  return typeof commit === "object" && commit !== null && "id" in commit ? String(commit.id) : null;
}

/** An answer without what is not promised: the order of conflicts, and what a preview counts of a result that cannot stand. */
function comparable(answer: unknown, expected: unknown): unknown {
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) return answer;
  const sorted = Object.fromEntries(
    Object.entries(answer).map(([member, value]): [string, unknown] =>
      member === "conflicts" || member === "resolved" ? [member, sortedConflicts(value)] : [member, value],
    ),
  );
  return isUnsettled(expected) ? { ...sorted, changes: null } : sorted;
}

function isUnsettled(expected: unknown): boolean {
  if (typeof expected !== "object" || expected === null || !("bases" in expected)) return false;
  return !isSettled(expected as Previewed);
}

/** A preview says what the merge then does. */
function expectForeseen(preview: Previewed | Refusal, merged: Merged | Refusal): void {
  if ("refused" in preview) {
    expect(merged).toEqual(preview);
    return;
  }
  expect(sortedConflicts("refused" in merged ? merged.conflicts : [])).toEqual(
    sortedConflicts(preview.conflicts),
  );
  if ("refused" in merged) return;
  expect(merged.outcome).toBe(preview.outcome);
  expect(sortedConflicts(merged.resolved)).toEqual(sortedConflicts(preview.resolved));
}
