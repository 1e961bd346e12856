import { OmnigraphError, writeJson } from "@omnigraph/base";
import { changesUnder, evaluateMerge, inverse, type MergeDraft, type View } from "@omnigraph/engine";
import type { CommitRecord } from "@omnigraph/log";
import type { MergePreview, RevertAnswer } from "@omnigraph/wire";
import type { Branches } from "../branches/branches.ts";
import type { Branch } from "../branches/open-branches.ts";
import { commitNamed } from "../history/commit-names.ts";
import { summaryOf } from "../history/summary.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import type { GraphContext } from "../open/context.ts";
import { digestOf } from "../calls/digest.ts";
import type { MergeResolutions, RevertOptions } from "../api/merge.ts";
import { changeCounts } from "./change-counts.ts";
import { mergeConflict, prospectOf, renderedConflict, renderedUnused } from "./conflicts.ts";
import { boundTo, decisionsIn } from "./resolve-options.ts";
import { touchedByChanges, touchedBySides } from "./touched.ts";

/** The request of a revert. */
interface Asked {
  readonly branch: string;
  readonly decisions: MergeResolutions;
  readonly permitTypes: PermitTypes;
}

/** Reverts commits: a merge with the reverted commit as its base and the parent of that commit as theirs. */
export class Reverts {
  readonly #context: GraphContext;
  readonly #branches: Branches;

  constructor(context: GraphContext, branches: Branches) {
    this.#context = context;
    this.#branches = branches;
  }

  /** As `Commits.revert`. */
  async revert(id: string, options: RevertOptions, permitTypes: PermitTypes): Promise<RevertAnswer> {
    const commit = await this.#revertible(id, options.signal);
    const asked = { message: `revert ${commit.header.id}`, ...options, permitTypes };
    return this.#branches.use(options.branch, (branch) => this.#submit(branch, commit, asked));
  }

  /** As `Commits.previewRevert`. */
  async preview(id: string, options: RevertOptions, permitTypes: PermitTypes): Promise<MergePreview> {
    const { signal } = options;
    const commit = await this.#revertible(id, signal);
    const head = await this.#branches.use(options.branch, ({ views }) => views.head(signal));
    const { branch = "main" } = options;
    const asked = { branch, decisions: await decisionsIn(options), permitTypes };
    const draft = await this.#evaluate(head.view, head.commit, commit, asked, signal);
    const outcome = draft.commits || draft.conflicts.length > 0 ? "merged" : "already_up_to_date";
    return {
      source: commit.header.id,
      target: branch,
      outcome,
      would: prospectOf(outcome, draft.conflicts),
      bases: [commit.header.id],
      changes: changeCounts(head.view.catalog, draft.changes.rows),
      resolved: draft.resolved.map(renderedConflict),
      conflicts: draft.conflicts.map(renderedConflict),
      unused: draft.unused.map(renderedUnused),
    };
  }

  async #submit(
    { writes }: Branch,
    commit: CommitRecord,
    options: RevertOptions & { readonly permitTypes: PermitTypes },
  ): Promise<RevertAnswer> {
    const { branch = "main", signal, permitTypes } = options;
    const { id } = commit.header;
    const decisions = await decisionsIn(options);
    const content = (): string => digestOf("revert", id, branch, writeJson(decisions));
    const request = writes.request("revert", options, content, async (view, head) => {
      const draft = await this.#evaluate(view, head, commit, { branch, decisions, permitTypes }, signal);
      if (draft.conflicts.length > 0) throw mergeConflict(`reverting ${id} on ${branch}`, draft);
      return draft;
    });
    const written = await writes.submitLarge(request);
    return {
      branch,
      reverted: id,
      actor: written.commit?.header.actor ?? options.actor ?? this.#context.actor,
      commit: written.commit === null ? null : summaryOf(written.commit),
      resolved: written.draft?.resolved.map(renderedConflict) ?? [],
    };
  }

  async #evaluate(
    view: View,
    head: CommitRecord,
    commit: CommitRecord,
    { branch, decisions, permitTypes }: Asked,
    signal: AbortSignal | undefined,
  ): Promise<MergeDraft> {
    await this.#checkAncestor(head, commit, branch, signal);
    const { net } = this.#branches;
    const [ours, changes] = await Promise.all([net.between(commit, head, signal), net.of(commit, signal)]);
    const { inlineRows } = this.#context;
    const theirs = changesUnder(view.catalog, changes.map(inverse));
    const sides = { ours, theirs, ambiguous: new Map(), isCrissCross: false };
    if (permitTypes !== undefined) await permitTypes(touchedBySides(view.catalog, sides));
    const draft = await evaluateMerge(view, sides, boundTo(view.catalog, decisions), { inlineRows, signal });
    if (permitTypes !== undefined) await permitTypes(touchedByChanges(view.catalog, draft.changes.rows));
    return { ...draft, commits: draft.changes.rows.length > 0 };
  }

  async #revertible(id: string, signal: AbortSignal | undefined): Promise<CommitRecord> {
    const commit = await commitNamed(id, this.#context.log, "commit_not_found", signal);
    await this.#context.log.starts.check(commit, { signal });
    if (commit.header.kind === "schema")
      throw new OmnigraphError(
        "not_available",
        `commit ${commit.header.id} changed the schema, and cannot be reverted yet: apply the schema that was before it`,
      );
    if (commit.header.parents.length > 0) return commit;
    throw new OmnigraphError(
      "commit_parentless",
      `commit ${commit.header.id} is the first of the graph: there is nothing before it to go back to`,
      { details: { commit: commit.header.id } },
    );
  }

  async #checkAncestor(
    head: CommitRecord,
    commit: CommitRecord,
    branch: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const bases = await this.#context.log.mergeBases(head, commit, signal);
    if (bases.some(({ header }) => header.id === commit.header.id)) return;
    throw new OmnigraphError(
      "commit_not_found",
      `commit ${commit.header.id} is not in the history of branch ${branch}; revert it on a branch that has it`,
      { details: { commit: commit.header.id, branch } },
    );
  }
}
