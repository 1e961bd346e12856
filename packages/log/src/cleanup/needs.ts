import { present } from "@omnigraph/base";
import { blobName, type LayerEntry, type ObjectStore, readPlaces } from "@omnigraph/storage";
import { addressOf, type CommitId, type LogId } from "../address.ts";
import type { MergeBases } from "../ancestry/merge-bases.ts";
import type { BranchSummary } from "../branch/branches.ts";
import type { CommitRecord } from "../commit/header.ts";
import { readIntents } from "../intent/read-intents.ts";
import type { CommitObjects } from "../reading/commit-objects.ts";
import type { Layouts } from "../reading/layouts.ts";
import { tableText } from "../retention/condemned-list.ts";
import type { Cuts } from "../retention/horizon-record.ts";
import { pinnedCommits } from "../retention/pins.ts";
import { listLogs, type Logs } from "./logs.ts";
import { SlotSets } from "./slot-sets.ts";

/** Slots that are read at one time. */
const READ = 64;

/** Up to this many branches the merge bases of any two are kept; with more those of each with main, and with the branch that it was made from. */
const ALL_PAIRS = 64;

/** What a look at a graph needs. */
export interface LookContext {
  readonly store: ObjectStore;
  readonly objects: CommitObjects;
  readonly layouts: Layouts;
  readonly mergeBases: MergeBases;
  /** The branches there are. Throws where one cannot be read: what it needs is not known then. */
  readonly branches: () => Promise<readonly BranchSummary[]>;
}

/** What is needed of a graph: everything of which the snapshots that must stay readable consist. */
export class Needs {
  readonly slots = new SlotSets();
  readonly #context: LookContext;
  /** Staging ids of writes in flight: all that they staged stays. */
  readonly #staging = new Set<string>();
  readonly #tables = new Set<string>();
  /** Layouts that are in already. */
  readonly #layouts = new Set<string>();
  readonly #signal: AbortSignal | undefined;

  private constructor(context: LookContext, signal: AbortSignal | undefined) {
    this.#context = context;
    this.#signal = signal;
  }

  /**
   * Looks at intents, then at pins, then at branch records, then at heads. The order matters: each thing that protects a snapshot is removed only after
   * the next in this order does. `folded`: logs whose heads are to be folded first, so that their slots are needed by others only.
   */
  static async look(
    context: LookContext,
    cutsFor: (logs: Logs) => Promise<Cuts>,
    {
      signal,
      folded = new Set(),
    }: { readonly signal?: AbortSignal | undefined; readonly folded?: ReadonlySet<LogId> } = {},
  ): Promise<{ readonly needs: Needs; readonly logs: Logs; readonly cuts: Cuts }> {
    const needs = new Needs(context, signal);
    const roots = await needs.#claims();
    const logs = await listLogs(context.store, context.objects, context.branches, signal);
    const cuts = await cutsFor(logs);
    for (const id of roots) await needs.#addClaimed(id);
    for (const branch of logs.living) await needs.#addBranch(branch, cuts, folded);
    // A log that was sealed after the cuts were made is not condemned whole: others may have started from what is above its cut.
    for (const { logId, newest } of [...logs.sealed, ...logs.nameless])
      await needs.#addRetained(logId, (cuts.get(logId) ?? -1) + 1, newest.address.slot);
    for (const [a, b] of pairsOf(logs.living)) {
      const ids = await context.mergeBases.of(a.logId, a.head.header.id, b.head.header.id, signal);
      for (const id of ids) await needs.#addCommit(id);
    }
    return { needs, logs, cuts };
  }

  /** Whether a table must stay. */
  hasTable(staging: string, type: string): boolean {
    return this.#staging.has(staging) || this.#tables.has(tableText({ staging, type }));
  }

  /** The commits that intents and pins name, intents first. */
  async #claims(): Promise<readonly CommitId[]> {
    const { store } = this.#context;
    const roots: CommitId[] = [];
    for (const found of await readIntents(store, this.#signal)) {
      if (found.kind === "open") roots.push(found.intent.base);
      // Whoever settles the merge makes this the base of later ones.
      if (found.kind === "open" && found.staged?.merge != null) roots.push(found.staged.merge.theirs);
      // What nobody can read may still be somebody's.
      if (found.kind === "open") this.#staging.add(found.staging);
      else if (found.kind === "unreadable") this.#staging.add(found.id);
    }
    return [...roots, ...(await pinnedCommits(store)).commits];
  }

  async #addBranch(
    { logId, head, forkedFrom }: BranchSummary,
    cuts: Cuts,
    folded: ReadonlySet<LogId>,
  ): Promise<void> {
    if (forkedFrom !== null) await this.#addCommit(forkedFrom);
    if (head.address.logId !== logId) return;
    await this.#addRetained(logId, (cuts.get(logId) ?? -1) + 1, head.address.slot);
    if (folded.has(logId)) await this.#addLayout(head.header.layout, "layers");
    else await this.#addSnapshot(head);
  }

  /** The snapshots of all commits in some slots, and those before the ones that tell what they changed only with it. */
  async #addRetained(logId: LogId, from: number, to: number): Promise<void> {
    for (let at = from; at <= to; at += READ) {
      const objects = await this.#context.objects.range(logId, at, Math.min(to, at + READ - 1), this.#signal);
      for (const commit of objects.flatMap(({ commits }) => commits)) {
        await this.#addSnapshot(commit);
        const [parent] = commit.header.parents;
        if (parent !== undefined && needsParent(commit)) await this.#addCommit(parent);
      }
    }
  }

  /** A commit that a claim names: power loss may have taken it, and left the claim. */
  async #addClaimed(id: CommitId): Promise<void> {
    const { logId, slot } = present(addressOf(id), "address of a commit");
    if ((await this.#context.objects.read(logId, slot, this.#signal)) !== null) await this.#addCommit(id);
  }

  async #addCommit(id: CommitId): Promise<void> {
    const { logId, slot, index } = present(addressOf(id), "address of a commit");
    const { commits } = await this.#context.objects.expect(logId, slot, this.#signal);
    const commit = commits[index];
    // An id that nothing has protects nothing.
    if (commit?.header.id === id) await this.#addSnapshot(commit);
  }

  async #addSnapshot({ header }: CommitRecord): Promise<void> {
    for (const range of header.tail) this.slots.addRange(range);
    await this.#addLayout(header.layout, "all");
  }

  async #addLayout(hash: string | null, what: "all" | "layers"): Promise<void> {
    if (hash === null || this.#layouts.has(hash)) return;
    if (what === "all") this.#layouts.add(hash);
    for (const pieces of (await this.#context.layouts.read(hash, this.#signal)).values()) {
      for (const piece of pieces) {
        if (piece.kind === "layer") await this.#addLayer(piece.entry);
        else if (what === "all") this.slots.addRange(piece.range);
      }
    }
  }

  /** A table, and the content that its rows name, wherever that lies. */
  async #addLayer(entry: LayerEntry): Promise<void> {
    const text = tableText(entry);
    if (this.#tables.has(text)) return;
    for (const [reference, staging] of await readPlaces(this.#context.store, entry, this.#signal))
      this.#tables.add(tableText({ staging, type: blobName(reference) }));
    this.#tables.add(text);
  }
}

/** Whether the old rows of what a commit changed are only in the snapshot before it. */
function needsParent({ changes }: CommitRecord): boolean {
  return (
    changes.kind === "layers" ||
    changes.kind === "fast_forward" ||
    (changes.kind === "rows" && changes.replaced.length > 0)
  );
}

function pairsOf(branches: readonly BranchSummary[]): readonly (readonly [BranchSummary, BranchSummary])[] {
  const byLog = new Map(branches.map((branch) => [branch.logId, branch]));
  const main = branches.find(({ forkedFrom }) => forkedFrom === null);
  return branches.flatMap((branch, i) => {
    if (branches.length <= ALL_PAIRS) return branches.slice(i + 1).map((other) => [branch, other] as const);
    const from = branch.forkedFrom === null ? null : addressOf(branch.forkedFrom);
    const origin = from === null ? undefined : byLog.get(from.logId);
    return [main, origin].flatMap((other) =>
      other === undefined || other === branch ? [] : [[branch, other] as const],
    );
  });
}
