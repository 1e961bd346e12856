import { STRATEGIES } from "../../../support/models/history-calls.ts";
import { previewSeen, strategyOf } from "../../../support/graphs/graph-calls.ts";
import { type Actor, limitsOf, NAMES } from "./actor.ts";

/** Asks what a merge, or a revert, would do. */
export const previewer: Actor<"preview"> = {
  kind: "preview",
  weight: 5,
  draw: (client) => {
    const { random } = client;
    const strategy = random.chance(0.5)
      ? null
      : random.pick([STRATEGIES[0] ?? "ours", ...STRATEGIES.slice(1)]);
    const known = random.chance(0.4) ? client.remembered() : null;
    if (known !== null) {
      const { commit: source, branch: target } = known;
      return { action: { kind: "preview", source, target, isRevert: true, strategy }, isNamed: false };
    }
    const source = client.name();
    const target = random.pick(["main", ...NAMES]);
    if (source === target) return null;
    return { action: { kind: "preview", source, target, isRevert: false, strategy }, isNamed: false };
  },
  perform: async ({ graph }, { source, target, isRevert, strategy }, limits) => {
    const options = { ...strategyOf(strategy), ...limitsOf(limits) };
    const preview = isRevert
      ? await graph.commits.previewRevert(source, { ...options, branch: target })
      : await graph.branches.previewMerge(source, { ...options, into: target });
    return { kind: "done", commit: null, preview: previewSeen(preview) };
  },
};
