import type { Write } from "../../../oracle/random-writes.ts";
import type { Actor } from "./actor.ts";

/** What any branch takes. */
export const PLACE = {
  kind: "load",
  mode: "merge",
  text: JSON.stringify({ type: "Place", data: { id: "z", title: "p" } }),
} as const satisfies Write;

/** Mutations with and without parameters, and loads, some of which make their branch or are staged as tables. */
export const editor: Actor<"edit"> = {
  kind: "edit",
  weight: 48,
  draw: (client) => {
    const { random } = client;
    if (random.chance(0.12)) {
      const made = {
        kind: "edit",
        branch: client.name(),
        write: PLACE,
        from: "main",
        isConditional: false,
      } as const;
      return { action: made, isNamed: false };
    }
    const write = client.write();
    if (write === undefined) return null;
    const branch = random.chance(0.5) ? "main" : client.name();
    const isConditional = write.kind === "mutate" && random.chance(0.1);
    // An op is known to one log, and only main is never deleted.
    const isNamed = branch === "main" && !isConditional && random.chance(0.4);
    const from = write.kind === "load" && branch !== "main" && random.chance(0.6) ? "main" : null;
    return { action: { kind: "edit", branch, write, from, isConditional }, isNamed };
  },
  perform: async ({ graph }, { branch, write, from, isConditional }, options, call) => {
    if (write.kind === "load") {
      const { mode, text } = write;
      const { commit } = await graph.load(text, {
        ...options,
        mode,
        branch,
        ...(from === null ? {} : { from }),
      });
      return { kind: "done", commit: commit.id };
    }
    if (isConditional) call.ifCommit = (await graph.snapshot({ branch })).commit.id;
    const { commit } = await graph.mutate(write.source, write.parameters, {
      ...options,
      branch,
      ...(call.ifCommit === null ? {} : { ifCommit: call.ifCommit }),
    });
    return { kind: "done", commit: commit?.id ?? null };
  },
};
