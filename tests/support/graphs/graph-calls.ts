import { isError, type OmnigraphError } from "@omnigraph/base";
import {
  type ChangedEntity,
  type CommitSummary,
  type Diff,
  type EntityImage,
  type EntityRef,
  type MergeConflict,
  type MergePreview,
  type MergeStrategy,
  Omnigraph,
} from "omnigraph";
import type { Write } from "../../oracle/random-writes.ts";
import { exportedEntities, followed } from "../models/feed-model.ts";
import type {
  BranchSeen,
  Change,
  CommitSeen,
  Conflict,
  Differing,
  HistoryCalls,
  MergeAsked,
  Merged,
  Place,
  Previewed,
  Refusal,
  Reverted,
  Told,
  Written,
  Strategy,
} from "../models/history-calls.ts";
import { sideOf, takesEntities } from "../models/history-calls.ts";

/** How a graph in memory is opened: with no room for what is derived, with every write staged as tables. */
export interface Handle {
  readonly isStarved: boolean;
  readonly isStaged: boolean;
}

let graphs = 0;

/** The calls on a real graph in memory. */
export class GraphCalls implements HistoryCalls {
  readonly #uri: string;
  #graph: Omnigraph;

  private constructor(uri: string, graph: Omnigraph) {
    this.#uri = uri;
    this.#graph = graph;
  }

  static async init(schema: string, handle: Handle): Promise<GraphCalls> {
    const uri = `memory://history-${graphs++}`;
    return new GraphCalls(uri, await Omnigraph.init(uri, { schema, ...optionsOf(handle) }));
  }

  /** Another handle of the same graph. */
  async beside(): Promise<GraphCalls> {
    return new GraphCalls(this.#uri, await Omnigraph.open(this.#uri));
  }

  async reopen(handle: Handle): Promise<void> {
    await this.#graph.close();
    this.#graph = await Omnigraph.open(this.#uri, optionsOf(handle));
  }

  async close(): Promise<void> {
    await this.#graph.close();
  }

  async edit(branch: string, write: Write): Promise<Written | Refusal> {
    return refusable(async () => {
      const { commit } = await (write.kind === "load"
        ? this.#graph.load(write.text, { mode: write.mode, branch })
        : this.#graph.mutate(write.source, {}, { branch }));
      return { commit: commitSeen(commit) };
    });
  }

  async optimize(branch: string, full: boolean): Promise<CommitSeen | null> {
    return commitSeen((await this.#graph.maintenance.optimize({ branch, full })).commit);
  }

  /** What a check of everything finds wrong. */
  async damage(): Promise<readonly string[]> {
    const { findings } = await this.#graph.maintenance.fsck();
    return findings
      .filter(({ severity }) => severity !== "note")
      .map(({ place, problem }) => `${place}: ${problem}`);
  }

  async create(name: string, from: string): Promise<Refusal | null> {
    return refusable(async () => {
      await this.#graph.branches.create(name, { from });
      return null;
    });
  }

  async delete(name: string): Promise<Refusal | null> {
    return refusable(async () => {
      await this.#graph.branches.delete(name);
      return null;
    });
  }

  async merge(
    source: string,
    into: string,
    { strategy, deleteBranch }: MergeAsked,
  ): Promise<Merged | Refusal> {
    const options = { into, ...strategyOf(strategy), ...(deleteBranch ? { deleteBranch } : {}) };
    return refusable(async () => {
      const { outcome, commit, resolved, branchDeleted } = await this.#graph.branches.merge(source, options);
      return { outcome, commit: commitSeen(commit), resolved: resolved.map(conflictSeen), branchDeleted };
    });
  }

  async previewMerge(source: string, into: string, strategy: Strategy | null): Promise<Previewed | Refusal> {
    const options = { into, ...strategyOf(strategy) };
    return refusable(async () => previewSeen(await this.#graph.branches.previewMerge(source, options)));
  }

  async revert(branch: string, commit: string, strategy: Strategy | null): Promise<Reverted | Refusal> {
    return refusable(async () => {
      const answer = await this.#graph.commits.revert(commit, { branch, ...strategyOf(strategy) });
      return { commit: commitSeen(answer.commit), resolved: answer.resolved.map(conflictSeen) };
    });
  }

  async diff(from: string, to: string, sinceBase = false): Promise<Differing> {
    return diffSeen(await this.#graph.branches.diff(from, to, { sinceBase }));
  }

  async branches(): Promise<readonly BranchSeen[]> {
    return (await this.#graph.branches.list()).map(({ name, head, forkedFrom }) => ({
      name,
      head,
      forkedFrom,
    }));
  }

  async entities(place: Place): Promise<readonly string[]> {
    return exportedEntities(this.#graph, place);
  }

  async counts(branch: string): Promise<Readonly<Record<string, number>>> {
    const { datasets } = await this.#graph.snapshot({ branch });
    return Object.fromEntries(datasets.map(({ typeName, count }) => [typeName, count]));
  }

  async commits(branch: string): Promise<readonly CommitSeen[]> {
    return (await this.#graph.commits.list({ branch })).map(summarySeen);
  }

  async changes(commit: string): Promise<readonly Change[]> {
    return (await this.#graph.commits.changes(commit)).changes.map(changeSeen);
  }

  async feed(branch: string): Promise<readonly Told[]> {
    const blocks = await followed(this.#graph, { branch, start: "beginning" });
    return blocks.map(({ cause, changes }) => ({ commit: cause.commit, changes: changes.map(changeSeen) }));
  }

  async history({ kind, type, id }: EntityRef, branch: string): Promise<readonly Told[]> {
    const entries = await this.#graph.history(kind, type, id, { branch });
    return entries.map(({ cause, change }) => ({ commit: cause.commit, changes: [changeSeen(change)] }));
  }
}

function optionsOf({ isStarved, isStaged }: Handle): { memory?: number; inlineRows?: number } {
  return { ...(isStarved ? { memory: 1 } : {}), ...(isStaged ? { inlineRows: 2 } : {}) };
}

export function strategyOf(strategy: Strategy | null): MergeStrategy {
  if (strategy === null) return {};
  const side = sideOf(strategy);
  return takesEntities(strategy) ? { strategyEntity: side } : { strategy: side };
}

/** What a call answers; a refusal is an answer like any other. */
async function refusable<T>(call: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await call();
  } catch (error) {
    if (!isError(error)) throw error;
    return { refused: error.reason, conflicts: conflictsTold(error) };
  }
}

/** The conflicts that an error lists; none where it is not about conflicts. */
export function conflictsTold(error: OmnigraphError): readonly Conflict[] {
  const told = error.details["merge_conflicts"] ?? [];
  if (!Array.isArray(told)) throw new TypeError("merge_conflicts is no list", { cause: error });
  return told.map(conflictTold);
}

function commitSeen(commit: CommitSummary | null): CommitSeen | null {
  return commit === null ? null : summarySeen(commit);
}

function summarySeen({ id, parent, mergedParent, kind, branch, depth }: CommitSummary): CommitSeen {
  return { id, parents: [parent, mergedParent].filter((each) => each !== null), kind, branch, depth };
}

export function previewSeen({ outcome, bases, changes, resolved, conflicts }: MergePreview): Previewed {
  return {
    outcome,
    bases: bases.toSorted(),
    changes,
    resolved: resolved.map(conflictSeen),
    conflicts: conflicts.map(conflictSeen),
  };
}

/** Reads all of a diff. */
export async function diffSeen(diff: Diff): Promise<Differing> {
  const changes: Change[] = [];
  for await (const change of diff.changes()) changes.push(changeSeen(change));
  return { from: diff.from, to: diff.to, stat: diff.stat, changes };
}

export function changeSeen({ kind, type, id, op, before, after }: ChangedEntity): Change {
  return { kind, type: type.name, id, op, before, after };
}

function conflictSeen({ message, ...conflict }: MergeConflict): Conflict {
  if (message === "") throw new TypeError("a conflict without a message");
  return conflict;
}

/** A conflict as the details of an error have it. */
interface ConflictTold {
  readonly entity_kind: Conflict["entityKind"];
  readonly type_name: string;
  readonly entity_id: string | null;
  readonly kind: Conflict["kind"];
  readonly message: string;
  readonly properties: readonly string[];
  readonly with: readonly Pick<ConflictTold, "entity_kind" | "type_name" | "entity_id">[];
  readonly base: ImageTold | null;
  readonly ours: ImageTold | null;
  readonly theirs: ImageTold | null;
}

interface ImageTold {
  readonly properties: EntityImage["properties"];
  readonly endpoints?: EntityImage["endpoints"];
}

function conflictTold(told: ConflictTold): Conflict {
  return conflictSeen({
    kind: told.kind,
    entityKind: told.entity_kind,
    type: told.type_name,
    id: told.entity_id,
    properties: told.properties,
    with: told.with.map((other) => ({
      kind: other.entity_kind,
      type: other.type_name,
      id: other.entity_id ?? "",
    })),
    message: told.message,
    base: imageTold(told.base),
    ours: imageTold(told.ours),
    theirs: imageTold(told.theirs),
  });
}

function imageTold(image: ImageTold | null): EntityImage | null {
  return image === null ? null : { properties: image.properties, endpoints: image.endpoints ?? null };
}
