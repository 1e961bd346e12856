import { type Environment, isError, LIMITS, OmnigraphError, stampOf } from "@omnigraph/base";
import type { Durability } from "@omnigraph/storage";
import { addressOf } from "../address.ts";
import type { CommitKind, CommitRecord } from "../commit/header.ts";
import type { BranchLog, Tip } from "../reading/branch-log.ts";
import {
  aborted,
  opReused,
  outcomeUnknown,
  preconditionFailed,
  readSetConflict,
  tooContended,
} from "./errors.ts";
import { bytesOf, drafted, Member, NOT_EVALUATED } from "./member.ts";
import { OpWindow } from "./op-window.ts";
import type { Publication, Published, Publisher } from "./publisher.ts";
import { checkTexts } from "./texts.ts";
import type { Draft, Write, WriteResult } from "./write.ts";

const LEAST_WAIT_MS = 0.5;
const MOST_WAIT_MS = 4;

/** Kinds of commits that change no row and no schema: a conditional write steps past them. */
const SILENT: ReadonlySet<CommitKind> = new Set(["maintenance", "recovery"]);

/**
 * Writes one branch for one process. Writes queue up; those that wait while a put is in flight share the next one, each with a commit of its own,
 * evaluated upon the ones before it.
 */
export class BranchWriter {
  readonly #log: BranchLog;
  readonly #environment: Environment;
  readonly #publisher: Publisher;
  readonly #ops: OpWindow;
  readonly #queue: Member[] = [];
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(log: BranchLog, environment: Environment, publisher: Publisher) {
    this.#log = log;
    this.#environment = environment;
    this.#publisher = publisher;
    this.#ops = new OpWindow(log);
  }

  /**
   * Publishes a write as one commit. Resolves once the commit is as durable as was asked. Errors: what `evaluate` throws, `read_set_conflict`,
   * `usage` for texts above their limits, `precondition_failed`, `too_contended`, `op_reused`, `aborted`, `outcome_unknown` (the one that may have been written), failures of the store.
   */
  submit(write: Write): Promise<WriteResult> {
    if (this.#closed) {
      const error = new OmnigraphError("closed", "the graph was closed; open it again");
      return Promise.reject(error);
    }
    try {
      checkTexts(write);
    } catch (error) {
      return Promise.reject(error);
    }
    const member = new Member(write, stampOf(this.#environment.clock));
    this.#queue.push(member);
    this.#running ??= this.#drain();
    return member.result;
  }

  /** Makes the branch outlast power loss up to the newest commit that is known: whatever is to stand on it calls this first. */
  async sync(): Promise<void> {
    await this.#publisher.sync(await this.#log.knownTip());
  }

  /** Nothing waits, and nothing is under way. */
  get isIdle(): boolean {
    return this.#running === null && this.#queue.length === 0;
  }

  /** Waits for the writes that were submitted; later ones are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // submitted in one go, published in one go
    while (this.#queue.length > 0) {
      const batch = this.#take();
      try {
        await this.#write(batch);
      } catch (error) {
        for (const member of batch) if (!member.resolved) member.fail(error);
      }
    }
    this.#running = null;
  }

  /** The next members in order. A conditional write is first in its batch, a prepared one alone, an op is there once. */
  #take(): Member[] {
    const batch: Member[] = [];
    const ops = new Set<string>();
    while (batch.length < LIMITS.groupCommits.value) {
      const [first] = this.#queue;
      if (first === undefined) break;
      const { op, ifCommit, prepared } = first.write;
      const ownBatch = ifCommit !== null || prepared !== undefined || ops.has(op);
      if (batch.length > 0 && ownBatch) break;
      this.#queue.shift();
      if (first.write.signal?.aborted === true) {
        first.fail(aborted(first.write.signal.reason));
        continue;
      }
      batch.push(first);
      ops.add(op);
      if (prepared !== undefined) break;
    }
    return batch;
  }

  /** Resolves the members of a batch; those that do not fit into one object, or whose answer hung on a put that failed, go back to the queue. */
  async #write(batch: Member[]): Promise<void> {
    let head = await this.#log.knownTip();
    for (let losses = 0; ; losses++) {
      await this.#evaluate(batch, head);
      const open = batch.filter((member) => !member.resolved);
      if (open.length === 0) return;
      if (await this.#publish(open, head)) {
        this.#postpone(batch, 0);
        return;
      }
      if (losses > 0) await this.#wait(losses);
      const now = await this.#log.tip();
      await this.#checkAgainst(open, head, now);
      head = now;
    }
  }

  /** Brings every open member to a draft or to an answer, each upon the drafts before it. */
  async #evaluate(batch: Member[], head: Tip): Promise<void> {
    const pending: Draft[] = [];
    let bytes = 0;
    let afresh = false; // a draft before this one is out, so that this one is to be evaluated without it
    for (const [i, member] of batch.entries()) {
      if (member.resolved) continue;
      if (await this.#answerRepeated(member, head)) {
        afresh = true;
        continue;
      }
      if (afresh) member.evaluation = NOT_EVALUATED;
      if (member.evaluation.kind === "none") await this.#evaluateOne(member, head, pending);
      if (member.evaluation.kind !== "draft") continue;
      bytes += bytesOf(member.write, member.evaluation, head.commit);
      if (pending.length > 0 && bytes > LIMITS.inlineBytes.value) {
        this.#postpone(batch, i);
        return;
      }
      pending.push(member.evaluation.draft);
      if (member.evaluation.draft.changes.kind === "layers") {
        this.#postpone(batch, i + 1);
        return;
      }
    }
  }

  async #evaluateOne(member: Member, { commit: head }: Tip, pending: readonly Draft[]): Promise<void> {
    const { write } = member;
    try {
      if (write.ifCommit !== null && !(await this.#isAt(write.ifCommit, head))) {
        throw preconditionFailed(this.#log.name, write.ifCommit, head);
      }
      if (await this.#tryPrepared(member, head)) return;
      const draft = await write.evaluate({ head, pending });
      member.evaluation = draft === null ? { kind: "nothing" } : drafted(draft);
    } catch (error) {
      member.evaluation = { kind: "error", error };
    }
  }

  /** Puts the drafts, or confirms that the head is still the head, and answers the members; false where others came first. */
  async #publish(open: readonly Member[], head: Tip): Promise<boolean> {
    const publications: Publication[] = [];
    const published: Member[] = [];
    for (const member of open) {
      if (member.evaluation.kind !== "draft") continue;
      const { draft, segment } = member.evaluation;
      const { merge } = draft;
      publications.push({ delta: member.delta(draft), segment, ...(merge === undefined ? {} : { merge }) });
      published.push(member);
    }
    if (published.length === 0) {
      if ((await this.#log.tip()).slot > head.slot) return false;
    } else {
      const outcome = await this.#put(published, publications, head);
      if (outcome === "failed") return true;
      if (!outcome.landed) return false;
      for (const [i, member] of published.entries()) {
        member.answer({ commit: outcome.object.commits[i] ?? null, repeated: false });
      }
    }
    for (const member of open) answerWithoutCommit(member);
    return true;
  }

  async #put(
    published: readonly Member[],
    publications: readonly Publication[],
    head: Tip,
  ): Promise<Published | "failed"> {
    try {
      return await this.#publisher.publish(head, publications, durabilityOf(published));
    } catch (error) {
      const unknown = isError(error, "outcome_unknown");
      for (const member of published) {
        member.fail(unknown ? outcomeUnknown(member.write.op, this.#log.logId, head.slot + 1, error) : error);
      }
      return "failed";
    }
  }

  /** Looks for conflicts between members that were evaluated at one head and the commits from there to another: who has one is evaluated again or refused. */
  async #checkAgainst(open: readonly Member[], before: Tip, now: Tip): Promise<void> {
    const theirs = await this.#log.between(before.commit.address, now.commit.address);
    let afresh = false; // a member before this one is no longer what this one was evaluated upon
    for (const member of open) {
      if (++member.attempts > LIMITS.writeAttempts.value) {
        member.fail(tooContended(this.#log.name, member.attempts));
        afresh = true;
        continue;
      }
      const { evaluation, write } = member;
      if (evaluation.kind === "draft" && !afresh && write.ifCommit === null) {
        const conflict = await firstConflict(evaluation.draft, theirs);
        if (conflict === null) continue;
        if (evaluation.draft.onConflict === "conflict") {
          member.fail(readSetConflict(this.#log.name, before.commit, conflict));
        }
      }
      member.evaluation = NOT_EVALUATED;
      afresh = true;
    }
  }

  /** Whether a prepared draft still holds at the head, and is what the member publishes. */
  async #tryPrepared(member: Member, head: CommitRecord): Promise<boolean> {
    const { prepared } = member.write;
    if (prepared === undefined || member.preparedUsed) return false;
    member.preparedUsed = true;
    const { base, draft } = prepared;
    const conflict = await firstConflict(draft, await this.#log.between(base.address, head.address));
    if (conflict !== null && draft.onConflict === "conflict")
      throw readSetConflict(this.#log.name, base, conflict);
    if (conflict === null) member.evaluation = drafted(draft);
    return conflict === null;
  }

  /** Answers a write whose op is in the log already. */
  async #answerRepeated(member: Member, head: Tip): Promise<boolean> {
    const { op, content, durability } = member.write;
    if (content === null) return false;
    const commit = await this.#ops.find(op, head.slot);
    if (commit === null) return false;
    if (commit.header.content !== null && commit.header.content !== content) {
      member.fail(opReused(op, commit.address));
      return true;
    }
    if (durability === "durable") {
      const { slot } = commit.address;
      await this.#publisher.sync({ slot, object: await this.#log.expect(slot) });
    }
    member.answer({ commit, repeated: true });
    return true;
  }

  /** Whether a commit is the head, or only silent ones came after it. */
  async #isAt(id: string, head: CommitRecord): Promise<boolean> {
    if (id === head.header.id) return true;
    const address = addressOf(id);
    if (address !== null && id === this.#log.fork) {
      const own = await this.#log.between(address, head.address);
      return own.every(({ header }) => SILENT.has(header.kind));
    }
    if (address === null || address.logId !== this.#log.logId || address.slot > head.address.slot)
      return false;
    for (let { slot, index } = address; slot <= head.address.slot; slot++, index = 0) {
      const { commits } = await this.#log.expect(slot);
      const isNamed = slot > address.slot || commits[index]?.header.id === id;
      const after = commits.slice(slot === address.slot ? index + 1 : 0);
      if (!isNamed || after.some(({ header }) => !SILENT.has(header.kind))) return false;
    }
    return true;
  }

  #postpone(batch: Member[], from: number): void {
    const rest = batch.splice(from).filter((member) => !member.resolved);
    for (const member of rest) member.evaluation = NOT_EVALUATED;
    this.#queue.unshift(...rest);
  }

  #wait(losses: number): Promise<void> {
    const { clock, random } = this.#environment;
    return clock.sleep(Math.min(LEAST_WAIT_MS * 2 ** losses, MOST_WAIT_MS) * random.next());
  }
}

function answerWithoutCommit(member: Member): void {
  const { evaluation } = member;
  if (evaluation.kind === "nothing") member.answer({ commit: null, repeated: false });
  if (evaluation.kind === "error") member.fail(evaluation.error);
}

/** The first of some commits that a draft conflicts with; null: none. */
async function firstConflict(draft: Draft, theirs: readonly CommitRecord[]): Promise<CommitRecord | null> {
  for (const commit of theirs) {
    if (SILENT.has(commit.header.kind)) continue;
    const answer = draft.conflictsWith(commit);
    if (answer === true || (answer !== false && (await answer))) return commit;
  }
  return null;
}

function durabilityOf(members: readonly Member[]): Durability {
  return members.some(({ write }) => write.durability === "durable") ? "durable" : "relaxed";
}
