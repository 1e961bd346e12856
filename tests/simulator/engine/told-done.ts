import type { HistoryModel } from "../../oracle/history-model.ts";
import { linesOf } from "../../oracle/history-state.ts";
import type { Answer, Call, Errand } from "./calls.ts";
import type { Facts } from "./check.ts";
import { headsOf, type Span } from "./heads.ts";
import type { Replayed } from "./replay.ts";
import { editedSchema } from "./schemas.ts";
import { checkPolled } from "./told-feed.ts";
import { checkCopied, checkProblems } from "./told-kept.ts";
import { checkDiff, checkPreview, commitsAt, placesAt } from "./told-seen.ts";

type Done = Extract<Answer, { readonly kind: "done" }>;

/** Whether a call did, or saw, what it was told. */
export function checkDone(call: Call, answer: Done, facts: Facts): Promise<string | null> | string | null {
  const { action } = call.errand;
  switch (action.kind) {
    case "edit":
    case "migrate":
    case "merge":
    case "revert":
      return answer.commit === null
        ? checkNothing(call, facts)
        : checkCommit(call, answer, answer.commit, facts);
    case "optimize":
      // Whether folding pays is for the library to say.
      return answer.commit === null ? null : checkCommit(call, answer, answer.commit, facts);
    case "create":
      return checkCreated(call, answer, facts);
    case "delete":
      return facts.replay.logs.some(({ seal }) => seal?.header.message === call.errand.id)
        ? null
        : "there is no seal of it";
    case "cleanup":
      // What it condemned is checked with all horizons, and what is left with the graph.
      return null;
    case "backup":
      return checkCopied(call, answer, facts);
    case "fsck":
    case "repair":
      return checkProblems(call, answer, facts);
    case "read":
      return checkRead(call, answer, facts);
    case "preview":
      return checkPreview(call, answer, facts);
    case "diff":
      return checkDiff(call, answer, facts);
    case "follow":
      return checkPolled(call, answer, facts);
  }
}

function checkCommit(call: Call, answer: Done, commit: string, { replay, calls }: Facts): string | null {
  const { errand, endedMs, ifCommit } = call;
  const found = replay.byId.get(commit);
  const mayBeLost = call.isRelaxed && calls.poweredMs >= endedMs;
  if (found === undefined) return mayBeLost ? null : "its commit is not there";
  // One that came to its slot in the same millisecond after it was lost has its id.
  if (found.errand !== errand.id) return mayBeLost ? null : `its commit is that of ${found.errand}`;
  // An op that is asked for again is answered with what was made before.
  const { sinceMs, record, log } = found;
  if (sinceMs < errand.begunMs || sinceMs > endedMs) return `its commit came at ${sinceMs}`;
  if (ifCommit !== null && replay.changeAt(record.header.parents[0]) !== replay.changeAt(ifCommit))
    return `it was to follow ${ifCommit}, and follows ${record.header.parents[0]}`;
  // The record of a branch that was made along may be lost alone.
  if (log.name === null && mayBeLost) return null;
  const { action } = errand;
  if (log.name !== ("target" in action ? action.target : "branch" in action ? action.branch : ""))
    return `its commit is on ${log.name}`;
  return action.kind === "merge"
    ? checkMerge(found, answer, errand, { begunMs: errand.begunMs, endedMs }, replay.logs)
    : null;
}

function checkMerge(
  { record: { header, changes } }: Replayed,
  { outcome, branchDeleted }: Done,
  { action }: Errand,
  span: Span,
  logs: Facts["replay"]["logs"],
): string | null {
  if (action.kind !== "merge") return null;
  const merged = changes.kind === "fast_forward" ? "fast_forward" : "merged";
  if (outcome !== merged) return `it is told ${outcome}, and its commit is ${merged}`;
  const [, theirs] = header.parents;
  if (!headsOf(action.source, logs, span).some(({ commit }) => commit === theirs))
    return `it merges ${theirs}, which was not the head of ${action.source}`;
  const living = logs.find(
    ({ name, seal, commits }) =>
      name === action.source && seal === null && commits.at(-1)?.record.header.id === theirs,
  );
  return branchDeleted === true && living !== undefined
    ? "its source is said to be deleted, and lives"
    : null;
}

/** Nothing was to be done, at a moment of the call. */
async function checkNothing(
  { errand, begunMs, endedMs, ifCommit }: Call,
  { replay, calls }: Facts,
): Promise<string | null> {
  const span = { begunMs, endedMs };
  const { action } = errand;
  const { model, logs } = replay;
  if (calls.poweredMs >= endedMs) return null; // what it saw may be gone
  const branch = action.kind === "merge" ? action.target : "branch" in action ? action.branch : "";
  for (const { commit } of headsOf(branch, logs, span)) {
    if (ifCommit !== null && replay.changeAt(ifCommit) !== replay.changeAt(commit)) continue;
    const isNothing = await replay.at(commit, async (ours) => {
      if (action.kind === "migrate") {
        const source = replay.schemaAt(commit);
        return editedSchema(source, action.edit) === source;
      }
      if (action.kind === "edit") return isDoneWithout(await model.edit(ours, action.write));
      if (action.kind === "revert")
        return isDoneWithout(await model.revert(ours, action.commit, action.strategy));
      if (action.kind !== "merge") return false;
      const above = model.ancestors(commit);
      return headsOf(action.source, logs, span).some((theirs) => above.includes(theirs.commit));
    });
    if (isNothing) return null;
  }
  return "there was something to be done";
}

function isDoneWithout(answer: Awaited<ReturnType<HistoryModel["edit"]>>): boolean {
  return !("refused" in answer) && answer.commit === null;
}

function checkCreated(
  { errand, begunMs, endedMs }: Call,
  { commit }: Done,
  { replay }: Facts,
): string | null {
  const { action } = errand;
  if (action.kind !== "create") return null;
  const made = replay.logs.filter(
    (log) => log.name === action.name && log.namedMs >= begunMs && log.namedMs <= endedMs,
  );
  if (!made.some(({ fork }) => fork === commit)) return "there is no record of the branch";
  const starts = commitsAt(action.from, replay, { begunMs, endedMs });
  return commit !== null && starts.includes(commit) ? null : `${commit} was not the head of ${action.from}`;
}

/** What was read is what was there, and of a head as new as the call. */
function checkRead(call: Call, { commit, lines, people }: Done, { replay, calls }: Facts): string | null {
  const { action } = call.errand;
  if (action.kind !== "read" || commit === null) return "it read nothing";
  // What was seen before it outlasts power loss may be gone, and another commit have its id.
  const mayBeGone = calls.poweredMs >= call.endedMs;
  if (!replay.byId.has(commit)) return mayBeGone ? null : "its commit is not there";
  if (!placesAt(action, replay, call).includes(commit))
    return mayBeGone ? null : `${commit} is not ${action.at ?? `the head of ${action.branch}`}`;
  const state = replay.model.stateAt({ at: commit });
  const expected = linesOf(state);
  if (lines?.join("\n") !== expected.join("\n")) return mayBeGone ? null : `there was ${expected.join("; ")}`;
  const persons = [...state.values()]
    .filter(({ type }) => type === "Person")
    .map(({ image: { properties: p } }) => JSON.stringify([p["name"], p["email"], p["age"], p["mood"]]))
    .toSorted();
  return people?.join("\n") === persons.join("\n") ? null : `the query should answer ${persons.join()}`;
}
