import { isError, OmnigraphError } from "@omnigraph/base";
import {
  type ChangeSet,
  type LayerChanges,
  NOTHING,
  type ObjectStore,
  type Reliance,
} from "@omnigraph/storage";
import type { CommitAddress } from "../address.ts";
import type { Fork, FoundLog } from "../branch/branches.ts";
import type { NamedRecord } from "../branch/refs.ts";
import { adoptedBy } from "../commit/adopted.ts";
import type { CommitDraft } from "../commit/draft.ts";
import type { CommitRecord } from "../commit/header.ts";
import type { IntentRecord, NewBranch } from "../intent/intent-record.ts";
import { INTENT_PARTS, intentKey, stagedPrefix } from "../intent/keys.ts";
import type { OpenIntent } from "../intent/read-intents.ts";
import type { StagedRecord } from "../intent/staged-record.ts";
import type { Fold } from "../layout/fold.ts";
import type { BranchLog, Tip } from "../reading/branch-log.ts";
import type { BranchWriter } from "../writing/branch-writer.ts";
import { isSilent, ownRows } from "../writing/conflicts.ts";
import { decidingCommit } from "../writing/decisions.ts";
import type { Intent } from "../writing/intent.ts";
import type { WriteRequest } from "../writing/request.ts";

/** Slots that are read at once. */
const CHUNK = 256;
/** How often a settlement looks again after it lost to another one. Each time it finds what the other has decided, so this is never reached. */
const MAX_LOOKS = 8;

/** Refusals of a put which show that the log has gone on: what it says now decides. */
const OVERTAKEN: ReadonlySet<string> = new Set([
  "branch_not_found",
  "precondition_failed",
  "write_discarded",
  "op_reused",
]);

/** What has become of a write that was staged by one process and settled by another. */
export type Decision =
  /** Its commit is in the log: that of this attempt, or of another one under the same op. */
  | { readonly kind: "published"; readonly commit: CommitRecord }
  /** A commit of the kind `recovery` says that the attempt was given up. */
  | { readonly kind: "discarded"; readonly commit: CommitRecord }
  /** Its commit is in a log that no name leads to: another branch has the name that it was to make, or what it was made from is given up. */
  | { readonly kind: "nameless"; readonly commit: CommitRecord }
  /** Its branch was deleted: nothing is written there any more. */
  | { readonly kind: "sealed" };

/** What the log says of an attempt, up to an end. */
interface Seen {
  readonly decision: Decision | null;
  readonly tip: Tip;
  /** The first commit since the base at which the attempt does not hold any more. */
  readonly conflict: CommitRecord | null;
}

/** Whether an attempt holds at a commit that came after its base, if it held until then. */
type Holds = (commit: CommitRecord) => Promise<boolean>;

/** What is known of staged writes where rows are understood: the log does not. */
export interface StagedTest {
  /** What a commit changed that does not carry all of its rows; null where that cannot be told. */
  rowsOf(commit: CommitRecord): Promise<ChangeSet | null>;
  /** Whether changes conflict with what an attempt staged on its base, or with what it relied on besides. */
  conflictTest(
    base: CommitRecord,
    changes: LayerChanges,
    reliesOn: Reliance,
  ): Promise<(theirs: ChangeSet) => boolean>;
}

/** What settlement needs of the log. */
export interface SettlementContext {
  /** Checks that it still holds the graph that was opened. */
  readonly store: ObjectStore;
  find(intent: IntentRecord): Promise<FoundLog>;
  /** A writer of its own, so that others do not queue up behind it. */
  writer(branch: BranchLog): BranchWriter;
  commit(id: string): Promise<CommitRecord>;
  /** Makes a commit and all before it in its log outlast power loss. */
  makeDurable(commit: CommitRecord): Promise<void>;
  /** A branch that another process has prepared. */
  fork(branch: BranchLog, from: CommitRecord, makes: NewBranch): Fork;
  canFold(commit: CommitRecord, fold: Fold, schema: string): Promise<boolean>;
}

/**
 * Settles intents: the first commit in the log that names the op of a write, or the staging id of its attempt, decides it. Whoever puts either has read every
 * slot since the base of the intent, and both are puts into one log: so of the owner, however late it comes back, and of all that settle, one is first, and
 * the others find what that one has decided. Tables are removed only once it is decided that no commit adopts them.
 */
export class Settlement {
  readonly #context: SettlementContext;
  /** Null: any commit that changes anything is a conflict. */
  test: StagedTest | null = null;

  constructor(context: SettlementContext) {
    this.#context = context;
  }

  /**
   * Publishes an attempt that is staged completely and still holds, with the branch that it makes; gives any other up. Then removes its intent. May be
   * repeated, and done by several at once. Throws what the store does, `outcome_unknown`, and `commit_not_found` for an intent of another graph: then the intent stays.
   */
  async settle({ intent, staged }: OpenIntent): Promise<Decision> {
    const found = await this.#context.find(intent);
    const base = await this.#context.commit(intent.base);
    const why = reasonAgainst(found, intent, staged);
    const decision = await this.#decide(intent, staged, found.log, base, why);
    const outcome = found.isNamed ? decision : await this.#named(intent, found.log, decision);
    return this.#removed(intent, found.log, outcome);
  }

  /** Gives an attempt up, unless it is decided already. Errors: as `settle`. */
  async giveUp({ intent }: OpenIntent, why: string): Promise<Decision> {
    const { log } = await this.#context.find(intent);
    const base = await this.#context.commit(intent.base);
    return this.#removed(intent, log, await this.#decide(intent, null, log, base, why));
  }

  /**
   * What becomes of an attempt whose owner puts no commit of it any more. Null: nobody else can publish it either. Where somebody could, it is given up by a
   * commit first. Errors: as `settle`; then somebody may still publish it.
   */
  async withdraw({ record, facts, mayBeComplete, outlivesChanges }: Intent): Promise<Decision | null> {
    if (!mayBeComplete) return null;
    const { branch, base } = facts;
    const { decision, conflict } = await this.look(record, branch, base.address, unchanged);
    // Nobody publishes an attempt after such a commit, except its owner.
    if (decision === null && conflict !== null && !outlivesChanges) return null;
    return decision ?? this.#decide(record, null, branch, base, "its own process withdrew it");
  }

  /** Gives the log of a write that makes its branch its name, once its commit is there. */
  async #named({ makes }: IntentRecord, log: BranchLog, decision: Decision): Promise<Decision> {
    if (makes === null || decision.kind !== "published" || log.fork === null) return decision;
    const context = this.#context;
    try {
      // Its owner may have put it relaxed.
      await context.writer(log).sync();
      await context.fork(log, await context.commit(log.fork), makes).publish();
      return decision;
    } catch (thrown) {
      if (!isError(thrown, "branch_exists") && !isError(thrown, "history_reclaimed")) throw thrown;
      return { kind: "nameless", commit: decision.commit };
    }
  }

  async #removed(intent: IntentRecord, log: BranchLog, decision: Decision): Promise<Decision> {
    await this.remove(intent.staging, log, decision);
    return decision;
  }

  /** Puts what decides an attempt, unless it is there. `reason`: why it is not to be published; null: the log has to say. */
  async #decide(
    intent: IntentRecord,
    staged: StagedRecord | null,
    log: BranchLog,
    base: CommitRecord,
    reason: string | null,
  ): Promise<Decision> {
    const holds = staged === null ? unchanged : this.holding(intent, staged, base);
    let why = reason;
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      const seen = await this.look(intent, log, base.address, holds);
      if (seen.decision !== null) return seen.decision;
      why ??= reasonIn(seen, staged);
      if (why === null && staged !== null) {
        await unlessOvertaken(this.#publish(intent, staged, log, seen.tip, holds));
        why = "it does not hold any more";
      } else await unlessOvertaken(this.abort(intent, log, seen.tip, why ?? ""));
    }
    throw new OmnigraphError("internal", `invariant broken: nothing decides the attempt ${intent.staging}`);
  }

  /** What the log says of an attempt: every slot since its base is read. */
  async look(intent: IntentRecord, log: BranchLog, base: CommitAddress, holds: Holds): Promise<Seen> {
    const tip = await log.look();
    const attempts = new Set([intent.staging]);
    let conflict: CommitRecord | null = null;
    const first = base.logId === log.logId ? base.slot : 0;
    for (let from = first; from <= tip.slot; from += CHUNK) {
      const objects = await log.range(from, Math.min(from + CHUNK - 1, tip.slot));
      const commits = objects.flatMap((object) => object.commits).filter((one) => isAfter(one, base));
      const commit = decidingCommit(intent.op, attempts, commits);
      if (commit !== null) {
        const kind = commit.header.op === intent.op ? "published" : "discarded";
        return { decision: { kind, commit }, tip, conflict };
      }
      for (const one of commits)
        if (conflict === null && one.header.kind !== "seal" && !(await holds(one))) conflict = one;
    }
    return { decision: tip.commit.header.kind === "seal" ? { kind: "sealed" } : null, tip, conflict };
  }

  /** Puts the commit that gives an attempt up, unless another has decided it by then. Its op is the staging id, so there is one of it. */
  async abort(intent: IntentRecord, log: BranchLog, tip: Tip, reason: string): Promise<void> {
    const request: WriteRequest = {
      kind: "recovery",
      op: intent.staging,
      content: null,
      actor: intent.actor,
      message: `gave up ${intent.kind} ${intent.op}: ${reason}`,
      ifCommit: null,
      durability: "durable",
      evaluate: () => NOTHING,
      rowsOf: async () => null,
    };
    const draft: CommitDraft = {
      ...NOTHING,
      commits: true,
      holdsAt: async (commit) => this.isUndecidedBy(intent, commit),
    };
    await this.#context.writer(log).submit(request, { base: tip.commit, draft });
  }

  /** Whether a commit that came before the one that gives an attempt up leaves it open. */
  isUndecidedBy({ op }: IntentRecord, { header }: CommitRecord): boolean {
    return header.op !== op;
  }

  /**
   * Removes what an attempt has staged, unless a commit adopts it, and then its intent. Null: nobody can publish it. What shows that, in the log, is made durable
   * first: power loss could take it and leave the intent, and whoever settles that would publish tables that are gone.
   */
  async remove(staging: string, log: BranchLog, decision: Decision | null): Promise<void> {
    const { store } = this.#context;
    if (!isAdopted(decision, staging)) {
      await this.#context.makeDurable((await log.look()).commit);
      await store.deletePrefix(stagedPrefix(staging));
    }
    for (const part of INTENT_PARTS) await store.delete(intentKey(staging, part));
  }

  /** Puts the commit that its owner would have put. */
  async #publish(
    intent: IntentRecord,
    staged: StagedRecord,
    log: BranchLog,
    tip: Tip,
    holdsAt: Holds,
  ): Promise<void> {
    const { kind, op, content, actor, message, authoredAt, ifCommit = null } = intent;
    const request: WriteRequest = {
      kind,
      op,
      content,
      actor,
      message,
      authoredAt,
      ifCommit,
      recovered: true,
      durability: "durable",
      evaluate: () => NOTHING,
      rowsOf: async () => null,
    };
    const draft = await this.#draftOf(staged, holdsAt);
    await this.#context.writer(log).submit(request, { base: tip.commit, draft });
  }

  async #draftOf({ changes, counts, merge, schema }: StagedRecord, holdsAt: Holds): Promise<CommitDraft> {
    const context = this.#context;
    const merged = merge === null ? {} : { merge: { ...merge, theirs: await context.commit(merge.theirs) } };
    const given = schema === null ? {} : { schema };
    return { ...NOTHING, ...merged, ...given, changes, counts, commits: true, holdsAt };
  }

  /** Tests an attempt that is staged completely, as its owner would have done. */
  holding({ schema }: IntentRecord, { changes, reliesOn }: StagedRecord, base: CommitRecord): Holds {
    const context = this.#context;
    const { test } = this;
    if (changes.kind === "fold") return (theirs) => context.canFold(theirs, changes, schema);
    if (test === null || reliesOn === null) return unchanged;
    let conflicts: ReturnType<StagedTest["conflictTest"]> | null = null;
    return async (theirs) => {
      if (isSilent(theirs)) return true;
      const { header } = theirs;
      if (header.schema !== schema || (reliesOn.merges && header.parents.length > 1)) return false;
      const rows = ownRows(theirs) ?? (await test.rowsOf(theirs));
      if (rows === null) return false;
      conflicts ??= test.conflictTest(base, changes, reliesOn);
      return !(await conflicts)(rows);
    };
  }
}

/** Holds of any write at commits that change nothing. */
async function unchanged(theirs: CommitRecord): Promise<boolean> {
  return isSilent(theirs);
}

/** Why an attempt cannot be published any more, as the log says, or null. */
function reasonIn({ conflict }: Seen, staged: StagedRecord | null): string | null {
  if (staged === null || conflict === null) return null;
  if (staged.changes.kind === "fold") return "what it folds is not there any more";
  return `commit ${conflict.header.id} came before it`;
}

/** Whether a commit may adopt what an attempt has staged. One whose changes cleanup has removed does not tell. */
function isAdopted(decision: Decision | null, staging: string): boolean {
  if (decision?.kind !== "published" && decision?.kind !== "nameless") return false;
  const { changes } = decision.commit;
  return changes.kind === "reclaimed" || adoptedBy(changes).has(staging);
}

/** Why an attempt is not to be published, whatever the log says; null where that is what decides. */
function reasonAgainst(
  { isNamed, newest }: FoundLog,
  { ifCommit, makes, branch }: IntentRecord,
  staged: StagedRecord | null,
): string | null {
  if (!isNamed && makes === null) return `branch ${branch} was never made`;
  if (!isNamed && makes !== null && newest !== null && isFrom(newest, makes.record))
    return `another branch ${branch} was made meanwhile`;
  if (staged === null) return "not everything was staged";
  return ifCommit === undefined ? "an older version wrote its intent, which lacks its condition" : null;
}

/** Whether a record shows that a branch was made at a number or later. The tombstone of the number is that of the branch before. */
function isFrom({ number, record }: NamedRecord, least: number): boolean {
  return number > least || (number === least && record.kind === "created");
}

async function unlessOvertaken(put: Promise<void>): Promise<void> {
  try {
    await put;
  } catch (thrown) {
    if (!isError(thrown) || !OVERTAKEN.has(thrown.reason)) throw thrown;
  }
}

/** Whether a commit of a log comes after one of it, or after its fork point. */
function isAfter({ address }: CommitRecord, { logId, slot, index }: CommitAddress): boolean {
  return address.logId !== logId || address.slot > slot || (address.slot === slot && address.index > index);
}
