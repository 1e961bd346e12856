import * as z from "zod";
import { COMMIT, EXAMPLE_COMMIT } from "./commits.ts";
import { shape } from "./shape.ts";

export const WRITE_FATE = shape(
  "WriteFateJson",
  "What became of a write, by its idempotency key (`write show`, `GET /writes/{key}`).",
  {
    key: z.string(),
    branch: z.string().describe("The branch on which it was looked for."),
    execution: z
      .enum(["completed", "unknown"])
      .describe("`completed` where its commit is there; `unknown` where it may be running."),
    effects: z
      .enum(["committed", "none", "unknown"])
      .describe(
        "`none`: no commit of this key is among those of the last 4,096 slots of the branch, and none is being staged. `unknown`: it is being staged.",
      ),
    action: z
      .enum(["retry", "look_up"])
      .nullable()
      .describe(
        "`retry` under the same key, which writes at most once, also where an attempt is still under way; `look_up` again later. Null where it is committed.",
      ),
    commit: COMMIT.nullable().describe("Null unless it is committed."),
  },
  {
    key: "order-17",
    branch: "main",
    execution: "completed",
    effects: "committed",
    action: null,
    commit: EXAMPLE_COMMIT,
  },
);
