import { additionsIn, EACH_ADDITION, schemaWith } from "../schemas.ts";
import type { Actor } from "./actor.ts";

/** Adds types to the schema of a branch, while others write and fold it. */
export const migrator: Actor<"migrate"> = {
  kind: "migrate",
  weight: 30,
  draw: (client) => {
    const { random } = client;
    const branch = random.chance(0.7) ? "main" : client.name();
    const addition = EACH_ADDITION[random.integer(EACH_ADDITION.length)] ?? 1;
    return { action: { kind: "migrate", branch, addition }, isNamed: false };
  },
  perform: async ({ graph }, { branch, addition }, options, call) => {
    call.ifCommit = (await graph.snapshot({ branch })).commit.id;
    const additions = additionsIn(await graph.schema.show({ branch })) | addition;
    const { commit } = await graph.schema.apply(schemaWith(additions), {
      ...options,
      branch,
      ifCommit: call.ifCommit,
    });
    return { kind: "done", commit: commit?.id ?? null };
  },
};
