import * as z from "zod";
import { BRANCH_PROBLEM } from "./errors.ts";
import { shape } from "./shape.ts";

const BRANCH_HEAD = shape("BranchHeadJson", "Where a branch is, and where it began.", {
  branch: z.string(),
  graph_commit_id: z.string().describe("Its newest commit."),
  forked_from_commit_id: z.string().nullable().describe("The commit that it was made at; null for main."),
});

export const BRANCH_LIST = shape(
  "BranchListJson",
  "The branches of a graph, by name (`branch list`, `GET /branches`).",
  {
    branches: z.array(z.string()).describe("Those that can be read."),
    problems: z.array(BRANCH_PROBLEM).exactOptional().describe("The others; left out where there are none."),
    heads: z
      .array(BRANCH_HEAD)
      .exactOptional()
      .describe("In whole answers over HTTP: of each of `branches`."),
  },
  { branches: ["draft", "main"] },
);

const URI = z.string().describe("Address of the graph, as it was given.");
const ACTOR = z.string().nullable().describe("Who asked for it.");

export const BRANCH_CREATED = shape(
  "BranchCreatedJson",
  "The answer of a branch's making (`branch create`, `POST /branches`).",
  {
    uri: URI,
    from: z.string().describe("What it begins at, as it was named."),
    name: z.string(),
    actor_id: ACTOR,
    graph_commit_id: z
      .string()
      .exactOptional()
      .describe("In whole answers over HTTP: the commit that it was made at."),
  },
  { uri: "team.omni", from: "main", name: "draft", actor_id: null },
);

export const BRANCH_DELETED = shape(
  "BranchDeletedJson",
  "The answer of a branch's deletion (`branch delete`, `DELETE /branches/{branch}`).",
  { uri: URI, name: z.string(), actor_id: ACTOR },
  { uri: "team.omni", name: "draft", actor_id: "ann" },
);
