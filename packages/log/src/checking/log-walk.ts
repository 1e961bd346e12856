import { isError, type OmnigraphError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import { addressOf, type CommitId, type LogId, MAIN_LOG_ID, slotKey } from "../address.ts";
import { decodeObject, type ObjectReader } from "../commit/codec.ts";
import { type CommitObject, type CommitRecord, lastOf } from "../commit/header.ts";
import type { CommitState } from "../commit/next.ts";
import type { CommitCheck } from "./commit-check.ts";
import { DigestCheck } from "./check-digests.ts";
import type { Evidence } from "./evidence.ts";
import { type LogFinding, type LogFindingKind, slotSubject } from "./finding.ts";

/** Slots that are read at one time. */
const WINDOW = 16;

/** What the walks over all logs of a graph share. */
export interface WalkContext {
  readonly store: ObjectStore;
  readonly reader: ObjectReader;
  readonly commits: CommitCheck;
  readonly evidence: Evidence;
  readonly signal: AbortSignal | undefined;
  /** The record of a commit of any log; null where it cannot be read. */
  readonly recordOf: (id: CommitId) => Promise<CommitRecord | null>;
  readonly onSlot: (bytes: number) => void;
}

/** Reads every slot of one log in order, and checks each object against the one before it. */
export class LogWalk {
  readonly #context: WalkContext;
  readonly #logId: LogId;
  /** The commit that the branch was made at, by its record; null for main and for a log without a name. */
  readonly #fork: CommitId | null;
  readonly #digests: DigestCheck;
  /** The object in the slot before; null where it could not be read. */
  #before: CommitObject | null = null;
  #state: CommitState | null = null;
  #missing: { readonly from: number; to: number } | null = null;
  #findings: LogFinding[] = [];

  constructor(context: WalkContext, logId: LogId, fork: CommitId | null) {
    this.#context = context;
    this.#logId = logId;
    this.#fork = fork;
    this.#digests = new DigestCheck(context.store, logId);
  }

  /** Walks up to the last slot that was listed. */
  async *run(last: number): AsyncGenerator<LogFinding, void, undefined> {
    const { store, signal } = this.#context;
    for (let from = 0; from <= last; from += WINDOW) {
      const slots = Array.from({ length: Math.min(WINDOW, last - from + 1) }, (_, i) => from + i);
      const read = await Promise.all(slots.map((slot) => store.get(slotKey(this.#logId, slot), signal)));
      for (const [i, bytes] of read.entries()) {
        await this.#slot(from + i, bytes);
        yield* this.#findings.splice(0);
      }
    }
    this.#endMissing();
    yield* this.#findings.splice(0);
  }

  async #slot(slot: number, bytes: Uint8Array | null): Promise<void> {
    this.#context.onSlot(bytes?.length ?? 0);
    if (bytes === null) {
      if (this.#missing === null) this.#missing = { from: slot, to: slot };
      else this.#missing.to = slot;
      return this.#lose(slot);
    }
    this.#endMissing();
    const object = this.#decoded(slot, bytes);
    if (object === null) return this.#lose(slot);
    this.#checkChain(object);
    for (const [index, record] of object.commits.entries())
      await this.#commit(record, slot === 0 && index === 0);
    for (const finding of await this.#digests.add(object, bytes)) this.#findings.push(finding);
    this.#before = object;
  }

  /** The slot could not be read: nothing follows from it. */
  async #lose(slot: number): Promise<void> {
    this.#before = null;
    this.#state = null;
    for (const finding of await this.#digests.skip(slot)) this.#findings.push(finding);
  }

  #endMissing(): void {
    if (this.#missing === null) return;
    const { from, to } = this.#missing;
    this.#missing = null;
    const what = from === to ? "it is missing" : `it and the ${to - from} slots after it are missing`;
    const subject = { kind: "slots", logId: this.#logId, from, to } as const;
    this.#findings.push({
      kind: "slot_missing",
      key: slotKey(this.#logId, from),
      problem: `${what}, and commits after were made`,
      subject,
    });
  }

  #decoded(slot: number, bytes: Uint8Array): CommitObject | null {
    try {
      return decodeObject(bytes, this.#logId, slot, this.#context.reader);
    } catch (cause) {
      if (!isError(cause)) throw cause;
      this.#report(kindOf(cause), slot, cause.message);
      return null;
    }
  }

  #checkChain(object: CommitObject): void {
    const { slot, predecessor } = object;
    if (this.#before !== null && predecessor !== this.#before.checksum)
      this.#report(
        "chain_broken",
        slot,
        "it was put after another object than the one that is in the slot before it",
      );
    if (this.#before !== null && lastOf(this.#before).header.kind === "seal")
      this.#report("commit_wrong", slot, "it comes after the end of a deleted branch");
    const parent = object.commits[0]?.header.parents[0];
    if (slot === 0 && this.#fork !== null && parent !== this.#fork)
      this.#report("commit_wrong", slot, `its parent is not ${this.#fork}, where its branch was made`);
  }

  async #commit(record: CommitRecord, isFirst: boolean): Promise<void> {
    const { commits, evidence, recordOf } = this.#context;
    const { slot } = record.address;
    const key = slotKey(this.#logId, slot);
    for (const id of record.header.parents) evidence.noteCommit(id, key);
    for (const { logId, to } of record.header.tail) evidence.note(logId, to, key);
    const changes = this.#changes(record, slot);
    const report = (finding: LogFinding): void => void this.#findings.push(finding);
    const schema = await commits.schemaFinding(record);
    if (schema !== null) report(schema);
    const parent = isFirst ? await this.#stateAt(record.header.parents[0], report) : this.#state;
    const theirs = await this.#stateAt(record.header.parents[1], report);
    const isGenesis = isFirst && this.#logId === MAIN_LOG_ID;
    const problems = changes === null ? [] : commits.problems(record, changes, parent, theirs, isGenesis);
    for (const problem of problems)
      this.#report("commit_wrong", slot, `commit ${record.header.id}: ${problem}`);
    for (const parentId of record.header.parents)
      if (addressOf(parentId)?.logId !== this.#logId && (await recordOf(parentId)) === null)
        this.#report(
          "commit_wrong",
          slot,
          `commit ${record.header.id}: its parent ${parentId} cannot be read`,
        );
    this.#state = await commits.stateOf(record, report);
  }

  #changes(record: CommitRecord, slot: number): CommitRecord["changes"] | null {
    try {
      return record.changes;
    } catch (cause) {
      if (!isError(cause)) throw cause;
      this.#report(kindOf(cause), slot, cause.message);
      return null;
    }
  }

  async #stateAt(
    id: CommitId | undefined,
    report: (finding: LogFinding) => void,
  ): Promise<CommitState | null> {
    const record = id === undefined ? null : await this.#context.recordOf(id);
    return record === null ? null : this.#context.commits.stateOf(record, report);
  }

  #report(kind: LogFindingKind, slot: number, problem: string): void {
    this.#findings.push({
      kind,
      key: slotKey(this.#logId, slot),
      problem,
      subject: slotSubject(this.#logId, slot),
    });
  }
}

/** What an error of decoding an object says of it. */
function kindOf({ reason }: OmnigraphError): LogFindingKind {
  if (reason === "format_newer") return "format_newer";
  return reason === "graph_replaced" ? "slot_of_other_graph" : "slot_damaged";
}
