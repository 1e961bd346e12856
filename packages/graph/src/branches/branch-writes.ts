import { OmnigraphError } from "@omnigraph/base";
import type { View, WriteDraft } from "@omnigraph/engine";
import {
  type BranchLog,
  type CommitDraft,
  type CommitRecord,
  type NewBranch,
  opOfKey,
  type Prepared,
  type WriteBase,
  type WriteRequest,
  type WriteResult,
} from "@omnigraph/log";
import { NOTHING } from "@omnigraph/storage";
import type { WriteOptions } from "../api/graph.ts";
import type { NetChanges } from "../history/net-changes.ts";
import type { GraphContext } from "../open/context.ts";
import type { BranchViews } from "./branch-views.ts";
import { rowsOfCommit } from "./commit-rows.ts";
import { Staging } from "./staging.ts";

/** A draft between engine and log. If `tables` is set, they must be staged before the log can publish the draft. */
export type GraphDraft = CommitDraft &
  Pick<WriteDraft, "tables"> & {
    /** Another commit than that of the branch whose rows name the content of Blobs that these rows name; whoever evaluates claims it. */
    readonly contentOf?: CommitRecord;
  };

/** Evaluates a write on the view of the head, with pending drafts on top. It has no effect, and is called again whenever what it read may have changed. */
export type Evaluate<D extends GraphDraft> = (view: View, head: CommitRecord) => Promise<D>;

/** Called for each commit that this handle makes. It must not throw. */
export type OnCommit = (branch: BranchLog, commit: CommitRecord) => void;

/** What a caller asks of a write, with the author that it comes to. */
export interface Authored extends Omit<WriteOptions, "actor"> {
  readonly actor: string | null;
  readonly ifCommit?: string;
}

/** As `Branches.fresh`. */
type Fresh = <T>(action: () => Promise<T>) => Promise<T>;

/** A branch that its first write makes. */
export interface Making {
  readonly makes: NewBranch;
  /** Names it; the same call however often it is made. */
  readonly named: () => Promise<void>;
}

/** Evaluates and publishes the writes of one branch. */
export class BranchWrites {
  readonly #context: GraphContext;
  readonly #views: BranchViews;
  readonly #net: NetChanges;
  readonly #onCommit: OnCommit;
  readonly #fresh: Fresh;
  readonly #making: Making | null;
  /** The last base with pending drafts, and its view, because each write of a batch is evaluated on top of the ones before it. */
  #pending: {
    readonly drafts: readonly CommitDraft[];
    readonly head: CommitRecord;
    readonly view: View;
  } | null = null;

  /** `fresh` is that of all branches. */
  constructor(
    context: GraphContext,
    views: BranchViews,
    net: NetChanges,
    {
      fresh,
      onCommit,
      making,
    }: { readonly fresh: Fresh; readonly onCommit: OnCommit; readonly making: Making | null },
  ) {
    this.#making = making;
    this.#context = context;
    this.#onCommit = onCommit;
    this.#fresh = fresh;
    this.#views = views;
    this.#net = net;
  }

  /** The request of a caller. `content` computes the hash of what is asked; it is called only if the caller gave an op. */
  request<D extends GraphDraft>(
    kind: WriteRequest["kind"],
    options: Authored,
    content: () => string,
    evaluate: Evaluate<D>,
  ): WriteRequest<D> {
    const { op, actor, signal } = options;
    const { mint, durability } = this.#context;
    return {
      kind,
      op: op === undefined ? mint() : opOfKey(op),
      content: op === undefined ? null : content(),
      actor,
      message: options.message ?? null,
      ifCommit: options.ifCommit ?? null,
      durability,
      evaluate: (base) => this.#fresh(() => this.#evaluate(base, evaluate)),
      rowsOf: (commit) => rowsOfCommit(commit, this.#context, this.#net),
      signal,
    };
  }

  /** Submits a write that is probably small: evaluated in its turn, on top of the writes before it. If it turns out large, it is staged. */
  async submit<D extends GraphDraft>(
    request: WriteRequest<D>,
    prepared: Prepared<D> | null = null,
  ): Promise<WriteResult<D>> {
    const evaluate = async (base: WriteBase): Promise<D> => {
      const draft = await request.evaluate(base);
      if (draft.tables !== null) throw new TooLarge();
      return draft;
    };
    try {
      return await this.#publish({ ...request, evaluate }, prepared);
    } catch (thrown) {
      if (!(thrown instanceof TooLarge)) throw thrown;
      return this.submitLarge(request);
    }
  }

  /** Submits a write that may be large: evaluated before its turn, staged as tables if it is large, and then published like any other. */
  async submitLarge<D extends GraphDraft>(request: WriteRequest<D>): Promise<WriteResult<D>> {
    const earlier = await this.#earlier(request);
    if (earlier !== null) return earlier;
    const { commit: base } = await this.#views.head(request.signal);
    let draft: D;
    try {
      draft = await request.evaluate({ head: base, pending: [] });
    } catch (thrown) {
      // An earlier attempt may have been committed meanwhile, and this one failed because its rows exist already.
      const meanwhile = await this.#earlier(request);
      if (meanwhile !== null) return meanwhile;
      // Nothing is said about a commit that the caller did not mean.
      const refuse = (): never => {
        throw thrown;
      };
      if (request.ifCommit !== null) await this.#publish({ ...request, evaluate: refuse });
      throw thrown;
    }
    if (draft.tables !== null) return this.#submitStaged(request, { base, draft });
    const isUnconditional = request.ifCommit === null;
    if (!draft.commits && isUnconditional) return { draft, commit: null, repeated: false };
    return this.submit(request, { base, draft });
  }

  async #submitStaged<D extends GraphDraft>(
    request: WriteRequest<D>,
    first: Prepared<D>,
  ): Promise<WriteResult<D>> {
    const making = this.#making;
    const staging = new Staging(this.#context, request, this.#views.branch, making?.makes);
    let { draft } = first;
    const staged = async (base: CommitRecord): Promise<CommitDraft> =>
      draft.tables === null ? draft : staging.stage(draft, draft.tables, base);
    const evaluate = async (base: WriteBase): Promise<CommitDraft> => {
      draft = await request.evaluate(base);
      return staged(base.head);
    };
    try {
      const prepared = { base: first.base, draft: await staged(first.base) };
      const result = await this.#publish({ ...request, evaluate }, prepared);
      // The intent says that the branch is being made, so it stays until that is done.
      await making?.named();
      await staging.end(result.commit);
      return { ...result, draft: result.repeated ? null : draft };
    } catch (thrown) {
      return { draft: null, commit: await staging.fail(thrown), repeated: true };
    }
  }

  /** The answer for an op of the caller that is in the log already. Such a write must not be evaluated again: it would conflict with its own rows. */
  async #earlier(request: WriteRequest): Promise<WriteResult<never> | null> {
    if (request.content === null) return null;
    const found = await this.#publish({ ...request, ifCommit: null, evaluate: () => NOTHING });
    return found.repeated ? { ...found, draft: null } : null;
  }

  async #publish<D extends CommitDraft>(
    request: WriteRequest<D>,
    prepared: Prepared<D> | null = null,
  ): Promise<WriteResult<D>> {
    const { branch } = this.#views;
    const result = await this.#context.log.writer(branch).submit(request, prepared);
    if (result.commit !== null && !result.repeated) this.#onCommit(branch, result.commit);
    return result;
  }

  async #evaluate<D extends GraphDraft>(base: WriteBase, evaluate: Evaluate<D>): Promise<D> {
    try {
      return await evaluate(await this.#viewOf(base), base.head);
    } catch (thrown) {
      this.#pending = null; // its view may be what failed
      throw thrown;
    }
  }

  async #viewOf({ head, pending }: WriteBase): Promise<View> {
    const last = this.#pending;
    const continues =
      last !== null &&
      last.head === head &&
      last.drafts.length > 0 &&
      last.drafts.every((d, i) => pending[i] === d);
    let view = continues ? last.view : (await this.#views.at(head)).view;
    for (const draft of pending.slice(continues ? last.drafts.length : 0)) {
      if (draft.changes.kind !== "rows")
        throw new OmnigraphError("internal", "invariant broken: a staged write shares a put");
      view = view.overlay(draft.changes.rows);
    }
    this.#pending = pending.length === 0 ? null : { drafts: [...pending], head, view };
    return view;
  }
}

/** Thrown by an evaluation whose draft is too large for a commit object, so that the write leaves the queue while its tables are staged. Never reaches callers. */
class TooLarge extends Error {}
