import { isError, OmnigraphError, present, writeJson } from "@omnigraph/base";
import { evaluateMerge, type MergeDraft, type View } from "@omnigraph/engine";
import { type Catalog, type SchemaConflict, schemaSteps } from "@omnigraph/language";
import { addressOf, type BranchLog, type CommitRecord, type LogId, type WriteResult } from "@omnigraph/log";
import { type ChangeSet, NOTHING } from "@omnigraph/storage";
import type { MergeAnswer, MergeOutcome, MergePreview } from "@omnigraph/wire";
import type { Branches } from "../branches/branches.ts";
import type { Branch } from "../branches/open-branches.ts";
import { summaryOf } from "../history/summary.ts";
import { viewUnder } from "../history/view-at.ts";
import type { GraphDraft } from "../branches/branch-writes.ts";
import type { PermitTypes } from "../calls/authorization.ts";
import { namesContent } from "../open/content-places.ts";
import { authorOf, type GraphContext } from "../open/context.ts";
import { digestOf } from "../calls/digest.ts";
import type { MergeOptions, MergeResolutions } from "../api/merge.ts";
import { changeCounts } from "./change-counts.ts";
import { Claim } from "./claim.ts";
import {
  mergeConflict,
  prospectOf,
  renderedConflict,
  renderedSchemaConflict,
  renderedUnused,
} from "./conflicts.ts";
import { boundTo, decisionsIn } from "./resolve-options.ts";
import { brokenBy, mergedSchema, schemaOf } from "./schema-merge.ts";
import { sidesOf } from "./sides.ts";
import { touchedByChanges, touchedBySides } from "./touched.ts";

/** The outcome of a merge on one head of its target. */
interface MergePlan extends GraphDraft, Pick<MergeDraft, "conflicts" | "resolved" | "unused"> {
  /** The schema of the result; that of ours while schemas are in conflict. */
  readonly catalog: Catalog;
  readonly schemaConflicts: readonly SchemaConflict[];
  readonly theirs: CommitRecord;
  /** The log of the branch that is merged. */
  readonly logId: LogId;
  readonly outcome: MergeOutcome;
  readonly bases: readonly CommitRecord[];
}

/** The common part of merges where one side is the base: there is nothing to decide, and they have no rows. */
const ONE_SIDED = {
  ...NOTHING,
  tables: null,
  schemaConflicts: [],
  conflicts: [],
  resolved: [],
  unused: [],
} as const;

/** Merges of one branch into another. */
export class Merges {
  readonly #context: GraphContext;
  readonly #branches: Branches;

  constructor(context: GraphContext, branches: Branches) {
    this.#context = context;
    this.#branches = branches;
  }

  /** As `NamedBranches.merge`. */
  async merge(source: string, options: MergeOptions, permitTypes: PermitTypes): Promise<MergeAnswer> {
    const target = checkedTarget(source, options);
    const asked = { ...options, into: target, permitTypes };
    const { draft, commit, into } = await this.#branches.use(target, async (branch) => ({
      ...(await this.#submit(branch, source, asked)),
      into: branch.views.branch,
    }));
    // If the answer is an earlier merge, its second parent is what was merged, not the present head of the source.
    const merged = commit?.header.parents[1] ?? draft?.theirs.header.id;
    return {
      source,
      target,
      outcome: draft?.outcome ?? outcomeOf(present(commit, "commit of a merge that was made before")),
      actor: commit?.header.actor ?? authorOf(this.#context, options),
      commit: commit === null ? null : summaryOf(commit),
      resolved: draft?.resolved.map(renderedConflict) ?? [],
      ...(options.deleteBranch === true
        ? await this.#deleted(
            source,
            mergedHead(draft, present(merged, "head that was merged")),
            into,
            options,
          )
        : { branchDeleted: null, branchDeleteError: null }),
    };
  }

  /** As `NamedBranches.previewMerge`. */
  async preview(source: string, options: MergeOptions, permitTypes: PermitTypes): Promise<MergePreview> {
    const { signal } = options;
    const target = checkedTarget(source, options);
    const decisions = await decisionsIn(options);
    const theirs = await this.#head(source, signal);
    const { commit, view } = await this.#branches.use(target, ({ views }) => views.head(signal));
    const plan = await this.#plan(view, commit, theirs, { decisions, signal, permitTypes });
    const changes =
      plan.changes.kind === "rows"
        ? plan.changes.rows
        : await this.#branches.net.between(commit, theirs.commit, signal);
    return {
      source,
      target,
      outcome: plan.outcome,
      would: prospectOf(plan.outcome, plan.conflicts.length + plan.schemaConflicts.length > 0),
      bases: plan.bases.map(({ header }) => header.id),
      schemaSteps: schemaSteps(view.catalog, plan.catalog),
      changes: changeCounts(plan.catalog, changes),
      resolved: plan.resolved.map(renderedConflict),
      conflicts: [
        ...plan.schemaConflicts.map(renderedSchemaConflict),
        ...plan.conflicts.map(renderedConflict),
      ],
      unused: plan.unused.map(renderedUnused),
    };
  }

  async #submit(
    { writes }: Branch,
    source: string,
    options: MergeOptions & { readonly permitTypes: PermitTypes },
  ): Promise<WriteResult<MergePlan>> {
    const { into = "main", signal, permitTypes } = options;
    const actor = authorOf(this.#context, options);
    const { log } = this.#context;
    const decisions = await decisionsIn(options);
    const content = (): string => digestOf("merge", source, into, writeJson(decisions));
    let head: Theirs | null = null;
    const claim = new Claim(log, "merge");
    const request = writes.request("merge", { ...options, actor }, content, async (view, ours) => {
      // Read once for all attempts, and not at all if an earlier merge of this op is the answer.
      head ??= await this.#head(source, signal);
      const plan = await this.#plan(view, ours, head, { decisions, signal, permitTypes });
      if (plan.conflicts.length + plan.schemaConflicts.length > 0)
        throw mergeConflict(`merging ${source} into ${into}`, plan, plan.schemaConflicts);
      if (plan.outcome === "fast_forward" || plan.tables?.layers.some(namesContent) === true) {
        // The target will be made of what theirs is made of, or name content that only theirs names, and until then only the source needs that, which may be deleted.
        await claim.hold(head.commit);
      }
      // The merge commit has the head of theirs as a parent. Power loss must not lose that head and leave the merge.
      if (plan.commits) await log.writer(head.branch).sync();
      return plan;
    });
    return claim.during(() => writes.submitLarge(request));
  }

  async #plan(
    view: View,
    ours: CommitRecord,
    { branch: { logId }, commit: theirs }: Theirs,
    { decisions, signal, permitTypes }: Planning,
  ): Promise<MergePlan> {
    const { log, catalogs } = this.#context;
    const bases = await log.mergeBases(ours, theirs, signal);
    const isBase = ({ header }: CommitRecord): boolean => bases.some((base) => base.header.id === header.id);
    // There are no conflicts here, so any decision is unused: it is refused, not ignored silently.
    if (isBase(theirs) || isBase(ours)) boundTo(view.catalog, decisions).checkUsed();
    const sided = { ...ONE_SIDED, theirs, logId, bases };
    if (isBase(theirs)) return { ...sided, catalog: view.catalog, outcome: "already_up_to_date" };
    if (isBase(ours)) {
      const catalog = await catalogs.read(theirs.header.schema, signal);
      if (permitTypes !== undefined) {
        const changes = await this.#branches.net.between(ours, theirs, signal);
        await permitTypes(touchedByChanges(catalog, changes));
      }
      return {
        ...sided,
        catalog,
        outcome: "fast_forward",
        commits: true,
        changes: { kind: "fast_forward" },
        merge: { theirs, keptOurs: new Map() },
        // After any other commit ours is no longer the base, and a real merge is needed.
        conflictsWith: () => true,
      };
    }
    return {
      ...sided,
      ...(await this.#merged(view, { bases, ours, theirs }, { decisions, signal, permitTypes })),
    };
  }

  /** The merge of two sides that both changed something since their bases: of their schemas first, and of the rows under what these come to. */
  async #merged(
    view: View,
    { bases, ours, theirs }: Parties,
    { decisions, signal, permitTypes }: Planning,
  ): Promise<Omit<MergePlan, "theirs" | "logId" | "bases">> {
    const context = this.#context;
    const { net } = this.#branches;
    const base = present(bases[0], "merge base");
    const prefer = decisions.strategy ?? decisions.strategyEntity ?? null;
    const changes = async (): Promise<Record<"ours" | "theirs", ChangeSet>> => ({
      ours: await net.between(base, ours, signal),
      theirs: await net.between(base, theirs, signal),
    });
    const schemas = await mergedSchema(
      context,
      { base, ours, theirs },
      changes,
      { prefer, isRevert: false },
      signal,
    );
    const { catalog } = schemas;
    if (schemas.conflicts.length > 0)
      return { ...ONE_SIDED, catalog, outcome: "merged", schemaConflicts: schemas.conflicts };
    const resolutions = boundTo(catalog, decisions);
    const sides = await sidesOf(net, bases, ours, theirs, catalog, signal);
    // Before the evaluation, because its conflicts and errors show entities of these types.
    if (permitTypes !== undefined) await permitTypes(touchedBySides(catalog, sides));
    const { inlineRows } = context;
    const under = await viewUnder({ commit: ours, view }, catalog, context, signal);
    const draft = await evaluateMerge(under, sides, resolutions, { inlineRows, signal });
    if (permitTypes !== undefined) await permitTypes(touchedByChanges(catalog, draft.changes.rows));
    return {
      ...draft,
      ...(await schemaOf(context, schemas)),
      catalog,
      schemaConflicts: await brokenBy(context, schemas, ours, draft.changes.rows, { signal }),
      outcome: "merged",
      contentOf: theirs,
      merge: { theirs, keptOurs: draft.keptOurs },
      // If another merge brought in a part of theirs meanwhile, the base is a different one.
      conflictsWith: (theirRows, byMerge) => byMerge || draft.conflictsWith(theirRows, byMerge),
      reliesOn: () => {
        const reliance = draft.reliesOn();
        return reliance === null ? null : { ...reliance, merges: true };
      },
    };
  }

  async #head(name: string, signal: AbortSignal | undefined): Promise<Theirs> {
    return this.#branches.use(name, async ({ views: { branch } }) => ({
      branch,
      commit: await branch.head(signal),
    }));
  }

  /** Deletes the source if its head is still the one that was merged. It stays if somebody wrote to it meanwhile, or if the name now has another branch. */
  async #deleted(
    source: string,
    { id, logId }: MergedHead,
    into: BranchLog,
    options: MergeOptions,
  ): Promise<Pick<MergeAnswer, "branchDeleted" | "branchDeleteError">> {
    const { log, mint } = this.#context;
    try {
      // The source is deleted because the target has all of it. Power loss must not lose the head of the target and leave the seal.
      await log.writer(into).sync();
    } catch (thrown) {
      if (!isError(thrown)) throw thrown;
      return { branchDeleted: false, branchDeleteError: thrown.message };
    }
    try {
      const actor = authorOf(this.#context, options);
      const seal = { op: mint(), actor, message: options.message ?? null, ifCommit: id, ifLogId: logId };
      await this.#branches.delete(source, seal);
      return { branchDeleted: true, branchDeleteError: null };
    } catch (thrown) {
      if (isError(thrown, "branch_not_found")) return { branchDeleted: true, branchDeleteError: null };
      if (!isError(thrown)) throw thrown;
      return { branchDeleted: false, branchDeleteError: thrown.message };
    }
  }
}

/** The commits of a merge. */
interface Parties {
  readonly bases: readonly CommitRecord[];
  readonly ours: CommitRecord;
  readonly theirs: CommitRecord;
}

/** What planning a merge needs besides the two sides. */
interface Planning {
  readonly decisions: MergeResolutions;
  readonly signal: AbortSignal | undefined;
  readonly permitTypes: PermitTypes;
}

/** The side that is merged. */
interface Theirs {
  readonly branch: BranchLog;
  readonly commit: CommitRecord;
}

/** The head that was merged, and the log of the branch that had it. */
interface MergedHead {
  readonly id: string;
  readonly logId: LogId;
}

/**
 * If an earlier call made the merge, it is unknown which branch that one merged, and by now the name may have another branch at the same commit. Only a branch
 * whose log contains the merged head is certainly the same.
 */
function mergedHead(plan: MergePlan | null, id: string): MergedHead {
  if (plan?.theirs.header.id === id) return { id, logId: plan.logId };
  return { id, logId: present(addressOf(id), `address of commit ${id}`).logId };
}

function checkedTarget(source: string, { into = "main" }: MergeOptions): string {
  if (source !== into) return into;
  throw new OmnigraphError(
    "merge_itself",
    `branch ${source} cannot be merged into itself; name another target`,
    {
      details: { branch: source },
    },
  );
}

function outcomeOf({ changes }: CommitRecord): MergeOutcome {
  return changes.kind === "fast_forward" ? "fast_forward" : "merged";
}
