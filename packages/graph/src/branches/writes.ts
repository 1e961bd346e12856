import { isError, OmnigraphError } from "@omnigraph/base";
import type { View } from "@omnigraph/engine";
import {
  type CommitRecord,
  type Draft,
  type Intent,
  opOfKey,
  type Write,
  type WriteBase,
  type WriteResult,
} from "@omnigraph/log";
import type { ChangeSet } from "@omnigraph/storage";
import type { WriteOptions } from "../api/graph.ts";
import type { BranchViews, CommitView } from "./branch-views.ts";
import { adoptedRows, draftOf, type GraphDelta } from "./drafts.ts";
import type { GraphContext } from "../open/context.ts";
import type { NetChanges } from "../history/net-changes.ts";

/** Evaluates a write against a view, which is of the head or of what is pending after it; without effect, and repeated whenever what it read may have changed. */
export type Evaluate<D extends GraphDelta> = (view: View, head: CommitRecord) => Promise<D>;

/** What became of a write: the outcome of the evaluation that was published, or answered for it. */
export interface Written<D extends GraphDelta> {
  /** Null when an earlier write under the same op answered. */
  readonly delta: D | null;
  readonly commit: CommitRecord | null;
}

/** What a caller asked for, beside the rows. */
export interface WriteRequest {
  readonly kind: "mutation" | "load" | "merge" | "revert";
  readonly options: WriteOptions & { readonly ifCommit?: string };
  /** Digest of what is asked; called only when the caller named the op. */
  readonly content: () => string;
}

/** Publishes what writes were evaluated to on one branch. */
export class BranchWrites {
  readonly #context: GraphContext;
  readonly #views: BranchViews;
  readonly #net: NetChanges;
  /** The last base with pending drafts, and its view: members of one batch are evaluated upon each other. */
  #pending: { readonly drafts: readonly Draft[]; readonly head: CommitRecord; readonly view: View } | null =
    null;

  constructor(context: GraphContext, views: BranchViews, net: NetChanges) {
    this.#context = context;
    this.#views = views;
    this.#net = net;
  }

  /** A small write: evaluated in its turn, upon the writes before it. One that turns out large is staged. */
  async submit<D extends GraphDelta>(request: WriteRequest, evaluate: Evaluate<D>): Promise<Written<D>> {
    // The writer may evaluate more than once: what was evaluated last is what was published.
    const last: { delta: D | null } = { delta: null };
    try {
      const result = await this.#publish(this.#asked(request), async (base) => {
        const delta = await evaluate(await this.#viewOf(base), base.head);
        if (delta.layers !== null) throw new TooLarge();
        last.delta = delta;
        return delta.commits ? this.#draft(request, delta) : null;
      });
      return written(result, last.delta);
    } catch (thrown) {
      if (!(thrown instanceof TooLarge)) throw thrown;
      return this.submitLarge(request, evaluate);
    }
  }

  /** A write that may be large: evaluated before its turn, staged as tables when it is, and then published like any other. */
  async submitLarge<D extends GraphDelta>(request: WriteRequest, evaluate: Evaluate<D>): Promise<Written<D>> {
    const asked = this.#asked(request);
    const first = await this.#repeated(asked);
    if (first !== null) return written<D>(first, null);
    const head = await this.#views.head(request.options.signal);
    let delta: D;
    try {
      delta = await evaluate(head.view, head.commit);
    } catch (thrown) {
      // It may have failed on its own rows, which came in meanwhile.
      const meanwhile = await this.#repeated(asked);
      if (meanwhile === null) throw thrown;
      return written<D>(meanwhile, null);
    }
    if (delta.layers === null) {
      if (!delta.commits) return { delta, commit: null };
      const prepared = { base: head.commit, draft: this.#draft(request, delta) };
      try {
        const result = await this.#publish({ ...asked, prepared }, async (base) => {
          delta = await evaluate(await this.#viewOf(base), base.head);
          if (delta.layers !== null) throw new TooLarge();
          return delta.commits ? this.#draft(request, delta) : null;
        });
        return written(result, delta);
      } catch (thrown) {
        // On what others wrote meanwhile it is large: from the beginning, to be staged.
        if (!(thrown instanceof TooLarge)) throw thrown;
        return this.submitLarge(request, evaluate);
      }
    }
    return this.#submitStaged(request, asked, head, delta, evaluate);
  }

  async #submitStaged<D extends GraphDelta>(
    request: WriteRequest,
    asked: Asked,
    head: CommitView,
    first: D,
    evaluate: Evaluate<D>,
  ): Promise<Written<D>> {
    const intents: Intent[] = [];
    let delta = first;
    try {
      const staged = async (base: CommitRecord): Promise<Draft> => {
        const intent = await this.#begin(request, asked, base);
        intents.push(intent);
        const draft = await this.#staged(request, delta, intent.staging);
        await intent.staged(draft);
        return draft;
      };
      const prepared = { base: head.commit, draft: await staged(head.commit) };
      const result = await this.#publish({ ...asked, prepared }, async (base) => {
        delta = await evaluate(await this.#viewOf(base), base.head);
        if (delta.layers !== null) return staged(base.head);
        return delta.commits ? this.#draft(request, delta) : null;
      });
      await this.#over(intents, result.commit);
      return written(result, delta);
    } catch (thrown) {
      // After an unknown outcome the intent stays: the commit may be there, and its tables must not be taken for garbage.
      if (isError(thrown, "outcome_unknown")) for (const intent of intents) await intent.abandon();
      else await this.#over(intents, null);
      throw thrown;
    }
  }

  /** Ends intents whose write is decided, and removes the tables that its commit did not adopt: of attempts that others overtook, or of a refused write. */
  async #over(intents: readonly Intent[], commit: CommitRecord | null): Promise<void> {
    const adopted = commit?.changes.kind === "layers" ? commit.changes.layers : [];
    for (const intent of intents) {
      if (!adopted.some(({ staging }) => staging === intent.staging)) {
        try {
          await this.#context.store.deletePrefix(`tables/${intent.staging}/`);
        } catch (cause) {
          if (!isError(cause)) throw cause;
          // The intent goes on naming them.
          await intent.abandon();
          continue;
        }
      }
      await intent.end();
    }
  }

  /** What an op that the caller named came to, when it is in the log already. Such a write must not be evaluated: it would meet its own rows. */
  async #repeated(asked: Asked): Promise<WriteResult | null> {
    if (asked.content === null) return null;
    const found = await this.#publish({ ...asked, ifCommit: null }, () => null);
    return found.repeated ? found : null;
  }

  #begin(request: WriteRequest, asked: Asked, base: CommitRecord): Promise<Intent> {
    const { branch } = this.#views;
    return this.#context.log.beginIntent({
      write: asked,
      kind: request.kind,
      branch,
      base,
      process: `${process.pid}`,
    });
  }

  async #staged(request: WriteRequest, delta: GraphDelta, staging: string): Promise<Draft> {
    const { layers: store } = this.#context;
    // The largest first: its table is written in the background while the column files of all are made here.
    const drafts = (delta.layers ?? []).toSorted((a, b) => b.rows.length - a.rows.length);
    const staged = await Promise.allSettled(
      drafts.map((draft) => store.stage(staging, draft, request.options.signal)),
    );
    const layers = staged.map((outcome) => {
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    });
    return draftOf(delta, request.kind, { kind: "layers", layers, replaced: delta.replaced }, (c) =>
      this.#theirs(c),
    );
  }

  #draft(request: WriteRequest, delta: GraphDelta): Draft {
    const changes = { kind: "rows", rows: delta.changes, replaced: delta.replaced } as const;
    return draftOf(delta, request.kind, changes, (c) => this.#theirs(c));
  }

  async #theirs(commit: CommitRecord): Promise<ChangeSet | null> {
    const { log, catalogs, layers } = this.#context;
    const [id] = commit.header.parents;
    if (id === undefined) return null;
    if (commit.changes.kind === "forward") return this.#net.of(commit);
    const [parent, catalog] = await Promise.all([log.commit(id), catalogs.read(commit.header.schema)]);
    return adoptedRows(commit, parent, catalog, layers);
  }

  async #publish(asked: Asked, evaluate: Write["evaluate"]): Promise<WriteResult> {
    return this.#context.log.writer(this.#views.branch).submit({ ...asked, evaluate });
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

  #asked({ options, content }: WriteRequest): Asked {
    const { op } = options;
    return {
      op: op === undefined ? this.#context.mint() : opOfKey(op),
      content: op === undefined ? null : content(),
      actor: options.actor ?? this.#context.actor,
      message: options.message ?? null,
      ifCommit: options.ifCommit ?? null,
      durability: this.#context.durability,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    };
  }
}

type Asked = Omit<Write, "evaluate">;

/** Leaves an evaluation whose outcome is too large for a commit object; never seen by callers. */
class TooLarge extends Error {}

function written<D extends GraphDelta>({ commit, repeated }: WriteResult, delta: D | null): Written<D> {
  return { delta: repeated ? null : delta, commit };
}
