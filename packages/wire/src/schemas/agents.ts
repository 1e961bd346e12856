import * as z from "zod";
import { DIFF } from "./changes.ts";
import { MERGE_PREVIEW } from "./merges.ts";
import { request, shape } from "./shape.ts";
import { CODE, COUNT, JSON_OBJECT, REASON } from "./values.ts";

const NEXT_PAGE = z.string().exactOptional().describe("How to go on; left out on the last page.");

export const DIFF_PAGE = shape(
  "DiffPageJson",
  "A page of what differs between two branches or commits (the tool `show-diff`).",
  { ...DIFF.shape, next_page_token: NEXT_PAGE },
  {
    from: "01M84CRWS90000000000000009",
    to: "01M84CRWS90000000000000010",
    stat: [{ entity_kind: "node", type_name: "Person", inserted: 1, updated: 0, deleted: 0 }],
    changes: [
      {
        kind: "node",
        type: { id: "n1", name: "Person" },
        id: "dee",
        op: "insert",
        after: { properties: { name: "Dee" } },
      },
    ],
  },
);

export const MERGE_PREVIEW_PAGE = shape(
  "MergePreviewPageJson",
  "What a merge would do now, with a page of its conflicts (the tool `preview-merge`).",
  {
    ...MERGE_PREVIEW.shape,
    conflict_count: COUNT.describe("All that is left to decide, on every page."),
    next_page_token: NEXT_PAGE,
  },
  {
    source: "draft",
    target: "main",
    outcome: "fast_forward",
    would: "fast_forward",
    bases: ["01M84CRWS90000000000000009"],
    changes: [{ entity_kind: "node", type_name: "Person", inserted: 1, updated: 0, deleted: 0 }],
    resolved: [],
    merge_conflicts: [],
    conflict_count: 0,
  },
);

const FATE = shape("FailedWriteJson", "What became of a write that failed.", {
  execution: z
    .enum(["not_started", "completed", "unknown"])
    .describe("Whether it ran: not at all, to its end, or nobody can tell."),
  effects: z.enum(["none", "unknown"]).describe("Whether it left anything behind."),
  action: z
    .enum(["fix", "retry", "look_up"])
    .describe("`fix` what was asked, `retry` it as it is, or `look_up` in the history what became of it."),
});

export const TOOL_FAILURE = shape(
  "ToolFailureJson",
  "Why a tool did not do what it was called for (the structured content of an answer with `isError`).",
  {
    error: z.string().describe("What happened, and where."),
    code: CODE,
    reason: REASON,
    remedy: z.string().describe("What to do about it."),
    fate: FATE.exactOptional().describe("Of a tool that writes."),
    details: JSON_OBJECT.exactOptional().describe(
      "Facts that go with the reason, by the names that they have in ErrorJson: conflicts, diagnostics with their places, what is known.",
    ),
  },
  {
    error: "branches.merge: there is no branch draft",
    code: "not_found",
    reason: "branch_not_found",
    remedy: "List the branches, and name one of them.",
    details: { branch: "draft" },
  },
);

const MESSAGE_ID = z.union([z.string(), z.number()]);

export const AGENT_MESSAGE = request(
  "AgentMessageJson",
  "The body of `POST /mcp`: one request or notification of the Model Context Protocol (JSON-RPC 2.0).",
  {
    jsonrpc: z.literal("2.0"),
    id: MESSAGE_ID.exactOptional().describe("Of a request; a notification has none."),
    method: z.string(),
    params: JSON_OBJECT.exactOptional(),
  },
  { jsonrpc: "2.0", id: 1, method: "tools/list", params: {} },
);

const RPC_ERROR = shape("AgentErrorJson", "Why a request cannot be understood.", {
  code: z.int(),
  message: z.string(),
  data: JSON_OBJECT.exactOptional(),
});

export const AGENT_ANSWER = shape(
  "AgentAnswerJson",
  "The answer of `POST /mcp` to a request; a notification is answered by 202 and no body.",
  {
    jsonrpc: z.literal("2.0"),
    id: MESSAGE_ID.nullable(),
    result: JSON_OBJECT.exactOptional(),
    error: RPC_ERROR.exactOptional(),
  },
  { jsonrpc: "2.0", id: 1, result: { tools: [] } },
);
