import { STRATEGIES } from "../../../support/models/history-calls.ts";
import { strategyOf } from "../../../support/graphs/graph-calls.ts";
import type { Actor } from "./actor.ts";

/** Takes back commits that the client was told of. */
export const reverter: Actor<"revert"> = {
  kind: "revert",
  weight: 7,
  draw: (client) => {
    const { random } = client;
    const target = client.remembered();
    if (target === null) return null;
    const strategy = random.chance(0.5)
      ? null
      : random.pick([STRATEGIES[0] ?? "ours", ...STRATEGIES.slice(1)]);
    return {
      action: { kind: "revert", ...target, strategy },
      isNamed: target.branch === "main" && random.chance(0.3),
    };
  },
  perform: async ({ graph }, { branch, commit, strategy }, options) => {
    const answer = await graph.commits.revert(commit, { ...options, ...strategyOf(strategy), branch });
    return { kind: "done", commit: answer.commit?.id ?? null };
  },
};
