import { isError, OmnigraphError } from "@omnigraph/base";
import {
  type BranchWriter,
  type CommitDraft,
  type CommitRecord,
  GraphLog,
  type Prepared,
  type WriteRequest,
  type WriteResult,
} from "@omnigraph/log";
import { ChangeFeed } from "../../../packages/graph/src/feed/feed.ts";
import { Chain } from "../../../packages/graph/src/history/chain.ts";
import { NamedBranches } from "../../../packages/graph/src/named-branches.ts";
import { Starts } from "../../../packages/log/src/branch/starts.ts";
import { BranchLog } from "../../../packages/log/src/reading/branch-log.ts";
import { Settlement } from "../../../packages/log/src/recovery/settlement.ts";
import { Publisher } from "../../../packages/log/src/writing/publisher.ts";
import { methodOf } from "./method-of.ts";
import { RULE_BUGS, withRows, withRule } from "./rule-bugs.ts";

/** Bugs of what reads and writes the log. */
const CALL_BUGS = [
  /** On a conflict the first evaluation is published all the same. */
  "evaluates_once",
  /** A read does not ask whether there is a newer head. */
  "head_not_confirmed",
  /** A merge names the head that its source has by now, and not the one that it was evaluated on. */
  "theirs_moves",
  /** The source is deleted whatever came to it. */
  "delete_unconditional",
  /** A merge that is asked for again deletes the source at the head that it has now. */
  "delete_at_new_head",
  /** A call that is stopped is told so at once, though its commit is under way. */
  "stopped_at_once",
  /** A durable write is put without what others put relaxed before it. */
  "stands_on_relaxed",
  /** A load that lost the race for its branch is refused, though a later one would go into the branch that won. */
  "load_lost_race",
  /** A fold says that it holds the tail, and holds what is before it. */
  "fold_forgets_tail",
  /** A fold that was made before a schema change is put after it, with the schema that it was made with. */
  "fold_undoes_schema",
] as const;

/** Bugs of calls that only look. */
const SIGHT_BUGS = [
  /** A page of the feed ends with the cursor of the newest commit, whatever is left. */
  "feed_skips",
  /** What is left of a commit that a page cut is not told. */
  "feed_forgets_rest",
  /** A preview is one of the merge in the other direction. */
  "preview_turned_round",
  /** A diff since the common ancestor is one since the other commit. */
  "diff_without_base",
  /** The state at a time is that of the commit before. */
  "time_is_early",
] as const;

/** Bugs of settlement. */
const SETTLEMENT_BUGS = [
  /** Whoever settles an intent does not notice that its write is in the log. */
  "settle_ignores_landed_op",
  /** An attempt is given up without a look at what has come since its base. */
  "abort_without_reading_every_slot",
  /** A staged write is published whatever came since its base. */
  "settle_ignores_conflicts",
] as const;

/** Bugs between the library and the store; see `planted.ts` of the log's simulator. */
const STORE_BUGS = [
  "lost_is_failure",
  "acknowledge_before_sync",
  "never_sync",
  /** A commit that is there, and could not be synced as the disk is full, is said not to be there. */
  "unsynced_is_full",
  /** The store says that it notices when another root is put in the place of the one that was opened, and does not. */
  "replacement_unnoticed",
] as const;

/** Bugs of cleanup, and of those who start from what it may condemn. */
const CLEANUP_BUGS = [
  /** The slot is removed where it should become a stub. */
  "cleanup_frees_slot",
  /** The horizon is put once everything was listed, so whoever looked before has started from what goes. */
  "cleanup_condemns_after_listing_pins",
  /** Whoever starts from a commit does not look whether it is condemned. */
  "start_ignores_horizon",
] as const;

/** Bugs that are put into the real library to show that the checks would find them. */
export const ENGINE_BUGS = [
  ...RULE_BUGS,
  ...CALL_BUGS,
  ...SIGHT_BUGS,
  ...SETTLEMENT_BUGS,
  ...STORE_BUGS,
  ...CLEANUP_BUGS,
] as const;

export type EngineBug = (typeof ENGINE_BUGS)[number];

const PROTOTYPES = [GraphLog, BranchLog, Settlement, Publisher, Chain, ChangeFeed, NamedBranches, Starts].map(
  ({ prototype }) => prototype,
);

/** Puts a bug into the library, until it is disposed of. */
export function planted(bug: EngineBug | null): Disposable {
  const methods = PROTOTYPES.map((prototype) => ({
    prototype,
    original: Object.getOwnPropertyDescriptors(prototype),
  }));
  if (bug !== null) plant(bug);
  return {
    [Symbol.dispose]: () => {
      for (const { prototype, original } of methods) Object.defineProperties(prototype, original);
    },
  };
}

function plant(bug: EngineBug): void {
  plantInSights(bug);
  const writer = methodOf(GraphLog.prototype, "writer");
  const fork = methodOf(GraphLog.prototype, "fork");
  const deleteBranch = methodOf(GraphLog.prototype, "deleteBranch");
  const head = methodOf(BranchLog.prototype, "head");
  plantInSettlement(bug);
  GraphLog.prototype.writer = function (this: GraphLog, branch) {
    return wrapped(this, writer.call(this, branch), bug);
  };
  if (bug === "start_ignores_horizon") Starts.prototype.check = () => Promise.resolve();
  if (bug === "stands_on_relaxed") Publisher.prototype.sync = () => Promise.resolve();
  if (bug === "head_not_confirmed")
    BranchLog.prototype.head = async function (this: BranchLog, signal) {
      return this.known ?? head.call(this, signal);
    };
  if (bug === "load_lost_race") {
    GraphLog.prototype.fork = async function (this: GraphLog, ...given) {
      const made = await fork.apply(this, given);
      return { ...made, publish: () => made.publish().catch(lostRace) };
    };
    GraphLog.prototype.createBranch = async function (this: GraphLog, ...given) {
      const made = await fork.apply(this, given);
      await made.publish();
      return made.branch;
    };
  }
  if (bug === "delete_unconditional" || bug === "delete_at_new_head")
    GraphLog.prototype.deleteBranch = async function (
      this: GraphLog,
      name,
      { op, actor, message, ifCommit },
    ) {
      const isAtHead = ifCommit !== null && bug === "delete_at_new_head";
      const at = isAtHead ? (await this.head(name)).header.id : null;
      return deleteBranch.call(this, name, { op, actor, message, ifCommit: at });
    };
}

function plantInSights(bug: EngineBug): void {
  const poll = methodOf(ChangeFeed.prototype, "poll");
  const preview = methodOf(NamedBranches.prototype, "previewMerge");
  const diff = methodOf(NamedBranches.prototype, "diff");
  const newest = methodOf(Chain.prototype, "newest");
  if (bug === "feed_skips" || bug === "feed_forgets_rest")
    ChangeFeed.prototype.poll = async function (this: ChangeFeed, options = {}) {
      const page = await poll.call(this, options);
      const isLeft = bug === "feed_skips" ? page.caughtUp === false : page.nextPageToken !== null;
      if (!isLeft) return page;
      const { branch } = options;
      const { cursor } = await poll.call(this, branch === undefined ? {} : { branch });
      return { ...page, cursor, nextPageToken: null, caughtUp: false };
    };
  if (bug === "preview_turned_round")
    NamedBranches.prototype.previewMerge = function (this: NamedBranches, source, options = {}) {
      return preview.call(this, options.into ?? "main", { ...options, into: source });
    };
  if (bug === "diff_without_base")
    NamedBranches.prototype.diff = function (this: NamedBranches, from, to) {
      return diff.call(this, from, to);
    };
  if (bug === "time_is_early")
    Chain.prototype.newest = async function (this: Chain, holds, signal) {
      const found = await newest.call(this, holds, signal);
      return newest.call(this, (commit) => commit.header.depth < (found?.header.depth ?? 0), signal);
    };
}

function plantInSettlement(bug: EngineBug): void {
  const look = methodOf(Settlement.prototype, "look");
  if (bug === "settle_ignores_landed_op")
    Settlement.prototype.look = async function (this: Settlement, ...given) {
      const seen = await look.apply(this, given);
      return seen.decision?.kind === "published" ? { ...seen, decision: null } : seen;
    };
  if (bug === "settle_ignores_conflicts") Settlement.prototype.holding = () => async () => true;
  if (bug !== "abort_without_reading_every_slot") return;
  const firstTips = new Map<string, CommitRecord>();
  Settlement.prototype.isUndecidedBy = () => true;
  Settlement.prototype.look = async function (this: Settlement, intent, log, _, holds) {
    const first = firstTips.get(intent.staging) ?? (await log.look()).commit;
    firstTips.set(intent.staging, first);
    return { ...(await look.call(this, intent, log, first.address, holds)), conflict: first };
  };
}

function lostRace(error: unknown): never {
  if (!isError(error, "branch_exists")) throw error;
  throw new OmnigraphError("graph_exists", "another maker of the branch came first", { cause: error });
}

function wrapped(log: GraphLog, writer: BranchWriter, bug: EngineBug): BranchWriter {
  const submit = async <D extends CommitDraft>(
    request: WriteRequest<D>,
    given?: Prepared<D> | null,
  ): Promise<WriteResult<D>> => {
    const prepared = given ?? null;
    if (bug === "stopped_at_once")
      return Promise.race([writer.submit(request, prepared), stopped(request.signal)]);
    if (prepared === null) return writer.submit(withBug(log, request, null, bug));
    const draft = withFold(withRule(await withTheirs(log, prepared.draft, bug), bug), prepared.base, bug);
    return writer.submit(withBug(log, request, draft, bug), { ...prepared, draft });
  };
  // Cast: nobody looks at what is private to it.
  return {
    submit,
    sync: () => writer.sync(),
    close: () => writer.close(),
    isIdle: false,
  } as unknown as BranchWriter;
}

function stopped(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("stopped"))));
}

function withBug<D extends CommitDraft>(
  log: GraphLog,
  request: WriteRequest<D>,
  prepared: D | null,
  bug: EngineBug,
): WriteRequest<D> {
  let first = prepared;
  return {
    ...request,
    rowsOf: withRows((theirs) => request.rowsOf(theirs), bug),
    evaluate: async (base) => {
      if (bug === "evaluates_once" && first !== null) return first;
      if (bug === "fold_undoes_schema" && first !== null && (await stillHolds(log, first, base.head)))
        return first;
      const draft = await request.evaluate(base);
      first ??= draft;
      return withRule(await withTheirs(log, draft, bug), bug);
    },
  };
}

function withFold<D extends CommitDraft>(draft: D, base: CommitRecord, bug: EngineBug): D {
  if (bug === "fold_undoes_schema" && draft.changes.kind === "fold")
    return { ...draft, schema: base.header.schema };
  if (bug !== "fold_forgets_tail" || draft.changes.kind !== "fold") return draft;
  const runs = draft.changes.runs.map((run) => {
    const before = run.pieces.findLast((piece) => piece.kind === "layer");
    return run.pieces.at(-1)?.kind === "range" ? { ...run, layer: before?.entry ?? null } : run;
  });
  return { ...draft, changes: { ...draft.changes, runs } };
}

/** Whether all that a fold replaces is there, whatever schema it has by now. */
async function stillHolds(log: GraphLog, { changes }: CommitDraft, head: CommitRecord): Promise<boolean> {
  return changes.kind === "fold" && (await log.folds.hold(head, changes, head.header.schema));
}

async function withTheirs<D extends CommitDraft>(log: GraphLog, draft: D, bug: EngineBug): Promise<D> {
  const { merge } = draft;
  if (bug !== "theirs_moves" || merge === undefined) return draft;
  const theirs = await log.head(merge.theirs.branch).catch(() => merge.theirs);
  return { ...draft, merge: { ...merge, theirs } };
}
