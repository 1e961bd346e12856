import { type CommitRecord, type GraphLog, type LogId } from "@omnigraph/log";
import { type BranchAction, type BranchHistory, type Named, opOf } from "./branch-history.ts";
import { applied, EMPTY_GRAPH, fingerprint, type GraphState } from "./graph-model.ts";
import { type Side, type ThreeWay, threeWay } from "./merge-model.ts";
import { NODE } from "./payload.ts";
import { plainRows, stateAfter } from "./reading.ts";
import type { SimulatedObjects } from "../support/simulation/objects.ts";

/** A commit with what it should be, by the naive model. */
export interface Replayed {
  readonly commit: CommitRecord;
  readonly state: GraphState;
  /** Every commit that it descends from by any parents, and itself. */
  readonly ancestry: ReadonlySet<string>;
}

/** All logs of a graph as they are in the end, whole copies of the graph after each commit. */
export class Replay {
  readonly byId = new Map<string, Replayed>();
  readonly byOp = new Map<string, CommitRecord>();
  /** The logs in which each load has a commit: those that lost the race for their name are found by nobody. */
  readonly loads = new Map<string, LogId[]>();
  /** Ids of the logs that end with a seal. */
  readonly sealed = new Set<string>();

  /** Answers what is wrong with the logs, or null. */
  async run(world: SimulatedObjects, log: GraphLog, { calls }: BranchHistory): Promise<string | null> {
    const found: CommitRecord[] = [];
    const actions = new Map(calls.map(({ action }) => [opOf(action), action]));
    for (const [logId, count] of logsOf(world)) {
      // Throws where a slot is missing.
      const commits = await log.commits(logId, 0, count - 1);
      const wrong = this.#chain(logId, commits, actions);
      if (wrong !== null) return wrong;
      found.push(...commits);
    }
    for (const commit of found.toSorted((a, b) => a.header.generation - b.header.generation)) {
      const wrong = this.#add(commit, actions.get(commit.header.op) ?? null);
      if (wrong !== null) return `commit ${commit.header.id}: ${wrong}`;
    }
    return null;
  }

  /** A commit that somebody was told of; undefined where it is gone. */
  find({ id, op }: Named): Replayed | undefined {
    const found = this.byId.get(id);
    return found?.commit.header.op === op ? found : undefined;
  }

  /** The naive merge of two commits. */
  merge(ours: Replayed, theirs: Replayed, side: Side): ThreeWay {
    const common = [...this.byId.values()].filter(
      ({ commit: { header } }) => ours.ancestry.has(header.id) && theirs.ancestry.has(header.id),
    );
    const bases = common.filter(
      (one) => !common.some((other) => other !== one && other.ancestry.has(one.commit.header.id)),
    );
    return threeWay(
      bases.map(({ state }) => state),
      ours.state,
      theirs.state,
      side,
    );
  }

  /** The naive revert of a commit on another; null where the other does not descend from it. */
  revert(ours: Replayed, id: string, side: Side): ThreeWay | null {
    const commit = this.byId.get(id);
    const before = this.byId.get(commit?.commit.header.parents[0] ?? "");
    if (commit === undefined || before === undefined || !ours.ancestry.has(id)) return null;
    return threeWay([commit.state], ours.state, before.state, side);
  }

  #chain(
    logId: LogId,
    commits: readonly CommitRecord[],
    actions: ReadonlyMap<string | null, BranchAction>,
  ): string | null {
    for (const [i, { header }] of commits.entries()) {
      const { id, op, kind, parents } = header;
      const elsewhere = actions.get(op)?.kind === "load" ? (this.loads.get(op) ?? []) : null;
      if (elsewhere !== null && !elsewhere.includes(logId)) this.loads.set(op, [...elsewhere, logId]);
      else if (this.byOp.has(op)) return `op ${op} is there twice: ${this.byOp.get(op)?.header.id} and ${id}`;
      const before = commits[i - 1]?.header;
      if (before !== undefined && parents[0] !== before.id)
        return `commit ${id} does not follow ${before.id}`;
      if (before?.kind === "seal") return `commits come after the seal ${before.id}`;
      if (kind === "seal") this.sealed.add(logId);
    }
    for (const commit of commits) this.byOp.set(commit.header.op, commit);
    return null;
  }

  #add(commit: CommitRecord, action: BranchAction | null): string | null {
    const parents: Replayed[] = [];
    for (const id of commit.header.parents) {
      const parent = this.byId.get(id);
      if (parent === undefined) return `its parent ${id} is gone`;
      parents.push(parent);
    }
    const state = this.#after(commit, parents, action);
    if (typeof state === "string") return state;
    const wrong = checkHeader(commit, parents, state) ?? checkRows(commit, parents[0], state);
    if (wrong !== null) return wrong;
    const { id } = commit.header;
    const ancestry = new Set([id, ...parents.flatMap((parent) => [...parent.ancestry])]);
    this.byId.set(id, { commit, state, ancestry });
    return null;
  }

  /** The graph that a commit should give; a text where there should be no such commit. */
  #after(
    commit: CommitRecord,
    [ours, theirs]: readonly Replayed[],
    action: BranchAction | null,
  ): GraphState | string {
    const { kind } = commit.header;
    if (ours === undefined) return kind === "genesis" ? EMPTY_GRAPH : "it has no parent";
    if (action === null) return "nobody asked for it";
    if ((theirs !== undefined) !== (action.kind === "merge")) return "its parents are not those of its kind";
    switch (action.kind) {
      case "write":
      case "load":
        return kind === "mutation"
          ? (applied(ours.state, action.request) ?? "its request does nothing there")
          : `it is a ${kind}`;
      case "delete":
        if (kind !== "seal") return `it is a ${kind}`;
        return action.merged === null || action.merged === ours.commit.header.id
          ? ours.state
          : `it seals commits after ${action.merged}, which nobody merged`;
      case "merge":
        return kind === "merge" && theirs !== undefined
          ? this.#merged(commit, ours, theirs, action.side)
          : `it is a ${kind}`;
      case "revert": {
        if (kind !== "revert") return `it is a ${kind}`;
        const reverted = this.revert(ours, action.commit, action.side);
        if (reverted === null) return `it reverts ${action.commit}, from which it does not descend`;
        return fingerprint(reverted.state) === fingerprint(ours.state)
          ? "it takes back nothing"
          : (refused(reverted, action.side) ?? reverted.state);
      }
      case "create":
      case "read":
        return "its op is that of no write";
    }
  }

  #merged(
    { header, changes }: CommitRecord,
    ours: Replayed,
    theirs: Replayed,
    side: Side,
  ): GraphState | string {
    if (ours.ancestry.has(theirs.commit.header.id)) return "what it merges is there already";
    const forward = theirs.ancestry.has(ours.commit.header.id);
    if (forward !== (changes.kind === "fast_forward"))
      return forward ? "it should be a fast-forward" : "it goes forward over commits that theirs lacks";
    if (forward) return theirs.state;
    const merged = this.merge(ours, theirs, side);
    const kept = header.keptOurs.get(NODE) ?? [];
    if (JSON.stringify(kept) !== JSON.stringify(merged.kept))
      return `it kept ${kept.join(", ")}, not ${merged.kept.join(", ")}`;
    return refused(merged, side) ?? merged.state;
  }
}

/** The logs that are there, and how many objects each has. */
function logsOf(world: SimulatedObjects): ReadonlyMap<LogId, number> {
  const ends = new Map<LogId, number>();
  for (const key of world.keys()) {
    const text = /^__manifest\/log\/([0-9a-z]{9})[.-].*\.commit$/.exec(key)?.[1];
    if (text === undefined) continue;
    const logId = text.toUpperCase() as LogId; // Cast: it was read from a key.
    ends.set(logId, (ends.get(logId) ?? 0) + 1);
  }
  return ends;
}

function refused({ conflicts }: ThreeWay, side: Side): string | null {
  return side === "neither" && conflicts.length > 0 ? `nobody decided ${conflicts.join(", ")}` : null;
}

function checkHeader(
  { header, address: { logId, slot, index }, changes }: CommitRecord,
  [ours, theirs]: readonly Replayed[],
  { nodes }: GraphState,
): string | null {
  const first = ours?.commit.header;
  const second = theirs?.commit.header;
  const count = header.counts.get(NODE) ?? 0;
  if (count !== nodes.size) return `it counts ${count} nodes, not ${nodes.size}`;
  if (header.depth !== (first?.depth ?? 0) + 1) return `its depth is ${header.depth}`;
  const generation = Math.max(first?.generation ?? 0, second?.generation ?? 0) + 1;
  if (header.generation !== generation) return `its generation is ${header.generation}`;
  if (first !== undefined && header.createdAt <= first.createdAt) return "it is not later than its parent";
  if (changes.kind !== "fast_forward") return null;
  const own = { logId, from: slot, fromIndex: index, to: slot, toIndex: index };
  const sameTail = JSON.stringify(header.tail) === JSON.stringify([...(second?.tail ?? []), own]);
  return sameTail && header.layout === second?.layout ? null : "its layout or tail is not that of theirs";
}

/** Rows must lead from the first parent's graph to that of the commit, old images and all. */
function checkRows({ changes }: CommitRecord, ours: Replayed | undefined, state: GraphState): string | null {
  if (plainRows(changes) === null) return null;
  try {
    const found = fingerprint(stateAfter(ours?.state ?? EMPTY_GRAPH, changes));
    return found === fingerprint(state) ? null : `its rows give ${found}, not ${fingerprint(state)}`;
  } catch (error) {
    return String(error);
  }
}
