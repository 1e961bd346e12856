import { isError } from "@omnigraph/base";
import type { TableDrafts } from "@omnigraph/engine";
import type { BranchLog, CommitDraft, CommitRecord, Intent, NewBranch, WriteRequest } from "@omnigraph/log";
import { batchBytes, type LayerDraft, type LayerEntry } from "@omnigraph/storage";
import type { GraphContext } from "../open/context.ts";

/** Bytes of rows of tables that are written side by side, each through memory of its own: a large table, or several small ones. */
export const BESIDE_BYTES = 32 << 20;

/** Tables that are written side by side. The largest first: it is written in the background while the column files of its lot are made here. */
function lotsOf(layers: readonly LayerDraft[]): readonly (readonly LayerDraft[])[] {
  const sized = layers.map((layer) => ({ layer, bytes: batchBytes(layer.rows) }));
  const lots: LayerDraft[][] = [];
  let left = 0;
  for (const { layer, bytes } of sized.toSorted((a, b) => b.bytes - a.bytes)) {
    const lot = lots.at(-1);
    if (lot === undefined || bytes > left) {
      lots.push([layer]);
      left = BESIDE_BYTES;
    } else lot.push(layer);
    left -= bytes;
  }
  return lots;
}

/** The tables that one write stages: each attempt has a folder and an intent of its own. */
export class Staging {
  readonly #context: GraphContext;
  readonly #request: WriteRequest;
  readonly #branch: BranchLog;
  readonly #intents: Intent[] = [];

  readonly #makes: NewBranch | null;

  /** `makes`: the branch where the write makes it. */
  constructor(
    context: GraphContext,
    request: WriteRequest,
    branch: BranchLog,
    makes: NewBranch | null = null,
  ) {
    this.#makes = makes;
    this.#context = context;
    this.#request = request;
    this.#branch = branch;
  }

  /** Puts the intent of an attempt on a commit, before anything is staged. */
  async begin(base: CommitRecord): Promise<Intent> {
    const facts = { request: this.#request, branch: this.#branch, base, makes: this.#makes };
    const intent = await this.#context.log.intents.begin(facts);
    this.#intents.push(intent);
    return intent;
  }

  /** Stages the tables of a draft that was evaluated on a commit; returns the draft that adopts them. */
  async stage(draft: CommitDraft, tables: TableDrafts, base: CommitRecord): Promise<CommitDraft> {
    const intent = await this.begin(base);
    const layers: LayerEntry[] = [];
    for (const lot of lotsOf(tables.layers)) layers.push(...(await this.#stageLot(intent.staging, lot)));
    const adopting = { ...draft, changes: { kind: "layers", layers, replaced: tables.replaced } } as const;
    await intent.staged(adopting);
    return adopting;
  }

  async #stageLot(staging: string, lot: readonly LayerDraft[]): Promise<readonly LayerEntry[]> {
    const { signal } = this.#request;
    const staged = await Promise.allSettled(
      lot.map((layer) => this.#context.tables.stage(staging, layer, signal)),
    );
    return staged.map((outcome) => {
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    });
  }

  /**
   * Ends the intents of a write that has made a commit, or turned out void (null), and removes the tables that no commit adopts. Answers the commit, which
   * another process may have made meanwhile. Throws `outcome_unknown` where that cannot be told.
   */
  async end(commit: CommitRecord | null): Promise<CommitRecord | null> {
    if (commit === null) return this.#withdrawn();
    for (const intent of this.#intents) await this.#context.log.intents.end(intent, commit);
    return commit;
  }

  /** Ends the intents of a write that failed. Throws the failure, unless another process has made the commit meanwhile, or may still make it: `outcome_unknown`. */
  async fail(thrown: unknown): Promise<CommitRecord> {
    if (isError(thrown, "outcome_unknown")) {
      for (const intent of this.#intents) await intent.abandon();
      throw thrown;
    }
    const commit = await this.#withdrawn();
    if (commit === null) throw thrown;
    return commit;
  }

  async #withdrawn(): Promise<CommitRecord | null> {
    const { intents } = this.#context.log;
    const ended = await Promise.allSettled(this.#intents.map((intent) => intents.withdraw(intent)));
    const landed = ended.map((outcome) => {
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    });
    return landed.find((commit) => commit !== null) ?? null;
  }
}
