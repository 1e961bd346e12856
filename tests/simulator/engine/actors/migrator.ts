import { editedSchema, SCHEMA_EDITS } from "../schemas.ts";
import type { Actor } from "./actor.ts";

/** Adds types and properties to the schema of a branch, renames them and drops them, while others write and fold it. */
export const migrator: Actor<"migrate"> = {
  kind: "migrate",
  weight: 30,
  draw: (client) => {
    const { random } = client;
    const branch = random.chance(0.7) ? "main" : client.name();
    return {
      action: { kind: "migrate", branch, edit: random.integer(SCHEMA_EDITS) },
      isNamed: false,
    };
  },
  perform: async ({ graph }, { branch, edit }, options, call) => {
    call.ifCommit = (await graph.snapshot({ branch })).commit.id;
    const { source } = await graph.schema.catalog({ at: call.ifCommit });
    const { commit } = await graph.schema.apply(editedSchema(source, edit), {
      ...options,
      branch,
      ifCommit: call.ifCommit,
    });
    return { kind: "done", commit: commit?.id ?? null };
  },
};
