import { LIMITS } from "@omnigraph/base";
import type { Answer, Call, Problem } from "./calls.ts";
import { NAMES } from "./actors/actor.ts";
import type { Facts } from "./check.ts";
import { headsOf, isThroughout } from "./heads.ts";
import { isGone } from "./told-gone.ts";

type Done = Extract<Answer, { readonly kind: "done" }>;

/** A copy has every branch that was there all the time, each at a head that it had. */
export function checkCopied(call: Call, { copied = [] }: Done, { replay, calls }: Facts): string | null {
  const { logs, byId } = replay;
  const mayBeGone = calls.poweredMs >= call.endedMs;
  for (const name of ["main", ...NAMES])
    if (isThroughout(name, logs, call) && !copied.some((branch) => branch.name === name))
      return `${name} was not copied`;
  for (const { name, head } of copied) {
    if (headsOf(name, logs, call).some(({ commit }) => commit === head)) continue;
    if (!mayBeGone || byId.has(head)) return `${name} was copied at ${head}, which was not its head`;
  }
  return null;
}

/** Of a table that cannot be read: nobody can tell which of the two it is. */
const DOUBT = "it is damaged, or the store fails";

/** What a repair says of the tables of a branch when its graph is not at the address any more: where the head is missing it can tell no more. */
const REPLACED = "holds something else than what was opened; nothing was written";

/** Nothing is wrong but what somebody has spoiled. */
export function checkProblems(call: Call, { commit, problems = [] }: Done, facts: Facts): string | null {
  if (commit !== null) return "there was nothing to be made anew";
  // Who stands still for so long looks for the tables of a head that is gone by then.
  const isLate = call.endedMs - call.begunMs > LIMITS.pinExpiryMs.value && isGone(call, facts);
  const isExcused = ({ place, problem }: Problem): boolean =>
    isSpoiled({ place, problem }, facts.calls.spoiled) ||
    problem.endsWith(DOUBT) ||
    (problem.endsWith(REPLACED) && facts.wasReplaced(call)) ||
    (isLate && place.startsWith("tables/"));
  const wrong = problems.find((each) => !isExcused(each));
  return wrong === undefined ? null : `${wrong.place}: ${wrong.problem}`;
}

/** Whether a problem is that of an object that somebody has spoiled. */
export function isSpoiled({ place }: Problem, spoiled: ReadonlySet<string>): boolean {
  return [...spoiled].some((key) => place.endsWith(key));
}
