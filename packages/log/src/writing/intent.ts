import { type Environment, isError, OmnigraphError, ulidFactory, stampOf } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import type { CommitRecord } from "../commit/header.ts";
import { putContent } from "../content-objects.ts";
import { unreadable } from "../features.ts";
import { Fields } from "../json-fields.ts";
import { foldFromJson, foldToJson } from "../layout/fold-json.ts";
import { entryFromJson, entryToJson } from "../layout/layout.ts";
import type { BranchLog } from "../reading/branch-log.ts";
import { checkTexts } from "./texts.ts";
import type { CommitDraft } from "../commit/draft.ts";
import type { WriteRequest } from "./request.ts";

/** Where intents are. */
export const RECOVERY_PREFIX = "__recovery/";

const BEAT_MS = 10_000;
/** Suffixes of the objects of an intent. `end` deletes them in this order, the intent itself first. */
const SUFFIXES = ["json", "staged.json", "beat"] as const;

/** What an intent says of its write. */
export interface IntentFacts {
  readonly request: Pick<WriteRequest, "kind" | "op" | "actor" | "message" | "content">;
  readonly branch: BranchLog;
  /** The commit that the write is evaluated on. */
  readonly base: CommitRecord;
  /** Identifies this process. */
  readonly process: string;
}

/** A record in `__recovery/` that a write is staging tables. Until it ends, a heartbeat shows that its owner is alive. */
export class Intent {
  /** A new ULID: the folder below `tables/` and `blobs/` to stage into. */
  readonly staging: string;
  readonly #store: ObjectStore;
  readonly #facts: IntentFacts;
  readonly #over = new AbortController();
  readonly #beating: Promise<void>;

  constructor(store: ObjectStore, environment: Environment, facts: IntentFacts, staging: string) {
    this.staging = staging;
    this.#store = store;
    this.#facts = facts;
    this.#beating = this.#beat(environment);
  }

  /** Records that everything is staged and synced, so that anyone could publish it from now on. The draft's changes must be layers or a fold. */
  async staged(draft: CommitDraft): Promise<void> {
    const { changes, counts, merge } = draft;
    const { request, base } = this.#facts;
    const json = {
      op: request.op,
      base: base.header.id,
      layers: changes.kind === "layers" ? changes.layers.map(entryToJson) : [],
      ...(changes.kind === "fold" ? { fold: foldToJson(changes) } : {}),
      replaced: changes.kind === "layers" ? changes.replaced : [],
      counts: Object.fromEntries(counts),
      ...(merge === undefined
        ? {}
        : { merged: merge.theirs.header.id, kept: Object.fromEntries(merge.keptOurs) }),
    };
    checkStaged(new Fields(json, "staged", unreadable("intent")));
    await this.#store.put(keyOf(this.staging, "staged.json"), Buffer.from(JSON.stringify(json)));
  }

  /**
   * Removes the intent, because its commit is there or the write was refused. Must not be called after `outcome_unknown`. False where the store failed: a
   * later writer removes leftovers of decided ops.
   */
  async end(): Promise<boolean> {
    await this.abandon();
    try {
      for (const suffix of SUFFIXES) await this.#store.delete(keyOf(this.staging, suffix));
      return true;
    } catch (cause) {
      if (!isError(cause)) throw cause;
      return false;
    }
  }

  /** Stops the heartbeat and leaves the intent in the store, for a later writer to resolve. */
  async abandon(): Promise<void> {
    this.#over.abort(new OmnigraphError("aborted", "the intent is over"));
    await this.#beating;
  }

  async #beat({ clock }: Environment): Promise<void> {
    const { signal } = this.#over;
    const key = keyOf(this.staging, "beat");
    for (let count = 1; !signal.aborted; count++) {
      // One missing heartbeat does not matter.
      await clock
        .sleep(BEAT_MS, signal)
        .then(() => this.#store.put(key, Buffer.from(String(count)), "relaxed"))
        .catch(() => {});
    }
  }
}

/** Puts an intent durably, before its write stages anything. */
export async function beginIntent(
  store: ObjectStore,
  environment: Environment,
  facts: IntentFacts,
): Promise<Intent> {
  const { request, branch, base, process } = facts;
  checkTexts(request);
  const staging = ulidFactory(environment)();
  const json = {
    op: request.op,
    kind: request.kind,
    branch: branch.name,
    incarnation: branch.logId,
    base: base.header.id,
    staging,
    actor: request.actor,
    message: request.message,
    content: request.content,
    authored_at: stampOf(environment.clock),
    schema: base.header.schema,
    owner: { process },
  };
  checkIntent(new Fields(json, "intent", unreadable("intent")));
  await putContent(store, environment, keyOf(staging, "json"), Buffer.from(JSON.stringify(json)));
  return new Intent(store, environment, facts, staging);
}

/** Checks an intent as its readers do. */
function checkIntent(fields: Fields): void {
  for (const name of ["op", "kind", "branch", "incarnation", "base", "staging", "schema"]) fields.text(name);
  for (const name of ["actor", "message", "content"]) fields.textOrNull(name);
  fields.count("authored_at");
  fields.fields("owner").text("process");
}

function checkStaged(fields: Fields): void {
  for (const name of ["op", "base"]) fields.text(name);
  const fail = unreadable("intent");
  for (const [i, entry] of fields.list("layers").entries()) entryFromJson(entry, `layers[${i}]`, fail);
  if (fields.raw("fold") !== undefined) foldFromJson(fields.fields("fold"), "fold", fail);
  fields.texts("replaced");
  fields.fields("counts").differences();
}

function keyOf(staging: string, suffix: (typeof SUFFIXES)[number]): string {
  return `${RECOVERY_PREFIX}${staging}.${suffix}`;
}
