import { isError } from "@omnigraph/base";
import type { TableDrafts } from "@omnigraph/engine";
import type { BranchLog, CommitDraft, CommitRecord, Intent, WriteRequest } from "@omnigraph/log";
import type { GraphContext } from "../open/context.ts";

/** The tables that one write stages: each attempt has a folder and an intent of its own. */
export class Staging {
  readonly #context: GraphContext;
  readonly #request: WriteRequest;
  readonly #branch: BranchLog;
  readonly #intents: Intent[] = [];

  constructor(context: GraphContext, request: WriteRequest, branch: BranchLog) {
    this.#context = context;
    this.#request = request;
    this.#branch = branch;
  }

  /** Puts the intent of an attempt on a commit, before anything is staged. */
  async begin(base: CommitRecord): Promise<Intent> {
    const facts = { request: this.#request, branch: this.#branch, base };
    const intent = await this.#context.log.beginIntent(facts);
    this.#intents.push(intent);
    return intent;
  }

  /** Stages the tables of a draft that was evaluated on a commit; returns the draft that adopts them. */
  async stage(draft: CommitDraft, tables: TableDrafts, base: CommitRecord): Promise<CommitDraft> {
    const intent = await this.begin(base);
    // The largest first: its table is written in the background while the column files of all tables are made here.
    const largestFirst = tables.layers.toSorted((a, b) => b.rows.length - a.rows.length);
    const staged = await Promise.allSettled(
      largestFirst.map((layer) => this.#context.layers.stage(intent.staging, layer, this.#request.signal)),
    );
    const layers = staged.map((outcome) => {
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    });
    const adopting = { ...draft, changes: { kind: "layers", layers, replaced: tables.replaced } } as const;
    await intent.staged(adopting);
    return adopting;
  }

  /** Ends the intents of a write whose outcome is known, and removes the tables that its commit did not adopt: of earlier attempts, or of a refused write. */
  async end(commit: CommitRecord | null): Promise<void> {
    const adopted = commit === null ? new Set() : adoptedBy(commit);
    for (const intent of this.#intents) {
      if (!adopted.has(intent.staging)) {
        try {
          await this.#context.store.deletePrefix(`tables/${intent.staging}/`);
        } catch (cause) {
          if (!isError(cause)) throw cause;
          // The intent stays, so the tables can still be found.
          await intent.abandon();
          continue;
        }
      }
      await intent.end();
    }
  }

  /** Leaves the intents of a write whose outcome is unknown in the store, for a later writer to resolve. */
  async abandon(): Promise<void> {
    for (const intent of this.#intents) await intent.abandon();
  }
}

/** Staging ids of the tables that a commit adopts. */
function adoptedBy({ changes }: CommitRecord): ReadonlySet<string> {
  if (changes.kind === "layers") return new Set(changes.layers.map(({ staging }) => staging));
  if (changes.kind !== "fold") return new Set();
  return new Set(changes.runs.flatMap(({ layer }) => (layer === null ? [] : [layer.staging])));
}
