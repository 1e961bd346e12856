import * as z from "zod";
import { COMMIT, EXAMPLE_COMMIT } from "./commits.ts";
import { shape } from "./shape.ts";
import { COUNT } from "./values.ts";

const BRANCH = shape("CopiedBranchJson", "A branch of a copy.", {
  name: z.string(),
  head: COMMIT.describe("Its newest commit in the copy."),
});

export const BACKUP = shape(
  "BackupJson",
  "What `backup` or `restore` copied.",
  {
    graph: z.string().describe("Id of the graph, which the copy has too."),
    from: z.string().describe("Address of the graph as it was given."),
    to: z.string().describe("Address of the copy as it was given."),
    branches: z.array(BRANCH).describe("The branches that were asked for, by name."),
    objects_copied: COUNT,
    objects_kept: COUNT.describe("Objects that were looked at and were there already."),
    bytes_copied: COUNT,
    verified: z.boolean().describe("Whether every object of the copy was read back and compared."),
  },
  {
    graph: "01M8MX2ATK4B61KMHBS8000000",
    from: "my.omni",
    to: "s3://backups/my.omni",
    branches: [{ name: "main", head: EXAMPLE_COMMIT }],
    objects_copied: 12,
    objects_kept: 3,
    bytes_copied: 48_213,
    verified: false,
  },
);
