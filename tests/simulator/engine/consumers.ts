import type { BaselineEnd, ChangeBlock, FeedPage, PollOptions } from "omnigraph";
import { changeSeen } from "../../support/graphs/graph-calls.ts";
import type { Told } from "../../support/models/history-calls.ts";
import type { SimulatedHoldings } from "../../support/simulation/holdings.ts";
import { NAMES } from "./actors/actor.ts";

/** A block of the feed as a consumer has it: the pieces of a commit that pages cut are joined. */
export interface Kept extends Told {
  /** Milliseconds of virtual time at which the last piece came. */
  readonly keptMs: number;
  /** Its last piece is still to come. */
  readonly isCut: boolean;
}

/** Where a consumer stands. Told apart by identity: what was asked for at another one is dropped. */
export interface Position {
  readonly next: Pick<PollOptions, "start" | "cursor" | "pageToken">;
  /** Milliseconds of virtual time at which the call began that led to it. */
  readonly sinceMs: number;
}

/** What a consumer was told since it began, or since its feed could not go on. */
export interface Run {
  /** The commit whose state it began with; null: it began before the first one. */
  readonly baseline: string | null;
  readonly blocks: Kept[];
  /** Why it ended, and when; null while it goes on. */
  ended: { readonly reason: string; readonly atMs: number } | null;
}

/** Follows the feed of a branch. What it was told and its cursor are on a disk of its own, which is written in one step: no crash parts the two. */
export class Consumer {
  readonly branch: string;
  readonly runs: Run[];
  /** Null: it needs a baseline. */
  position: Position | null;
  readonly #nowMs: () => number;

  constructor(branch: string, fromBaseline: boolean, nowMs: () => number) {
    this.branch = branch;
    this.#nowMs = nowMs;
    this.runs = fromBaseline ? [] : [{ baseline: null, blocks: [], ended: null }];
    this.position = fromBaseline ? null : { next: { start: "beginning" }, sinceMs: nowMs() };
  }

  /** The newest commit that it knows of. */
  get last(): string | null {
    const run = this.runs.at(-1);
    return run?.blocks.at(-1)?.commit ?? run?.baseline ?? null;
  }

  /** Begins again at a commit. Answers whether it still stood where that was asked for. */
  begin(asked: Position | null, { commit: baseline, cursor }: BaselineEnd, begunMs: number): boolean {
    if (asked !== this.position) return false;
    this.runs.push({ baseline, blocks: [], ended: null });
    this.position = { next: { cursor }, sinceMs: begunMs };
    return true;
  }

  /** Keeps a page with where it ends. Answers whether it still stood where that was asked for. */
  keep(asked: Position, { blocks, cursor, nextPageToken }: FeedPage, begunMs: number): boolean {
    if (asked !== this.position) return false;
    for (const block of blocks) this.#keepBlock(block, nextPageToken !== null && block === blocks.at(-1));
    const next = nextPageToken === null ? { cursor: cursor ?? "" } : { pageToken: nextPageToken };
    this.position = { next, sinceMs: begunMs };
    return true;
  }

  /** Its feed cannot go on: it needs a new baseline. */
  end(asked: Position, reason: string): void {
    const run = this.runs.at(-1);
    if (asked !== this.position || run === undefined) return;
    run.ended = { reason, atMs: this.#nowMs() };
    this.position = null;
  }

  #keepBlock({ cause: { commit }, changes }: ChangeBlock, isCut: boolean): void {
    const blocks = this.runs.at(-1)?.blocks ?? [];
    const begun =
      blocks.at(-1)?.isCut === true && blocks.at(-1)?.commit === commit ? blocks.pop() : undefined;
    const all = [...(begun?.changes ?? []), ...changes.map(changeSeen)];
    blocks.push({ commit, changes: all, keptMs: this.#nowMs(), isCut });
  }
}

/** One that begins before the first commit, one with a baseline, and one of a branch that comes and goes. */
export const CONSUMERS = [
  { branch: "main", fromBaseline: false },
  { branch: "main", fromBaseline: true },
  { branch: NAMES[0], fromBaseline: false },
] as const;

/** The consumers of every root: whoever has it open polls for any of them. */
export class Consumers {
  readonly #nowMs: () => number;
  readonly #byRoot = new Map<SimulatedHoldings, readonly Consumer[]>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  of(root: SimulatedHoldings): readonly Consumer[] {
    const there = this.#byRoot.get(root);
    if (there !== undefined) return there;
    const made = CONSUMERS.map(({ branch, fromBaseline }) => new Consumer(branch, fromBaseline, this.#nowMs));
    this.#byRoot.set(root, made);
    return made;
  }
}
