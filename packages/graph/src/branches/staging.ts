import { isError } from "@omnigraph/base";
import type { TableDrafts } from "@omnigraph/engine";
import type { BranchLog, CommitDraft, CommitRecord, Intent, NewBranch, WriteRequest } from "@omnigraph/log";
import { batchBytes, type BlobPlaces, type LayerDraft, type LayerEntry } from "@omnigraph/storage";
import { namesContent } from "../open/content-places.ts";
import type { GraphContext } from "../open/context.ts";

/** Bytes of rows of tables that are written side by side, each through memory of its own: a large table, or several small ones. */
export const BESIDE_BYTES = 32 << 20;

const NO_PLACES: BlobPlaces = new Map();

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

/** A layer that does not name what others have put where it brings the same content itself. */
function withOwnContent(layer: LayerDraft): LayerDraft {
  const { places = NO_PLACES, contents } = layer.blobs ?? {};
  const kept = [...places].filter(([reference]) => contents?.get(reference) === undefined);
  return { ...layer, blobs: { contents, places: new Map(kept) } };
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
  async stage(
    draft: CommitDraft & { readonly contentOf?: CommitRecord },
    tables: TableDrafts,
    base: CommitRecord,
  ): Promise<CommitDraft> {
    const intent = await this.begin(base);
    const commits = draft.contentOf === undefined ? [base] : [base, draft.contentOf];
    const drafts = await this.#placed(tables.layers, commits, base);
    const layers: LayerEntry[] = [];
    for (const lot of lotsOf(drafts)) layers.push(...(await this.#stageLot(intent.staging, lot)));
    const adopting = { ...draft, changes: { kind: "layers", layers, replaced: tables.replaced } } as const;
    await intent.staged(adopting);
    return adopting;
  }

  /**
   * Layers with the places of the content that the graph has already. Content that is given anew is not put again where the snapshot of the base names it: the
   * intent keeps that from cleanup, unless it was condemned before the intent was put.
   */
  async #placed(
    layers: readonly LayerDraft[],
    commits: readonly CommitRecord[],
    base: CommitRecord,
  ): Promise<readonly LayerDraft[]> {
    if (!layers.some(namesContent)) return layers;
    const { content, log } = this.#context;
    const { signal } = this.#request;
    const isKept = await log.starts.check(base, { signal }).then(
      () => true,
      (thrown: unknown) => {
        if (!isError(thrown, "history_reclaimed")) throw thrown;
        return false;
      },
    );
    const placed: LayerDraft[] = [];
    for (const layer of layers) {
      const known = await content.placed(layer, commits, signal);
      placed.push(isKept ? known : withOwnContent(known));
    }
    return placed;
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
