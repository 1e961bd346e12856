import { isUlid } from "@omnigraph/base";
import { parseInstant } from "@omnigraph/language";
import { changesBetween, countsOf } from "../../oracle/history-state.ts";
import { imageText } from "../../support/models/feed-model.ts";
import {
  type Change,
  isSettled,
  type Previewed,
  type Refusal,
  sortedConflicts,
} from "../../support/models/history-calls.ts";
import type { Answer, Call } from "./calls.ts";
import type { Facts } from "./check.ts";
import { headsOf, type Span } from "./heads.ts";
import type { Replay } from "./replay.ts";
import { withoutExtras } from "./schemas.ts";

type Done = Extract<Answer, { readonly kind: "done" }>;

/** A preview is what the model says of a merge, or a revert, of what was there at a moment of the call. */
export async function checkPreview(
  call: Call,
  { preview }: Done,
  { replay, calls }: Facts,
): Promise<string | null> {
  const { action } = call.errand;
  if (action.kind !== "preview" || preview === undefined) return "it previewed nothing";
  const told = previewText(preview);
  const seen = new Set<string>();
  for (const expected of await previews(call, replay)) {
    if ("refused" in expected) continue;
    const text = foretoldText(expected, preview);
    if (text === told) return null;
    seen.add(text);
  }
  return calls.poweredMs >= call.endedMs ? null : `the model foresees ${[...seen].join(" or ") || "nothing"}`;
}

async function previews(call: Call, replay: Replay): Promise<readonly (Previewed | Refusal)[]> {
  const { action } = call.errand;
  if (action.kind !== "preview") return [];
  const { source, target, isRevert, strategy } = action;
  const { logs, model, byId } = replay;
  const found: (Previewed | Refusal)[] = [];
  for (const ours of commitsAt(target, replay, call)) {
    if (!isRevert)
      for (const theirs of new Set(headsOf(source, logs, call).map(({ commit }) => commit)))
        found.push(await replay.merged(ours, theirs, strategy));
    else if (byId.has(source) && model.ancestors(ours).includes(source))
      found.push(await replay.at(ours, (branch) => model.previewRevert(branch, source, strategy)));
  }
  return found;
}

/** What the model foresees; what would change is not asked where there are conflicts. */
export function foretoldText(expected: Previewed, told: Previewed): string {
  return previewText(isSettled(expected) ? expected : { ...expected, changes: told.changes });
}

export function previewText(preview: Previewed): string {
  const { outcome, bases, changes, resolved, conflicts } = preview;
  return JSON.stringify([outcome, bases, changes, sortedConflicts(resolved), sortedConflicts(conflicts)]);
}

/** A diff is what tells the states of its commits apart, and these are those that were asked for. */
export function checkDiff(call: Call, { diff }: Done, { replay, calls }: Facts): string | null {
  const { action } = call.errand;
  if (action.kind !== "diff" || diff === undefined) return "it compared nothing";
  const mayBeGone = calls.poweredMs >= call.endedMs;
  const { model, byId } = replay;
  if (!byId.has(diff.from) || !byId.has(diff.to)) return mayBeGone ? null : "its commits are not there";
  const starts = commitsAt(action.from, replay, call);
  const isStart = action.sinceBase
    ? starts.some((from) => byId.has(from) && model.bases(from, diff.to).includes(diff.from))
    : starts.includes(diff.from);
  if (!isStart || !commitsAt(action.to, replay, call).includes(diff.to))
    return mayBeGone ? null : `it is of ${diff.from} and ${diff.to}`;
  const expected = changesBetween(model.stateAt({ at: diff.from }), model.stateAt({ at: diff.to }));
  const isRight =
    changesText(diff.changes) === changesText(expected) &&
    JSON.stringify(diff.stat) === JSON.stringify(countsOf(expected));
  return isRight || mayBeGone ? null : `the states differ in ${changesText(expected)}`;
}

/** Changes as one text, equal for equal ones. */
export function changesText(changes: readonly Change[]): string {
  return JSON.stringify(
    changes.map(({ kind, type, id, op, before, after }) => [
      `${op} of ${kind} ${type} ${id}`,
      ...[before, after].map((image) => image && withoutExtras(imageText(image.properties, image.endpoints))),
    ]),
  );
}

/** What a branch or an id of a commit meant at the moments of a span. */
export function commitsAt(name: string, { logs }: Replay, span: Span): readonly string[] {
  return isUlid(name) ? [name] : [...new Set(headsOf(name, logs, span).map(({ commit }) => commit))];
}

/** The commits that a place in the history of a branch meant at the moments of a span: null where there was none. */
export function placesAt(
  { branch, at }: { readonly branch: string; readonly at: string | null },
  replay: Replay,
  span: Span,
): readonly (string | null)[] {
  const { byId } = replay;
  if (at !== null && isUlid(at)) return [byId.has(at) ? at : null];
  const heads = commitsAt(branch, replay, span);
  if (at === null) return heads;
  const micros = parseInstant(at);
  const back = Number(at.split("~")[1]);
  return heads.map((head) => {
    const chain = replay.chainOf(head);
    if (micros === null) return chain[back] ?? null;
    return chain.find((id) => (byId.get(id)?.record.header.createdAt ?? Infinity) <= micros) ?? null;
  });
}
