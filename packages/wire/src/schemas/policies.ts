import * as z from "zod";
import { shape } from "./shape.ts";
import { COUNT } from "./values.ts";

const ACTION = z
  .enum([
    "read",
    "export",
    "change",
    "schema_apply",
    "branch_create",
    "branch_delete",
    "branch_merge",
    "admin",
    "invoke_query",
    "graph_list",
  ])
  .meta({ id: "PolicyAction", description: "What a policy allows; docs/policies.md has each." });

const RULES = z.array(z.string()).describe("Ids of its rules.");

export const POLICY_CHECKED = shape(
  "PolicyCheckedJson",
  "A policy that can be understood (`policy validate`).",
  { files: z.array(z.string()), rules: RULES },
  { files: ["team.yaml"], rules: ["read-all", "edit-drafts"] },
);

const MISSED = shape("PolicyMissJson", "A rule about the action that does not count here.", {
  rule: z.string(),
  place: z.string().describe("Where it stands."),
  why: z.string(),
});

const DECIDED = {
  actor: z.string().nullable(),
  action: ACTION,
  branch: z.string().nullable(),
  target_branch: z.string().nullable(),
  query: z.string().nullable().describe("The stored query that is run."),
  decision: z.enum(["allow", "deny"]),
  rules: z
    .array(z.string())
    .describe("Those that decided: that allow it, or that forbid it. None where none allows it."),
  missed: z.array(MISSED).describe("Of what is refused."),
  failures: z.array(z.string()).describe("Rules that could not be evaluated."),
};

const EXAMPLE = {
  actor: "ann",
  action: "change",
  branch: "main",
  target_branch: null,
  query: null,
  decision: "deny",
  rules: [],
  missed: [
    {
      rule: "edit-drafts",
      place: "team.yaml:9:5",
      why: "it is for unprotected branches, and branch main is protected",
    },
  ],
  failures: [],
};

export const POLICY_EXPLAINED = shape(
  "PolicyExplainedJson",
  "What a policy says to a request, and why (`policy explain`).",
  DECIDED,
  EXAMPLE,
);

export const POLICY_TESTED = shape(
  "PolicyTestedJson",
  "How declared cases came out (`policy test`).",
  {
    passed: COUNT,
    failed: COUNT,
    cases: z.array(
      shape("PolicyCaseJson", "A declared case.", {
        id: z.string(),
        place: z.string(),
        expect: z.enum(["allow", "deny"]),
        ...DECIDED,
      }),
    ),
  },
  {
    passed: 1,
    failed: 0,
    cases: [{ id: "main-stays", place: "cases.yaml:3:5", expect: "deny", ...EXAMPLE }],
  },
);
