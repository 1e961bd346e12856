import { type Environment, isError, LIMITS, OmnigraphError, stampOf } from "@omnigraph/base";
import type { Durability } from "@omnigraph/storage";
import { addressOf } from "../address.ts";
import { adoptedBy } from "../commit/adopted.ts";
import type { CommitDraft } from "../commit/draft.ts";
import type { CommitRecord } from "../commit/header.ts";
import type { BranchLog, Tip } from "../reading/branch-log.ts";
import { firstConflict, hasOtherSchema, isSilent } from "./conflicts.ts";
import { decidingCommit } from "./decisions.ts";
import {
  aborted,
  opReused,
  outcomeUnknown,
  preconditionFailed,
  readSetConflict,
  tooContended,
  writeDiscarded,
} from "./errors.ts";
import { OpWindow } from "./op-window.ts";
import type { Published, Publisher } from "./publisher.ts";
import { bytesOf, type Drafted, QueuedWrite } from "./queued-write.ts";
import type { Prepared, WriteRequest, WriteResult } from "./request.ts";
import { checkTexts } from "./texts.ts";

type Lost = Extract<Published, { readonly kind: "lost" }>;

const NO_ATTEMPTS: ReadonlySet<string> = new Set();

const LEAST_WAIT_MS = 0.5;
const MOST_WAIT_MS = 4;

/**
 * Writes one branch for one process (group commit). The writes that queue up while a put is in flight share the next one. Each gets a commit of its own and
 * is evaluated on top of the writes before it.
 */
export class BranchWriter {
  readonly #log: BranchLog;
  readonly #environment: Environment;
  readonly #publisher: Publisher;
  readonly #ops: OpWindow;
  readonly #queue: QueuedWrite[] = [];
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(log: BranchLog, environment: Environment, publisher: Publisher) {
    this.#log = log;
    this.#environment = environment;
    this.#publisher = publisher;
    this.#ops = new OpWindow(log);
  }

  /**
   * Publishes a write as one commit. Resolves once the commit is as durable as was asked. A prepared draft is tried first, and never on top of pending drafts.
   * Errors: what `evaluate` throws, `read_set_conflict`, `usage` for texts above their limits, `precondition_failed`, `too_contended`, `op_reused`, `aborted`,
   * `outcome_unknown` (only after this one the write may be in the log), failures of the store.
   */
  submit<D extends CommitDraft>(
    request: WriteRequest<D>,
    prepared: Prepared<D> | null = null,
  ): Promise<WriteResult<D>> {
    if (this.#closed) {
      const error = new OmnigraphError("closed", "the graph was closed; open it again");
      return Promise.reject(error);
    }
    try {
      checkTexts(request);
    } catch (error) {
      return Promise.reject(error);
    }
    const authoredAt = request.authoredAt ?? stampOf(this.#environment.clock);
    const write = new QueuedWrite(request, prepared, authoredAt);
    this.#queue.push(write);
    this.#running ??= this.#drain();
    return write.result;
  }

  /** Makes the branch durable up to the newest known commit. To be called before anything is written that refers to that commit. */
  async sync(): Promise<void> {
    await this.#publisher.sync(await this.#log.knownTip());
  }

  /** No write is queued or in progress. */
  get isIdle(): boolean {
    return this.#running === null && this.#queue.length === 0;
  }

  /** Waits for the writes that were submitted; later ones are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // so that writes submitted in the same turn share one put
    while (this.#queue.length > 0) {
      const batch = this.#take();
      try {
        await this.#write(batch);
      } catch (error) {
        for (const write of batch) if (!write.resolved) write.fail(error);
      }
    }
    this.#running = null;
  }

  /** The next writes in order. A conditional write is the first of its batch, a prepared one is alone, and an op occurs once. */
  #take(): QueuedWrite[] {
    const batch: QueuedWrite[] = [];
    const ops = new Set<string>();
    while (batch.length < LIMITS.groupCommits.value) {
      const [first] = this.#queue;
      if (first === undefined) break;
      const { prepared } = first;
      const { op, ifCommit, signal } = first.request;
      const ownBatch = ifCommit !== null || prepared !== null || ops.has(op);
      if (batch.length > 0 && ownBatch) break;
      this.#queue.shift();
      if (signal?.aborted === true) {
        first.fail(aborted(signal.reason));
        continue;
      }
      batch.push(first);
      ops.add(op);
      if (prepared !== null) break;
    }
    return batch;
  }

  /** Resolves the writes of a batch. Those that do not fit into one object, or whose answer depends on a put that failed, go back to the queue. */
  async #write(batch: QueuedWrite[]): Promise<void> {
    let head = await this.#log.knownTip();
    for (let losses = 0; ; losses++) {
      await this.#evaluate(batch, head);
      const open = batch.filter(({ resolved }) => !resolved);
      if (open.length === 0) return;
      const lost = await this.#publish(open, head);
      if (lost === null) {
        this.#postpone(batch, 0);
        return;
      }
      if (losses > 0) await this.#wait(losses);
      // At first the object in the slot is taken for the end: to look for others after it costs as much as to lose against them.
      const now = losses > 0 || lost.end === null ? await this.#log.tip() : lost.end;
      await this.#checkAgainst(open, head, now);
      head = now;
    }
  }

  /** Evaluates every open write to a draft or an answer, each on top of the drafts before it. */
  async #evaluate(batch: QueuedWrite[], head: Tip): Promise<void> {
    const pending: CommitDraft[] = [];
    let bytes = 0;
    let afresh = false; // a write before this one was answered from the log, and this one may have been evaluated on top of its draft
    for (const [i, write] of batch.entries()) {
      if (write.resolved) continue;
      if (await this.#answerRepeated(write, head)) {
        afresh = true;
        continue;
      }
      if (afresh) write.reset();
      if (write.evaluation.kind === "none") await this.#evaluateOne(write, head, pending);
      if (write.evaluation.kind !== "draft") continue;
      bytes += bytesOf(write.evaluation, head.commit);
      if (pending.length > 0 && bytes > LIMITS.inlineBytes.value) {
        this.#postpone(batch, i);
        return;
      }
      pending.push(write.evaluation.draft);
      if (write.evaluation.draft.changes.kind === "layers") {
        this.#postpone(batch, i + 1);
        return;
      }
    }
  }

  async #evaluateOne(
    write: QueuedWrite,
    { commit: head }: Tip,
    pending: readonly CommitDraft[],
  ): Promise<void> {
    const { request, prepared } = write;
    try {
      const isFirst = prepared !== null && !write.preparedUsed;
      const since = isFirst ? await this.#log.between(prepared.base.address, head.address) : [];
      if (isFirst && (await this.#answerDecided(write, prepared.draft, since))) return;
      if (request.ifCommit !== null && !(await this.#isAt(request.ifCommit, head))) {
        throw preconditionFailed(this.#log.name, request.ifCommit, head);
      }
      if (isFirst && (await this.#tryPrepared(write, prepared, since))) return;
      write.take(await request.evaluate({ head, pending }));
    } catch (error) {
      write.evaluation = { kind: "error", error };
    }
  }

  /**
   * Puts the drafts, or confirms that the head has not moved, and answers the writes; answers null then, else how they were lost against others. Writes that
   * failed or do nothing are answered only now, because a successful put also proves that the head had not moved.
   */
  async #publish(open: readonly QueuedWrite[], head: Tip): Promise<Lost | null> {
    const drafted = open.flatMap(({ evaluation }) => (evaluation.kind === "draft" ? [evaluation] : []));
    let commits: readonly CommitRecord[] = [];
    if (drafted.length === 0) {
      const end = await this.#log.tip();
      if (end.slot > head.slot) return { kind: "lost", end };
    } else {
      try {
        const published = await this.#publisher.publish(head, drafted, durabilityOf(drafted));
        if (published.kind === "lost") return published;
        ({ commits } = published);
      } catch (error) {
        this.#failPut(open, head, error);
        return null;
      }
    }
    let index = 0;
    for (const write of open) {
      const { evaluation } = write;
      if (evaluation.kind === "draft") write.succeed(evaluation.draft, commits[index++] ?? null);
      if (evaluation.kind === "nothing") write.succeed(evaluation.draft, null);
      if (evaluation.kind === "error") write.fail(evaluation.error);
    }
    return null;
  }

  /** Fails the writes whose put failed. The others wait for another put: this one did not prove that the head had not moved. */
  #failPut(open: readonly QueuedWrite[], head: Tip, error: unknown): void {
    const unknown = isError(error, "outcome_unknown");
    for (const write of open) {
      if (write.evaluation.kind !== "draft") continue;
      const { op } = write.request;
      write.fail(unknown ? outcomeUnknown(op, this.#log.logId, head.slot + 1, error) : error);
    }
  }

  /** Tests the commits between two heads against the writes that were evaluated at the earlier one. A write that conflicts is evaluated again or refused. */
  async #checkAgainst(open: readonly QueuedWrite[], before: Tip, now: Tip): Promise<void> {
    const theirs = await this.#log.between(before.commit.address, now.commit.address);
    let afresh = false; // a write before this one lost its draft, and this one was evaluated on top of it
    for (const write of open) {
      const { evaluation, request } = write;
      // An earlier attempt of this op may have arrived late, or somebody else may have settled this one.
      if (await this.#answerDecided(write, evaluation.kind === "draft" ? evaluation.draft : null, theirs)) {
        afresh = true;
        continue;
      }
      if (++write.losses > LIMITS.writeAttempts.value) {
        write.fail(tooContended(this.#log.name, write.losses));
        afresh = true;
        continue;
      }
      if (evaluation.kind === "draft" && !afresh && request.ifCommit === null) {
        const conflict = await firstConflict(request, evaluation.draft, theirs);
        if (conflict === null && !hasOtherSchema(before.commit, theirs)) continue;
        if (conflict !== null && evaluation.draft.onConflict === "conflict") {
          write.fail(readSetConflict(this.#log.name, before.commit, conflict));
        }
      }
      write.reset();
      afresh = true;
    }
  }

  /** Takes the prepared draft if it does not conflict with any commit since its base. Each write tries this once. */
  async #tryPrepared(
    write: QueuedWrite,
    { base, draft }: Prepared,
    since: readonly CommitRecord[],
  ): Promise<boolean> {
    write.preparedUsed = true;
    const conflict = await firstConflict(write.request, draft, since);
    if (conflict !== null && draft.onConflict === "conflict")
      throw readSetConflict(this.#log.name, base, conflict);
    const isTaken = conflict === null && !hasOtherSchema(base, since);
    if (isTaken) write.take(draft);
    return isTaken;
  }

  /** Answers a write whose op is in the log already. */
  async #answerRepeated(write: QueuedWrite, head: Tip): Promise<boolean> {
    const { op, content } = write.request;
    const commit = content === null ? null : await this.#ops.find(op, head.slot);
    if (commit !== null) await this.#answerWith(write, commit);
    return commit !== null;
  }

  /** Answers a write that one of the commits since it was evaluated has decided, whatever else they would mean to it. */
  async #answerDecided(
    write: QueuedWrite,
    draft: CommitDraft | null,
    since: readonly CommitRecord[],
  ): Promise<boolean> {
    const attempts = draft === null ? NO_ATTEMPTS : adoptedBy(draft.changes);
    const commit = decidingCommit(write.request.op, attempts, since);
    if (commit === null) return false;
    if (commit.header.op === write.request.op) await this.#answerWith(write, commit);
    else write.fail(writeDiscarded(write.request.op, this.#log.name, commit));
    return true;
  }

  /** Answers a write with the commit of the same op. */
  async #answerWith(write: QueuedWrite, commit: CommitRecord): Promise<void> {
    const { header, address } = commit;
    const { op, content, durability } = write.request;
    if (header.content !== null && content !== null && header.content !== content) {
      write.fail(opReused(op, address));
      return;
    }
    if (durability === "durable") {
      const { slot } = address;
      await this.#publisher.sync({ slot, object: await this.#log.expect(slot) });
    }
    write.repeat(commit);
  }

  /** Whether a commit is the head, or only silent ones came after it. */
  async #isAt(id: string, head: CommitRecord): Promise<boolean> {
    if (id === head.header.id) return true;
    const address = addressOf(id);
    if (address !== null && id === this.#log.fork) {
      const own = await this.#log.between(address, head.address);
      return own.every(isSilent);
    }
    if (address === null || address.logId !== this.#log.logId || address.slot > head.address.slot)
      return false;
    for (let { slot, index } = address; slot <= head.address.slot; slot++, index = 0) {
      const { commits } = await this.#log.expect(slot);
      const isNamed = slot > address.slot || commits[index]?.header.id === id;
      const after = commits.slice(slot === address.slot ? index + 1 : 0);
      if (!isNamed || !after.every(isSilent)) return false;
    }
    return true;
  }

  #postpone(batch: QueuedWrite[], from: number): void {
    const rest = batch.splice(from).filter(({ resolved }) => !resolved);
    for (const write of rest) write.reset();
    this.#queue.unshift(...rest);
  }

  #wait(losses: number): Promise<void> {
    const { clock, random } = this.#environment;
    return clock.sleep(Math.min(LEAST_WAIT_MS * 2 ** losses, MOST_WAIT_MS) * random.next());
  }
}

function durabilityOf(drafted: readonly Drafted[]): Durability {
  return drafted.some(({ request }) => request.durability === "durable") ? "durable" : "relaxed";
}
