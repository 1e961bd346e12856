import { type Environment, OmnigraphError, ulidFactory, stampOf } from "@omnigraph/base";
import type { ObjectStore, Owner } from "@omnigraph/storage";
import type { CommitDraft } from "../commit/draft.ts";
import type { CommitRecord } from "../commit/header.ts";
import { putContent } from "../content-objects.ts";
import { encodeIntent, type IntentRecord, type NewBranch } from "../intent/intent-record.ts";
import { intentKey } from "../intent/keys.ts";
import { encodeStaged } from "../intent/staged-record.ts";
import type { BranchLog } from "../reading/branch-log.ts";
import type { WriteRequest } from "./request.ts";
import { checkTexts } from "./texts.ts";

/** How often the owner of an intent says that it lives. */
export const BEAT_MS = 10_000;

/** What an intent says of its write. */
export interface IntentFacts {
  readonly request: Pick<WriteRequest, "kind" | "op" | "actor" | "message" | "content" | "ifCommit">;
  readonly branch: BranchLog;
  /** The commit that the write is evaluated on. */
  readonly base: CommitRecord;
  /** Set for a write that makes its branch. */
  readonly makes?: NewBranch | null;
}

/** A record in `__recovery/` that a write is staging tables. Until it ends, a heartbeat shows that its owner is alive. */
export class Intent {
  /** A new ULID: the folder below `tables/` to stage into. */
  readonly staging: string;
  readonly record: IntentRecord;
  readonly facts: IntentFacts;
  readonly #store: ObjectStore;
  readonly #over = new AbortController();
  #mayBeComplete = false;
  #outlivesChanges = false;
  readonly #beating: Promise<void>;

  constructor(store: ObjectStore, environment: Environment, facts: IntentFacts, record: IntentRecord) {
    this.staging = record.staging;
    this.record = record;
    this.facts = facts;
    this.#store = store;
    this.#beating = this.#beat(environment);
  }

  /** Whether its owner is done with it: it has ended, or was left to others. */
  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** Whether others may have seen that everything is staged, and may publish it. */
  get mayBeComplete(): boolean {
    return this.#mayBeComplete;
  }

  /** Whether others may publish it even after commits that changed rows. */
  get outlivesChanges(): boolean {
    return this.#outlivesChanges;
  }

  /** Records that everything is staged and synced, so that anyone could publish it from now on. The draft's changes must be layers or a fold. */
  async staged(draft: CommitDraft): Promise<void> {
    this.#mayBeComplete = true;
    const { op, base } = this.record;
    const encoded = encodeStaged(op, base, draft);
    this.#outlivesChanges = encoded.record.reliesOn !== null || encoded.record.changes.kind === "fold";
    await this.#store.put(intentKey(this.staging, "staged.json"), encoded.bytes);
  }

  /** Stops the heartbeat and leaves the intent in the store, for others to settle. */
  async abandon(): Promise<void> {
    this.#over.abort(new OmnigraphError("aborted", "the intent is over"));
    await this.#beating;
  }

  async #beat({ clock }: Environment): Promise<void> {
    const { signal } = this.#over;
    const key = intentKey(this.staging, "beat");
    for (let count = 1; !signal.aborted; count++) {
      // One missing heartbeat does not matter.
      await clock
        .sleep(BEAT_MS, signal)
        .then(() => this.#store.put(key, Buffer.from(String(count)), "relaxed"))
        .catch(() => {});
    }
  }
}

/** What the intents of one open graph share. */
export interface IntentContext {
  /** ULID of the graph. */
  readonly graph: string;
  readonly store: ObjectStore;
  readonly environment: Environment;
  /** This process. */
  readonly owner: Owner;
}

/** Puts an intent durably, before its write stages anything. */
export async function beginIntent(
  { graph, store, environment, owner }: IntentContext,
  facts: IntentFacts,
): Promise<Intent> {
  const { request, branch, base, makes = null } = facts;
  checkTexts(request);
  const staging = ulidFactory(environment)();
  const { op, kind, actor, message, content, ifCommit } = request;
  const record: IntentRecord = {
    graph,
    op,
    kind,
    branch: branch.name,
    logId: branch.logId,
    base: base.header.id,
    staging,
    actor,
    message,
    content,
    authoredAt: stampOf(environment.clock),
    schema: base.header.schema,
    ifCommit,
    makes,
    owner,
  };
  await putContent(store, environment, intentKey(staging, "json"), encodeIntent(record));
  return new Intent(store, environment, facts, record);
}
