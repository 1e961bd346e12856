import { diffSeen } from "../../../support/graphs/graph-calls.ts";
import { type Actor, limitsOf, NAMES } from "./actor.ts";

/** Compares branches with each other, and with commits that the client was told of. */
export const comparer: Actor<"diff"> = {
  kind: "diff",
  weight: 5,
  draw: (client) => {
    const { random } = client;
    const place = (): string => {
      const known = random.chance(0.4) ? client.remembered() : null;
      return known?.commit ?? random.pick(["main", ...NAMES]);
    };
    return {
      action: { kind: "diff", from: place(), to: place(), sinceBase: random.chance(0.5) },
      isNamed: false,
    };
  },
  perform: async ({ graph }, { from, to, sinceBase }, limits) => {
    const options = { sinceBase, ...limitsOf(limits) };
    const diff = await diffSeen(await graph.branches.diff(from, to, options));
    return { kind: "done", commit: null, diff };
  },
};
