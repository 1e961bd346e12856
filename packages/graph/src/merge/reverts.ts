import { OmnigraphError, present, writeJson } from "@omnigraph/base";
import { changesUnder, evaluateMerge, inverse, type MergeDraft, type View } from "@omnigraph/engine";
import { type Catalog, type SchemaConflict, schemaSteps } from "@omnigraph/language";
import type { CommitRecord } from "@omnigraph/log";
import { type ChangeSet, NOTHING } from "@omnigraph/storage";
import type { MergePreview, RevertAnswer } from "@omnigraph/wire";
import type { Branches } from "../branches/branches.ts";
import type { Branch } from "../branches/open-branches.ts";
import { commitNamed } from "../history/commit-names.ts";
import { summaryOf } from "../history/summary.ts";
import { viewUnder } from "../history/view-at.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import { namesContent } from "../open/content-places.ts";
import { authorOf, type GraphContext } from "../open/context.ts";
import { digestOf } from "../calls/digest.ts";
import type { MergeResolutions, RevertOptions } from "../api/merge.ts";
import { changeCounts } from "./change-counts.ts";
import { Claim } from "./claim.ts";
import { type ComingBack, comingBack, lostWith, restored } from "./coming-back.ts";
import {
  mergeConflict,
  prospectOf,
  renderedConflict,
  renderedSchemaConflict,
  renderedUnused,
} from "./conflicts.ts";
import { boundTo, decisionsIn } from "./resolve-options.ts";
import { brokenBy, mergedSchema, schemaOf } from "./schema-merge.ts";
import { touchedByChanges, touchedBySides } from "./touched.ts";

/** The request of a revert. */
interface Asked {
  readonly branch: string;
  readonly decisions: MergeResolutions;
  readonly permitTypes: PermitTypes;
}

/** What a revert was evaluated to. */
interface RevertDraft extends MergeDraft {
  /** The schema of the result; that of the head while schemas are in conflict. */
  readonly catalog: Catalog;
  readonly schema?: string;
  readonly schemaConflicts: readonly SchemaConflict[];
  /** As in `GraphDraft`: the commit before the one that is reverted. */
  readonly contentOf?: CommitRecord;
}

const NOTHING_REVERTED = {
  ...NOTHING,
  tables: null,
  affectedNodes: 0,
  affectedEdges: 0,
  keptOurs: new Map(),
  conflicts: [],
  resolved: [],
  unused: [],
} as const;

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
    const hasConflicts = draft.conflicts.length + draft.schemaConflicts.length > 0;
    const outcome = draft.commits || hasConflicts ? "merged" : "already_up_to_date";
    return {
      source: commit.header.id,
      target: branch,
      outcome,
      would: prospectOf(outcome, hasConflicts),
      bases: [commit.header.id],
      schemaSteps: schemaSteps(head.view.catalog, draft.catalog),
      changes: changeCounts(draft.catalog, draft.changes.rows),
      resolved: draft.resolved.map(renderedConflict),
      conflicts: [
        ...draft.schemaConflicts.map(renderedSchemaConflict),
        ...draft.conflicts.map(renderedConflict),
      ],
      unused: draft.unused.map(renderedUnused),
    };
  }

  async #submit(
    { writes }: Branch,
    commit: CommitRecord,
    options: RevertOptions & { readonly permitTypes: PermitTypes },
  ): Promise<RevertAnswer> {
    const { branch = "main", signal, permitTypes } = options;
    const actor = authorOf(this.#context, options);
    const { id } = commit.header;
    const decisions = await decisionsIn(options);
    const content = (): string => digestOf("revert", id, branch, writeJson(decisions));
    const claim = new Claim(this.#context.log, "revert");
    const request = writes.request("revert", { ...options, actor }, content, async (view, head) => {
      const draft = await this.#evaluate(view, head, commit, { branch, decisions, permitTypes }, signal);
      if (draft.conflicts.length + draft.schemaConflicts.length > 0)
        throw mergeConflict(`reverting ${id} on ${branch}`, draft, draft.schemaConflicts);
      // What comes back may name content that only the commit before it names.
      if (draft.contentOf !== undefined && draft.tables?.layers.some(namesContent) === true)
        await claim.hold(draft.contentOf);
      return draft;
    });
    const written = await claim.during(() => writes.submitLarge(request));
    return {
      branch,
      reverted: id,
      actor: written.commit?.header.actor ?? actor,
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
  ): Promise<RevertDraft> {
    await this.#checkAncestor(head, commit, branch, signal);
    const context = this.#context;
    const { net } = this.#branches;
    const [since, own] = await Promise.all([net.between(commit, head, signal), net.of(commit, signal)]);
    const undone = own.map(inverse);
    const parent = await context.log.commit(present(commit.header.parents[0], "parent"), signal);
    const prefer = decisions.strategy ?? decisions.strategyEntity ?? null;
    const commits = { base: commit, ours: head, theirs: parent };
    const schemas =
      commit.header.schema === parent.header.schema
        ? { catalog: view.catalog, conflicts: [], ours: view.catalog, theirs: view.catalog }
        : await mergedSchema(
            context,
            commits,
            async () => ({ ours: since, theirs: undone }),
            { prefer, isRevert: true },
            signal,
          );
    const { catalog } = schemas;
    if (schemas.conflicts.length > 0)
      return { ...NOTHING_REVERTED, catalog, schemaConflicts: schemas.conflicts };
    const dropping = await context.catalogs.read(commit.header.schema, signal);
    const before = await context.catalogs.read(parent.header.schema, signal);
    const back = comingBack(before, dropping, view.catalog, catalog);
    const lost = lostWith(undone, back, dropping, catalog);
    if (lost.length > 0) return { ...NOTHING_REVERTED, catalog: view.catalog, schemaConflicts: lost };
    const under = await viewUnder({ commit: head, view }, catalog, context, signal);
    const again = await this.#again(back, under, parent, signal);
    const sides =
      again.length > 0
        ? { ours: [], theirs: again }
        : { ours: changesUnder(catalog, since), theirs: changesUnder(catalog, undone) };
    const all = { ...sides, ambiguous: new Map(), isCrissCross: false };
    if (permitTypes !== undefined) await permitTypes(touchedBySides(catalog, all));
    const { inlineRows } = context;
    const draft = await evaluateMerge(under, all, boundTo(catalog, decisions), { inlineRows, signal });
    if (permitTypes !== undefined) await permitTypes(touchedByChanges(catalog, draft.changes.rows));
    const { rows } = draft.changes;
    const schema = await schemaOf(context, schemas);
    return {
      ...draft,
      ...schema,
      contentOf: parent,
      catalog,
      schemaConflicts: await brokenBy(context, schemas, head, rows, { from: before, signal }),
      commits: rows.length > 0 || schema.schema !== undefined,
      // What was restored was compared with all that the head has.
      conflictsWith: (rows, byMerge) => again.length > 0 || draft.conflictsWith(rows, byMerge),
      reliesOn: () => (again.length > 0 ? null : draft.reliesOn()),
    };
  }

  /** What comes back of a drop, in the head. */
  async #again(
    back: readonly ComingBack[],
    under: View,
    parent: CommitRecord,
    signal: AbortSignal | undefined,
  ): Promise<ChangeSet> {
    if (back.length === 0) return [];
    const there = { commit: parent, view: await this.#branches.viewAt(parent, signal) };
    const past = await viewUnder(there, under.catalog, this.#context, signal);
    return restored(back, under, past, signal);
  }

  async #revertible(id: string, signal: AbortSignal | undefined): Promise<CommitRecord> {
    const commit = await commitNamed(id, this.#context.log, "commit_not_found", signal);
    await this.#context.log.starts.check(commit, { signal });
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
