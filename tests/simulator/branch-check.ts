import type { Environment } from "@omnigraph/base";
import { type BranchLog, type CommitRecord, GraphLog, MAIN_TAG, type Tag } from "@omnigraph/log";
import type { ObjectStore, SimulatedObjects } from "@omnigraph/storage";
import type { BranchAnswer, BranchCall, BranchHistory } from "./branch-history.ts";
import { applied, EMPTY_GRAPH, fingerprint, type GraphState } from "./graph-model.ts";
import { stateAt } from "./reading.ts";

/** What a client may be told when nothing was written. */
const REFUSALS: ReadonlySet<string> = new Set([
  "branch_not_found",
  "branch_exists",
  "too_contended",
  "store_transient",
]);

type Done = Extract<BranchAnswer, { kind: "done" }>;

/** All logs as they are in the end, with the graph after each commit by the naive model. */
interface Replay {
  readonly byId: ReadonlyMap<string, CommitRecord>;
  readonly byOp: ReadonlyMap<string, CommitRecord>;
  readonly states: ReadonlyMap<string, GraphState>;
  /** Tags of logs that end with a seal. */
  readonly sealed: ReadonlySet<string>;
}

/** Whether what is in the store explains everything that anyone was told. Answers what is wrong, or null. */
export async function checkBranches(
  world: SimulatedObjects,
  store: ObjectStore,
  environment: Environment,
  history: BranchHistory,
): Promise<string | null> {
  const log = await GraphLog.open(store, environment, { readOnly: true });
  const replay = await replayed(world, log, history);
  if (typeof replay === "string") return replay;
  for (const [id, state] of replay.states) {
    const found = fingerprint(await stateAt(log, store, await log.commit(id)));
    if (found !== fingerprint(state)) return `the pieces at ${id} give ${found}, not ${fingerprint(state)}`;
  }
  const named = new Map<string, BranchLog>();
  for (const { name, tag } of await log.listBranches()) {
    const branch = await log.branch(name);
    if (branch.tag !== tag) return `branch ${name} is listed with log ${tag}, and opened with ${branch.tag}`;
    named.set(name, branch);
  }
  for (const call of history.calls) {
    const wrong = checkCall(call, replay, named, history);
    if (wrong !== null)
      return `${call.kind} of ${call.name} (${JSON.stringify(call.answer)}, op ${call.op}): ${wrong}`;
  }
  return null;
}

async function replayed(
  world: SimulatedObjects,
  log: GraphLog,
  { calls }: BranchHistory,
): Promise<Replay | string> {
  const ends = new Map<string, number>();
  for (const key of world.keys()) {
    const tag = /^__manifest\/log\/([^/]+)\/.*\.commit$/.exec(key)?.[1];
    if (tag !== undefined) ends.set(tag, (ends.get(tag) ?? 0) + 1);
  }
  const byId = new Map<string, CommitRecord>();
  const byOp = new Map<string, CommitRecord>();
  const sealed = new Set<string>();
  for (const [text, count] of ends) {
    const tag = text as Tag; // Cast: it was read from a key.
    // Throws where a slot is missing.
    const commits = await log.commits(tag, 0, count - 1);
    for (const [i, commit] of commits.entries()) {
      const { id, op, kind } = commit.header;
      if (byOp.has(op)) return `op ${op} is there twice: ${byOp.get(op)?.header.id} and ${id}`;
      byOp.set(op, commit);
      byId.set(id, commit);
      if (kind !== "seal") continue;
      if (i < commits.length - 1) return `commits come after the seal ${id}`;
      sealed.add(tag);
    }
  }
  const requests = new Map(calls.map(({ op, request }) => [op, request]));
  const states = new Map<string, GraphState>();
  for (const commit of [...byId.values()].toSorted((a, b) => a.header.depth - b.header.depth)) {
    const { id, kind, parents, op } = commit.header;
    const before = parents[0] === undefined ? EMPTY_GRAPH : states.get(parents[0]);
    if (before === undefined) return `the parent of ${id} is gone`;
    const request = kind === "mutation" ? requests.get(op) : null;
    if (request === undefined) return `nobody asked for ${id}`;
    const after = request === null ? before : applied(before, request);
    if (after === null) return `the request of ${id} does nothing there`;
    states.set(id, after);
  }
  return { byId, byOp, states, sealed };
}

function checkCall(
  call: BranchCall,
  replay: Replay,
  named: ReadonlyMap<string, BranchLog>,
  history: BranchHistory,
): string | null {
  const { answer, kind, op } = call;
  switch (answer?.kind) {
    case undefined:
    case "unknown":
      return null;
    case "nothing":
      return op !== null && replay.byOp.has(op) ? "it did nothing, and is there" : null;
    case "refused":
      if (!REFUSALS.has(answer.reason)) return `nobody should be told ${answer.reason}`;
      // A load whose name was taken leaves its commit in a log without a name.
      if (op !== null && replay.byOp.has(op) && kind !== "load") return "it was refused, and is there";
      return answer.reason === "branch_not_found" ? checkMissing(call, history) : null;
    case "done":
      return checkDone(call, answer, replay, named, history);
  }
}

function checkDone(
  { kind, name, op, begun }: BranchCall,
  { tag, commit, seen }: Done,
  { byId, byOp, states, sealed }: Replay,
  named: ReadonlyMap<string, BranchLog>,
  { calls }: BranchHistory,
): string | null {
  const record = commit === null ? undefined : byId.get(commit);
  if (commit !== null && record === undefined) return "its commit is not there";
  if (kind === "delete") {
    const seal = op === null ? undefined : byOp.get(op);
    return seal?.header.kind === "seal" ? null : "there is no seal of it";
  }
  if ((kind === "write" || kind === "load") && record !== undefined && record.header.op !== op)
    return "another write is in its place";
  if (seen !== null && commit !== null) {
    const state = states.get(commit);
    if (state === undefined || fingerprint(state) !== seen) return `it was seen as ${seen}`;
  }
  if (tag !== MAIN_TAG && !sealed.has(tag) && named.get(name)?.tag !== tag)
    return `its log ${tag} is not sealed, and the name is not its own`;
  const seals = calls.filter((call) => call.kind === "delete" && call.ended < begun && call.op !== null);
  const deleted = seals.some(({ op: sealOp }) => byOp.get(sealOp ?? "")?.address.tag === tag);
  return deleted ? "the branch was deleted before" : null;
}

/** Who is told that there is no branch must not have been told before that it is there, unless somebody meant to delete it. */
function checkMissing({ name, kind, begun, ended }: BranchCall, { calls }: BranchHistory): string | null {
  if (kind === "create" || kind === "load") return null; // the branch that it was to be made of may be missing
  if (name === "main") return "main is missing";
  const made = calls.findLast(
    (call) =>
      (call.kind === "create" || call.kind === "load") &&
      call.name === name &&
      call.answer?.kind === "done" &&
      call.ended < begun,
  );
  if (made === undefined) return null;
  const deletes = calls.filter((call) => call.kind === "delete" && call.name === name);
  return deletes.some((call) => call.begun < ended && call.ended > made.begun)
    ? null
    : "it was made before, and nobody deleted it";
}
