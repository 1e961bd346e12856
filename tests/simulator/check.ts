import type { Environment } from "@omnigraph/base";
import { type CommitRecord, GraphLog } from "@omnigraph/log";
import type { ObjectStore } from "@omnigraph/storage";
import { adoptedBy } from "../../packages/log/src/commit/adopted.ts";
import { applied, dangling, EMPTY_GRAPH, fingerprint, type GraphState, type Request } from "./graph-model.ts";
import type { Attempt, History } from "./history.ts";
import { EDGE, NODE } from "./payload.ts";
import { stateAfter, stateAt } from "./reading.ts";

/** What a client may be told when nothing was written. */
const REFUSALS: ReadonlySet<string> = new Set([
  "key_conflict",
  "endpoint_missing",
  "read_set_conflict",
  "precondition_failed",
  "too_contended",
  "store_transient",
  "store_denied",
  "write_discarded",
]);

/** Kinds of commits that change no row. */
const SILENT: ReadonlySet<string> = new Set(["maintenance", "recovery"]);

interface Circumstances {
  /** Commits were put relaxed and power was lost: what came after the last durable one may be torn. */
  readonly torn: boolean;
  readonly powerLosses: number;
}

/** The log replayed: its commits, and the graph after each. */
interface Replay {
  readonly commits: readonly CommitRecord[];
  readonly byOp: ReadonlyMap<string, CommitRecord>;
  readonly states: ReadonlyMap<string, GraphState>;
}

/**
 * Whether the log is a serial order that explains everything that anyone was told. Each commit must do what its request does to the graph of the
 * commits before it; answers and sights must fit that order and real time. Answers what is wrong, or null.
 */
export async function check(
  world: { readonly store: ObjectStore; readonly environment: Environment },
  history: History,
  circumstances: Circumstances,
): Promise<string | null> {
  const log = await GraphLog.open(world.store, world.environment, { readOnly: true });
  const main = await log.branch("main");
  const newest = circumstances.torn ? newestDurable(history) : (await main.head()).header.id;
  if (newest === null) return null;
  const last = await log.commit(newest);
  const commits: CommitRecord[] = [];
  for await (const commit of log.history(last)) commits.unshift(commit);
  const [genesis] = commits;
  if (genesis === undefined || genesis.header.kind !== "genesis") return "the first commit is no genesis";
  const inSlots = await main.between(genesis.address, last.address);
  if (inSlots.length !== commits.length - 1)
    return "the slots hold other commits than the chain of first parents";
  const replay = replayed(commits, new Map(history.attempts.map(({ op, request }) => [op, request])));
  if (typeof replay === "string") return replay;
  return (
    (await checkSnapshots(log, world.store, replay)) ??
    checkAttempts(history, replay, circumstances) ??
    checkSights(history, replay, circumstances)
  );
}

function newestDurable({ attempts }: History): string | null {
  let newest: { readonly id: string; readonly slot: number } | null = null;
  for (const { answer, durable } of attempts) {
    if (durable && answer?.kind === "commit" && answer.slot >= (newest?.slot ?? 0)) newest = answer;
  }
  return newest?.id ?? null;
}

function replayed(commits: readonly CommitRecord[], requests: ReadonlyMap<string, Request>): Replay | string {
  const byOp = new Map<string, CommitRecord>();
  const states = new Map<string, GraphState>();
  let state = EMPTY_GRAPH;
  let before: CommitRecord | null = null;
  for (const commit of commits) {
    const { id, op } = commit.header;
    if (byOp.has(op)) return `op ${op} is in the log twice: ${byOp.get(op)?.header.id} and ${id}`;
    byOp.set(op, commit);
    if (before !== null && !SILENT.has(commit.header.kind)) {
      const request = requests.get(op);
      if (request === undefined) return `nobody asked for commit ${id}`;
      const after = step(state, commit, request);
      if (typeof after === "string") return `commit ${id} (${JSON.stringify(request)}): ${after}`;
      state = after;
    }
    const wrong = checkHeader(commit, before, state);
    if (wrong !== null) return `commit ${id}: ${wrong}`;
    states.set(id, state);
    before = commit;
  }
  const givenUp = commits.find(
    ({ changes }) =>
      changes.kind !== "reclaimed" && [...adoptedBy(changes)].some((staging) => byOp.has(staging)),
  );
  if (givenUp !== undefined) return `commit ${givenUp.header.id} adopts tables that were given up`;
  return { commits, byOp, states };
}

/** The graph after a commit; a text where the commit is not what its request does to the graph before it. */
function step(state: GraphState, { changes }: CommitRecord, request: Request): GraphState | string {
  let expected: GraphState | null;
  try {
    expected = applied(state, request);
  } catch (error) {
    return `its request is refused there: ${String(error)}`;
  }
  if (expected === null) return "its request does nothing there";
  if (dangling(expected) !== null) return `edge ${dangling(expected)} dangles`;
  if (changes.kind === "layers") return expected;
  try {
    return fingerprint(stateAfter(state, changes)) === fingerprint(expected)
      ? expected
      : "it did something else";
  } catch (error) {
    return String(error);
  }
}

function checkHeader(
  { header }: CommitRecord,
  before: CommitRecord | null,
  state: GraphState,
): string | null {
  const counts = [header.counts.get(NODE) ?? 0, header.counts.get(EDGE) ?? 0];
  if (counts[0] !== state.nodes.size || counts[1] !== state.edges.size)
    return `it counts ${counts.join(" and ")} rows`;
  if (header.depth !== (before?.header.depth ?? 0) + 1) return `its depth is ${header.depth}`;
  if (before !== null && header.createdAt <= before.header.createdAt)
    return "it is not later than its parent";
  return null;
}

/** Pieces give the graph that the replay gives: at the head, at every load, and here and there. */
async function checkSnapshots(
  log: GraphLog,
  store: ObjectStore,
  { commits, states }: Replay,
): Promise<string | null> {
  for (const [i, commit] of commits.entries()) {
    if (SILENT.has(commit.header.kind)) continue;
    if (i % 5 !== 0 && i !== commits.length - 1 && commit.changes.kind === "rows") continue;
    const expected = states.get(commit.header.id);
    const found = fingerprint(await stateAt(log, store, commit));
    if (expected === undefined || found !== fingerprint(expected)) {
      return `the pieces at ${commit.header.id} give ${found}, not ${expected === undefined ? "nothing" : fingerprint(expected)}`;
    }
  }
  return null;
}

function checkAttempts({ attempts }: History, replay: Replay, circumstances: Circumstances): string | null {
  const excused = new Set<string>();
  for (const { op, answer } of attempts) {
    if (answer === null || answer.kind === "unknown" || answer.kind === "commit") excused.add(op);
  }
  for (const attempt of attempts) {
    const wrong = checkAttempt(attempt, replay, circumstances, excused);
    if (wrong !== null)
      return `op ${attempt.op} (${JSON.stringify(attempt.request)}, ${JSON.stringify(attempt.answer)}): ${wrong}`;
  }
  return null;
}

function checkAttempt(
  { op, request, answer, durable, ifCommit, acknowledgedBefore }: Attempt,
  { commits, byOp, states }: Replay,
  { torn }: Circumstances,
  excused: ReadonlySet<string>,
): string | null {
  const commit = byOp.get(op);
  switch (answer?.kind) {
    case undefined:
    case "unknown":
      return null;
    case "commit": {
      if (commit?.header.id !== answer.id)
        return torn && !durable ? null : "it was acknowledged, and is not there";
      if (answer.repeated) return null;
      if (commit.address.slot <= acknowledgedBefore)
        return `it stands before slot ${acknowledgedBefore}, acknowledged before it was asked for`;
      return ifCommit !== null && !isRightAfter(commits, commit, ifCommit)
        ? `it does not follow ${ifCommit}`
        : null;
    }
    case "nothing":
    case "refused": {
      if (answer.kind === "refused" && !REFUSALS.has(answer.reason))
        return `nobody should be told ${answer.reason}`;
      if (commit !== undefined && !excused.has(op)) return "it was refused, and is there";
      const { base } = answer;
      if (base === null) return null;
      if (base.slot < acknowledgedBefore)
        return `slot ${base.slot} was answered for, slot ${acknowledgedBefore} was acknowledged`;
      const state = base.commit === null ? undefined : states.get(base.commit);
      return state !== undefined && wouldCommit(state, request) ? "its request does something there" : null;
    }
  }
}

/** Whether only commits that change no row stand between a commit and an earlier one. */
function isRightAfter(commits: readonly CommitRecord[], commit: CommitRecord, earlier: string): boolean {
  const before = commits.slice(0, commits.indexOf(commit)).toReversed();
  const changed = before.findIndex(({ header }) => !SILENT.has(header.kind));
  return before.slice(0, changed + 1).some(({ header }) => header.id === earlier);
}

function wouldCommit(state: GraphState, request: Request): boolean {
  try {
    return applied(state, request) !== null;
  } catch {
    return false;
  }
}

function checkSights(
  { sights }: History,
  { states, byOp }: Replay,
  { powerLosses }: Circumstances,
): string | null {
  for (const { commit, op, slot, fingerprint: seen, acknowledgedBefore } of sights) {
    const state = states.get(commit);
    const isThere = state !== undefined && byOp.get(op)?.header.id === commit;
    if (!isThere && powerLosses > 0) continue; // it was seen before it was acknowledged, and lost
    if (!isThere) return `commit ${commit} was seen, and is not there`;
    if (fingerprint(state) !== seen)
      return `commit ${commit} was seen as ${seen}, not as ${fingerprint(state)}`;
    if (slot < acknowledgedBefore)
      return `slot ${slot} was seen as the head, slot ${acknowledgedBefore} was acknowledged`;
  }
  return null;
}
