import { LIMITS, OmnigraphError } from "@omnigraph/base";
import type { EntityType, TypeId } from "@omnigraph/language";
import type { BranchLog, CommitRecord, FoldedRun } from "@omnigraph/log";
import type { ColumnKey, LayerEntry } from "@omnigraph/storage";
import { Staging } from "../branches/staging.ts";
import { failureOf } from "../calls/call-limits.ts";
import type { GraphContext } from "../open/context.ts";
import { draftOf, type FoldRequest, requestOf } from "./fold-branch.ts";
import { columnName, missingIndexes } from "./layer-indexes.ts";

/** A table without some of its indexes. */
interface Unindexed {
  readonly type: EntityType;
  readonly entry: LayerEntry;
  readonly keys: readonly ColumnKey[];
}

export interface IndexResult {
  /** The first commit that was made, or null. */
  readonly commit: CommitRecord | null;
  /** By type the columns that got an index, each once for each table. */
  readonly built: ReadonlyMap<TypeId, readonly string[]>;
  /** By type the columns of tables that could not be indexed: someone else has changed the table. */
  readonly pending: ReadonlyMap<TypeId, readonly string[]>;
  /** Why it ended early, after a commit; null if it did not. */
  readonly problem: string | null;
}

/**
 * Builds what the tables of a branch lack of indexes. That adds a version with the same rows to a table, and a commit names it in the place of the former
 * one; a version that no commit names is in nobody's way. A type has one table at a time in a commit, so there may be several commits.
 * Errors: as `foldBranch`, but none once the call has made a commit, this one or the fold before it.
 */
export async function indexBranch(
  context: GraphContext,
  branch: BranchLog,
  asked: FoldRequest,
  hasCommitted: boolean,
): Promise<IndexResult> {
  const indexing = new Indexing(context, branch, asked);
  let problem: string | null = null;
  try {
    await indexing.run();
  } catch (thrown) {
    if (indexing.commit === null && !hasCommitted) throw thrown;
    problem = asked.signal.aborted ? "the call was stopped" : failureOf(thrown).message;
  }
  const { commit, built, pending } = indexing;
  return { commit, built, pending, problem };
}

class Indexing {
  readonly #context: GraphContext;
  readonly #branch: BranchLog;
  readonly #asked: FoldRequest;
  readonly built = new Map<TypeId, readonly string[]>();
  readonly pending = new Map<TypeId, readonly string[]>();
  commit: CommitRecord | null = null;

  constructor(context: GraphContext, branch: BranchLog, asked: FoldRequest) {
    this.#context = context;
    this.#branch = branch;
    this.#asked = asked;
  }

  async run(): Promise<void> {
    if (this.#context.tables.index === undefined) return;
    for (let lost = 0; lost < LIMITS.writeAttempts.value;) {
      const base = await this.#branch.head(this.#asked.signal);
      const todo = await unindexedAt(this.#context, base, this.pending, this.#asked.signal);
      if (todo.length === 0) return;
      if (!(await this.#round(base, todo))) lost++;
    }
    throw new OmnigraphError(
      "too_contended",
      `the tables that were being indexed on branch ${this.#branch.name} were replaced by others ${LIMITS.writeAttempts.value} times; try again`,
      { details: { branch: this.#branch.name } },
    );
  }

  /** False where others have replaced a table meanwhile. */
  async #round(base: CommitRecord, todo: readonly Unindexed[]): Promise<boolean> {
    const asked =
      this.commit === null ? this.#asked : { ...this.#asked, op: this.#context.mint(), content: null };
    const { commit, indexed } = await attempt(this.#context, this.#branch, { base, todo }, asked);
    this.commit ??= commit;
    for (const one of todo) {
      const isDone = indexed.has(one.type.id);
      if (isDone && commit === null) continue;
      const list = isDone ? this.built : this.pending;
      list.set(one.type.id, [...(list.get(one.type.id) ?? []), ...namesOf(one)]);
    }
    return commit !== null || indexed.size === 0;
  }
}

/** One table of each type that lacks indexes, without the types that wait for somebody. */
async function unindexedAt(
  { log, catalogs }: GraphContext,
  base: CommitRecord,
  pending: ReadonlyMap<TypeId, unknown>,
  signal: AbortSignal,
): Promise<readonly Unindexed[]> {
  const [snapshot, catalog] = await Promise.all([
    log.snapshot(base, signal),
    catalogs.read(base.header.schema, signal),
  ]);
  const found: Unindexed[] = [];
  for (const type of catalog.typeById.values()) {
    if (pending.has(type.id) || !base.header.counts.has(type.id)) continue;
    for (const piece of snapshot.pieces(type.id)) {
      const keys = piece.kind === "layer" ? missingIndexes(type, piece.entry) : [];
      if (piece.kind !== "layer" || keys.length === 0) continue;
      found.push({ type, entry: piece.entry, keys });
      break;
    }
  }
  return found;
}

/** Null where others have replaced a table meanwhile, or nothing could be indexed. */
async function attempt(
  context: GraphContext,
  branch: BranchLog,
  { base, todo }: { readonly base: CommitRecord; readonly todo: readonly Unindexed[] },
  asked: FoldRequest,
): Promise<{ readonly commit: CommitRecord | null; readonly indexed: ReadonlySet<TypeId> }> {
  const request = requestOf(context, asked);
  const staging = new Staging(context, request, branch);
  const runs: FoldedRun[] = [];
  const indexed = new Set<TypeId>();
  try {
    const intent = await staging.begin(base);
    for (const { type, entry, keys } of todo) {
      asked.onType(type);
      const layer = (await context.tables.index?.(entry, keys, asked.signal)) ?? null;
      if (layer === null) continue;
      runs.push({ type: type.id, pieces: [{ kind: "layer", entry }], layer });
      indexed.add(type.id);
    }
    if (runs.length === 0) return { commit: await staging.end(null), indexed };
    const draft = draftOf(context, base, { runs, through: null });
    await intent.staged(draft);
    const written = await context.log.writer(branch).submit(request, { base, draft });
    return { commit: await staging.end(written.commit), indexed };
  } catch (thrown) {
    return { commit: await staging.fail(thrown), indexed };
  }
}

function namesOf({ type, keys }: Unindexed): readonly string[] {
  return keys.map((key) => columnName(type, key));
}
