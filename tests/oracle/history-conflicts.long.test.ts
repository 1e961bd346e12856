import fc from "fast-check";
import { expect, it } from "vitest";
import type { MergeConflictKind } from "omnigraph";
import { STRATEGIES } from "../support/models/history-calls.ts";
import { countedIds, HistoryModel } from "./history-model.ts";
import { replay, type Subject } from "./history-run.ts";
import { checkState } from "./history-state.ts";
import { history } from "./random-history.ts";

/** A model that checks its own states, and counts the conflicts and outcomes of its merges. */
class WatchedModel extends HistoryModel implements Subject {
  readonly #counts: Map<string, number>;

  constructor(counts: Map<string, number>) {
    super(countedIds());
    this.#counts = counts;
  }

  override async merge(
    ...[source, target, asked]: Parameters<HistoryModel["merge"]>
  ): ReturnType<HistoryModel["merge"]> {
    const preview = await this.previewMerge(source, target, null);
    const merged = await super.merge(source, target, asked);
    checkState(this.stateAt({ branch: target }));
    if ("refused" in preview) return merged;
    if (preview.bases.length > 1) this.#count("several bases");
    for (const kind of new Set(preview.conflicts.map((conflict) => conflict.kind))) this.#count(kind);
    const outcome = "refused" in merged ? merged.refused : merged.outcome;
    this.#count(`${outcome} by ${asked.strategy ?? "itself"}`);
    return merged;
  }

  override async revert(
    ...[branch, commit, strategy]: Parameters<HistoryModel["revert"]>
  ): ReturnType<HistoryModel["revert"]> {
    const reverted = await super.revert(branch, commit, strategy);
    checkState(this.stateAt({ branch }));
    const outcome = "refused" in reverted ? reverted.refused : reverted.commit === null ? "nothing" : "done";
    this.#count(`revert: ${outcome}`);
    return reverted;
  }

  async reopen(): Promise<void> {
    // There is nothing that a model could forget.
  }

  async close(): Promise<void> {
    // A model holds nothing open.
  }

  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }
}

it("random histories come to every kind of conflict and outcome, and every state of the model keeps the constraints", async () => {
  const counts = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(history, (run) => replay(run, async () => new WatchedModel(counts))),
    { numRuns: 300, seed: 1 },
  );
  const kinds: readonly MergeConflictKind[] = [
    "divergent_insert",
    "divergent_update",
    "delete_vs_update",
    "orphan_edge",
    "unique_violation",
    "cardinality_violation",
  ];
  const outcomes = ["already_up_to_date", "fast_forward", "merged"].flatMap((outcome) =>
    ["itself", ...STRATEGIES].map((by) => `${outcome} by ${by}`),
  );
  const reverts = ["revert: done", "revert: nothing", "revert: merge_conflict"];
  for (const what of [...kinds, ...outcomes, ...reverts, "several bases", "merge_conflict by itself"])
    expect(counts.get(what) ?? 0, what).toBeGreaterThanOrEqual(5);
});

/** What a graph might get wrong. */
class WrongModel extends HistoryModel implements Subject {
  readonly #wrong: "strategy" | "revert" | "source";

  constructor(wrong: "strategy" | "revert" | "source") {
    super(countedIds());
    this.#wrong = wrong;
  }

  override async merge(
    ...[source, target, asked]: Parameters<HistoryModel["merge"]>
  ): ReturnType<HistoryModel["merge"]> {
    const wrong = {
      ...asked,
      strategy: asked.strategy === "entity ours" ? "entity theirs" : asked.strategy,
    } as const;
    const merged = await super.merge(source, target, this.#wrong === "strategy" ? wrong : asked);
    if (this.#wrong === "source" && !("refused" in merged)) await super.merge(target, source, asked);
    return merged;
  }

  override async revert(
    ...[branch, commit, strategy]: Parameters<HistoryModel["revert"]>
  ): ReturnType<HistoryModel["revert"]> {
    return super.revert(branch, commit, this.#wrong === "revert" ? "theirs" : strategy);
  }

  async reopen(): Promise<void> {
    // As above.
  }

  async close(): Promise<void> {
    // As above.
  }
}

it.each(["strategy", "revert", "source"] as const)(
  "a wrong %s is found out",
  async (wrong) => {
    const run = await fc.check(
      fc.asyncProperty(history, (steps) => replay(steps, async () => new WrongModel(wrong))),
      { numRuns: 300, seed: 1, endOnFailure: true },
    );
    expect(run.failed).toBe(true);
  },
  180_000,
);
