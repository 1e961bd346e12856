import { present } from "@omnigraph/base";
import { MemoryObjects } from "@omnigraph/storage";
import { expect, vi } from "vitest";
import { GraphCalls } from "../support/graphs/graph-calls.ts";
import {
  type Strategy,
  type HistoryCalls,
  type Merged,
  type Refusal,
  type Reverted,
  sortedConflicts,
  type Written,
} from "../support/models/history-calls.ts";
import { HistoryModel } from "./history-model.ts";
import { HISTORY_BASE, HISTORY_SCHEMA } from "./random-history.ts";
import type { Write } from "./random-writes.ts";

/** A call that changes `main`. */
export type Racer =
  | { readonly kind: "edit"; readonly write: Write }
  | { readonly kind: "merge"; readonly strategy: Strategy | null }
  | { readonly kind: "revert"; readonly back: number; readonly strategy: Strategy | null };

/** What is there before: edits of both branches, and merges of the one into the other. */
export type Former =
  | { readonly kind: "edit"; readonly onMain: boolean; readonly write: Write }
  | { readonly kind: "merge"; readonly intoMain: boolean };

/** As plain data, so that a failing race can be kept as a file. */
export interface Race {
  readonly before: readonly Former[];
  readonly loser: Racer;
  readonly winner: Racer;
  readonly isStaged: boolean;
}

/** Calls that are made at the same time, in turns by two handles. */
export interface Storm {
  readonly before: readonly Former[];
  readonly racers: readonly Racer[];
  readonly isStaged: boolean;
}

type Answer = Written | Merged | Reverted | Refusal;

const MAIN_SLOTS = "__manifest/log/000000000";

/** What a race came to, so that a test that never comes to the point cannot pass. */
export type Tally = Map<string, number>;

/**
 * Lets the winner's whole call happen just before the loser's commit is put, and compares with the model, which makes the winner's call first. An edit
 * that loses may be told that what it read has changed; then nothing of it may be left.
 */
export function runRace(race: Race, tally: Tally = new Map()): Promise<void> {
  return withRivals(race.isStaged, tally, (run) => run.race(race));
}

/** Makes all calls at once, and compares each that made a commit with the model, which makes them in the order of the commits. */
export function runStorm(storm: Storm, tally: Tally = new Map()): Promise<void> {
  return withRivals(storm.isStaged, tally, (run) => run.storm(storm));
}

/** Opens a graph twice, and closes it at the end. */
async function withRivals(
  isStaged: boolean,
  tally: Tally,
  body: (run: RaceRun) => Promise<void>,
): Promise<void> {
  const graph = await GraphCalls.init(HISTORY_SCHEMA, { isStarved: false, isStaged });
  const rival = await graph.beside();
  try {
    await body(new RaceRun(graph, rival, tally));
  } finally {
    await graph.close();
    await rival.close();
  }
}

class RaceRun {
  readonly #graph: GraphCalls;
  readonly #rival: GraphCalls;
  readonly #tally: Tally;
  #nextId = "";

  constructor(graph: GraphCalls, rival: GraphCalls, tally: Tally) {
    this.#graph = graph;
    this.#rival = rival;
    this.#tally = tally;
  }

  async race({ before, loser, winner }: Race): Promise<void> {
    const model = await this.#prepared(before);
    const commits = model.ancestors(model.headOf("main")).slice(1);
    const { lost, won } = await this.#raced(loser, winner, commits);
    if (won === null) return this.#count("loser without a commit");
    this.#nextId = idOf(won);
    expect(comparable(won)).toEqual(comparable(await call(model, winner, commits)));
    if (loser.kind === "edit" && "refused" in lost && lost.refused === "read_set_conflict")
      this.#count("read_set_conflict");
    else {
      await this.#putGivenUp(model, idOf(lost));
      this.#nextId = idOf(lost);
      expect(comparable(lost)).toEqual(comparable(await call(model, loser, commits)));
      this.#count("refused" in lost ? "loser refused" : `${loser.kind} after ${winner.kind}`);
    }
    await this.#compareEnd(model);
  }

  async storm({ before, racers }: Storm): Promise<void> {
    const model = await this.#prepared(before);
    const commits = model.ancestors(model.headOf("main")).slice(1);
    const handles = [this.#graph, this.#rival];
    const answers = await Promise.all(
      racers.map((racer, i) => call(present(handles[i % 2], "a handle"), racer, commits)),
    );
    const made = new Map(answers.map((answer, i) => [idOf(answer), i]));
    const chain = (await this.#graph.commits("main")).map(({ id }) => id).toReversed();
    for (const id of chain) {
      const i = made.get(id);
      if (i === undefined) continue;
      await this.#putGivenUp(model, id);
      this.#nextId = id;
      const answer = await call(model, present(racers[i], "a call"), commits);
      expect(comparable(present(answers[i], "an answer"))).toEqual(comparable(answer));
    }
    this.#count(`${answers.filter((answer) => idOf(answer) !== UNMADE).length} commits`);
    await this.#compareEnd(model);
  }

  async #compareEnd(model: HistoryModel): Promise<void> {
    expect(await this.#graph.entities({ branch: "main" })).toEqual(await model.entities({ branch: "main" }));
    // What a merge kept shows in the next one.
    for (const [source, target] of [
      ["main", "b1"],
      ["b1", "main"],
    ] as const) {
      const preview = await this.#rival.previewMerge(source, target, null);
      expect(comparable(preview)).toEqual(comparable(await model.previewMerge(source, target, null)));
    }
  }

  /** The graph and the model with what is there before. */
  async #prepared(before: readonly Former[]): Promise<HistoryModel> {
    const [genesis] = await this.#graph.commits("main");
    this.#nextId = present(genesis, "the first commit").id;
    const model = new HistoryModel(() => this.#nextId);
    const both = async (step: (calls: HistoryCalls) => Promise<Answer | null>): Promise<void> => {
      this.#nextId = idOf(await step(this.#graph));
      await step(model);
    };
    await both((calls) => calls.edit("main", HISTORY_BASE));
    await both((calls) => calls.create("b1", "main"));
    for (const former of before)
      await both((calls) => {
        if (former.kind === "edit") return calls.edit(former.onMain ? "main" : "b1", former.write);
        const [source, target] = former.intoMain ? (["b1", "main"] as const) : (["main", "b1"] as const);
        return calls.merge(source, target, { strategy: "theirs", deleteBranch: false });
      });
    return model;
  }

  async #raced(
    loser: Racer,
    winner: Racer,
    commits: readonly string[],
  ): Promise<{ readonly lost: Answer; readonly won: Answer | null }> {
    let won: Answer | null = null;
    const put = vi.spyOn(MemoryObjects.prototype, "putIfAbsent");
    put.mockImplementation(async function (this: MemoryObjects, key, bytes) {
      if (!key.startsWith(MAIN_SLOTS)) return plainPut.call(this, key, bytes);
      put.mockRestore();
      won = await call(rival, winner, commits);
      return this.putIfAbsent(key, bytes);
    });
    const rival = this.#rival;
    try {
      return { lost: await call(this.#graph, loser, commits), won };
    } finally {
      put.mockRestore();
    }
  }

  /** Gives the model the commits before one, or all, by which staged attempts were given up. */
  async #putGivenUp(model: HistoryModel, before: string): Promise<void> {
    const known = new Set(model.ancestors(model.headOf("main")));
    for (const { id, kind } of (await this.#graph.commits("main")).toReversed()) {
      if (id === before) return;
      if (kind !== "recovery" || known.has(id)) continue;
      this.#nextId = id;
      model.putSilent("main", "recovery");
    }
  }

  #count(what: string): void {
    this.#tally.set(what, (this.#tally.get(what) ?? 0) + 1);
  }
}

// oxlint-disable-next-line typescript/unbound-method -- called with the store it belongs to
const plainPut = MemoryObjects.prototype.putIfAbsent;

function call(calls: HistoryCalls, racer: Racer, commits: readonly string[]): Promise<Answer> {
  switch (racer.kind) {
    case "edit":
      return calls.edit("main", racer.write);
    case "merge":
      return calls.merge("b1", "main", { strategy: racer.strategy, deleteBranch: false });
    case "revert":
      return calls.revert(
        "main",
        present(commits.at(-1 - (racer.back % commits.length)), "a commit"),
        racer.strategy,
      );
  }
}

const UNMADE = "unmade";

function idOf(answer: Answer | null): string {
  return answer === null || "refused" in answer ? UNMADE : (answer.commit?.id ?? UNMADE);
}

/** An answer with its lists without an order sorted, and without what a preview counts of a result that may not stand. */
function comparable(answer: object): unknown {
  return Object.fromEntries(
    Object.entries(answer)
      .filter(([member]) => member !== "changes")
      .map(([member, value]) => [
        member,
        member === "conflicts" || member === "resolved" ? sortedConflicts(value) : value,
      ]),
  );
}
