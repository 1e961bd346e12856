import type { Actor } from "./actor.ts";

/** Folds branches, while others write them. */
export const optimizer: Actor<"optimize"> = {
  kind: "optimize",
  weight: 6,
  draw: (client) => {
    const { random } = client;
    const branch = random.chance(0.6) ? "main" : client.name();
    return {
      action: { kind: "optimize", branch, full: random.chance(0.3) },
      isNamed: branch === "main" && random.chance(0.3),
    };
  },
  perform: async ({ graph }, { branch, full }, options) => {
    const { commit } = await graph.maintenance.optimize({ ...options, branch, full });
    return { kind: "done", commit: commit?.id ?? null };
  },
};
