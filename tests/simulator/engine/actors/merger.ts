import { STRATEGIES } from "../../../support/models/history-calls.ts";
import { strategyOf } from "../../../support/graphs/graph-calls.ts";
import { type Actor, NAMES } from "./actor.ts";

/** Merges between main and branches, mostly into main, and may delete the source. */
export const merger: Actor<"merge"> = {
  kind: "merge",
  weight: 28,
  draw: (client) => {
    const { random } = client;
    const name = client.name();
    const toMain = random.chance(0.5);
    const other = random.pick(["main", ...NAMES]);
    const [source, target] = toMain ? [name, "main"] : [other, name];
    if (source === target) return null;
    const isNamed = target === "main" && random.chance(0.6);
    const deleteBranch = source !== "main" && random.chance(isNamed ? 0.6 : 0.3);
    const strategy = random.chance(0.4)
      ? null
      : random.pick([STRATEGIES[0] ?? "ours", ...STRATEGIES.slice(1)]);
    return { action: { kind: "merge", source, target, strategy, deleteBranch }, isNamed };
  },
  perform: async ({ graph }, { source, target: into, strategy, deleteBranch }, options) => {
    const answer = await graph.branches.merge(source, {
      ...options,
      ...strategyOf(strategy),
      into,
      deleteBranch,
    });
    const { commit, outcome, branchDeleted } = answer;
    return { kind: "done", commit: commit?.id ?? null, outcome, branchDeleted };
  },
};
