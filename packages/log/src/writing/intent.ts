import { type Environment, OmnigraphError } from "@omnigraph/base";
import type { ObjectStore } from "@omnigraph/storage";
import type { CommitRecord } from "../commit/header.ts";
import { claim } from "../content-objects.ts";
import { entryToJson } from "../layout/layout.ts";
import type { BranchLog } from "../reading/branch-log.ts";
import type { Draft, Write } from "./write.ts";

const BEAT_MS = 10_000;

/** What an intent says of the write that it announces. */
export interface IntentFacts {
  readonly write: Pick<Write, "op" | "actor" | "message" | "content">;
  readonly kind: Draft["kind"];
  readonly branch: BranchLog;
  /** The commit that the write is evaluated upon. */
  readonly base: CommitRecord;
  /** The folder below `tables/` and `blobs/` that it stages into, fresh. */
  readonly staging: string;
  /** Tells this process from others. */
  readonly process: string;
}

/** A write that stages tables, announced in `__recovery/` until it is over; it shows that its owner lives while it is open. */
export class Intent {
  readonly #store: ObjectStore;
  readonly #facts: IntentFacts;
  readonly #over = new AbortController();
  readonly #beating: Promise<void>;

  constructor(store: ObjectStore, environment: Environment, facts: IntentFacts) {
    this.#store = store;
    this.#facts = facts;
    this.#beating = this.#beat(environment);
  }

  /** Records that everything is staged and synced: from now on anyone could publish it. `changes` of the draft are layers. */
  async staged(draft: Draft): Promise<void> {
    const { changes, counts } = draft;
    const { write, base } = this.#facts;
    const json = {
      op: write.op,
      base: base.header.id,
      layers: changes.kind === "layers" ? changes.layers.map(entryToJson) : [],
      replaced: changes.replaced,
      counts: Object.fromEntries(counts),
    };
    await this.#store.put(keyOf(write.op, "staged.json"), Buffer.from(JSON.stringify(json)));
  }

  /** Removes the intent: its commit is there, or the write was refused. Not to be called after `outcome_unknown`. */
  async end(): Promise<void> {
    await this.abandon();
    for (const suffix of ["json", "staged.json", "beat"]) {
      await this.#store.delete(keyOf(this.#facts.write.op, suffix));
    }
  }

  /** Stops showing that the owner lives, and leaves the intent to whoever settles it. */
  async abandon(): Promise<void> {
    this.#over.abort(new OmnigraphError("aborted", "the intent is over"));
    await this.#beating;
  }

  async #beat({ clock }: Environment): Promise<void> {
    const { signal } = this.#over;
    const key = keyOf(this.#facts.write.op, "beat");
    for (let count = 1; !signal.aborted; count++) {
      // A beat that does not come through, or is cut short, is one beat less: nothing hangs on a single one.
      await clock
        .sleep(BEAT_MS, signal)
        .then(() => this.#store.put(key, Buffer.from(String(count)), "relaxed"))
        .catch(() => {});
    }
  }
}

/** Puts an intent, for good, before its write stages anything. Throws `op_reused` where the op has one already. */
export async function beginIntent(
  store: ObjectStore,
  environment: Environment,
  facts: IntentFacts,
): Promise<Intent> {
  const { write, kind, branch, base, staging, process } = facts;
  const json = {
    op: write.op,
    kind,
    branch: branch.name,
    incarnation: branch.tag,
    base: base.header.id,
    staging,
    actor: write.actor,
    message: write.message,
    content: write.content,
    authored_at: environment.clock.nowMicros(),
    schema: base.header.schema,
    owner: { process },
  };
  const bytes = Buffer.from(JSON.stringify(json));
  const key = keyOf(write.op, "json");
  const there = await claim(store, environment, key, bytes);
  if (Buffer.compare(there, bytes) === 0) return new Intent(store, environment, facts);
  throw new OmnigraphError(
    "op_reused",
    `a write under op ${write.op} is under way or was left over: ${store.uri}/${key}`,
    {
      details: { op: write.op },
    },
  );
}

function keyOf(op: string, suffix: string): string {
  return `__recovery/${op}.${suffix}`;
}
