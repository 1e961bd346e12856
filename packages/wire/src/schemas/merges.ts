import * as z from "zod";
import { CHANGE_COUNT, IMAGE } from "./changes.ts";
import { COMMIT, EXAMPLE_COMMIT } from "./commits.ts";
import { STEP } from "./migrations.ts";
import { shape } from "./shape.ts";
import { CONFLICT_KINDS, MERGE_OUTCOMES } from "../words.ts";
import { ENTITY_KIND } from "./values.ts";

const REF_MEMBERS = { entity_kind: ENTITY_KIND, type_name: z.string(), entity_id: z.string() };

const ENTITY_REF = shape("EntityRefJson", "An entity by its name.", REF_MEMBERS);

const EXAMPLE_CONFLICT = {
  entity_kind: "node",
  type_name: "Person",
  entity_id: "ann",
  kind: "divergent_update",
  message: "both sides changed age",
  properties: ["age"],
  with: [],
  base: { properties: { name: "Ann", age: 41 } },
  ours: { properties: { name: "Ann", age: 42 } },
  theirs: { properties: { name: "Ann", age: 43 } },
};

const CONFLICT_KIND = z.enum(CONFLICT_KINDS).meta({
  id: "MergeConflictKind",
  description:
    "Why an entity cannot be merged without a decision; docs/merge/README.md says when each arises.",
});

export const CONFLICT = shape(
  "MergeConflictJson",
  "One thing that a merge or a revert cannot decide. It is among the details of a `merge_conflict`, and in previews and answers.",
  {
    entity_kind: ENTITY_KIND,
    type_name: z.string(),
    entity_id: z
      .string()
      .nullable()
      .describe(
        "Null where it is about how many edges of the type leave a node, which `with` names first, or about schemas.",
      ),
    kind: CONFLICT_KIND,
    message: z.string(),
    properties: z
      .array(z.string())
      .describe("What both sides changed differently, `from` and `to` for the ends of an edge."),
    with: z
      .array(ENTITY_REF)
      .describe("The node that an edge misses, the holders of a unique tuple, the edges of a node."),
    base: IMAGE.nullable().describe(
      "At the merge base; null where the entity is not there, here and on the sides.",
    ),
    ours: IMAGE.nullable().describe("On the branch that receives."),
    theirs: IMAGE.nullable().describe("On the branch that is merged into it."),
  },
  EXAMPLE_CONFLICT,
);

export const UNUSED_RESOLUTION = shape(
  "UnusedResolutionJson",
  "A decision that decided nothing so far.",
  { ...REF_MEMBERS, message: z.string() },
  { entity_kind: "node", type_name: "Person", entity_id: "bob", message: 'Person "bob" is in no conflict' },
);

const OUTCOME = z.enum(MERGE_OUTCOMES).meta({
  id: "MergeOutcome",
  description:
    "What became of a merge: nothing to do, the target took the source's state as it is, or both sides' changes were put together.",
});

const PROSPECT = z.enum(["nothing", "fast_forward", "merge", "conflict"]).meta({
  id: "MergeProspect",
  description:
    "What a merge would do now: nothing, go forward to the source's state, put both sides together, or refuse because of conflicts.",
});

export const MERGE = shape(
  "MergeJson",
  "The answer of a merge (`branch merge`).",
  {
    source: z.string(),
    target: z.string(),
    outcome: OUTCOME,
    actor_id: z.string().nullable(),
    branch_deleted: z
      .boolean()
      .exactOptional()
      .describe("Whether the source was deleted; left out where it was not asked for."),
    branch_delete_error: z.string().exactOptional().describe("Why it was not."),
    commit: COMMIT.exactOptional().describe("Left out where the target was up to date."),
    resolved: z
      .array(CONFLICT)
      .exactOptional()
      .describe("The conflicts that were decided; left out where there were none."),
  },
  {
    source: "draft",
    target: "main",
    outcome: "merged",
    actor_id: "ann",
    branch_deleted: true,
    commit: { ...EXAMPLE_COMMIT, merged_parent_commit_id: "01M84CRWS90000000000000012", kind: "merge" },
  },
);

export const MERGE_PREVIEW = shape(
  "MergePreviewJson",
  "What a merge or a revert would do now (`branch merge --dry-run`, `revert --dry-run`).",
  {
    source: z.string(),
    target: z.string(),
    outcome: OUTCOME.describe("What it would come to once its conflicts are decided."),
    would: PROSPECT.describe("What it would do as it was asked."),
    bases: z.array(z.string()).describe("The newest common ancestors, by their commits' ids."),
    schema_steps: z
      .array(STEP)
      .exactOptional()
      .describe("How the schema of the target would change; left out where it would not."),
    changes: z.array(CHANGE_COUNT).describe("What would change in the target, conflicts left aside."),
    resolved: z.array(CONFLICT),
    merge_conflicts: z.array(CONFLICT).describe("What is left to decide."),
    unused_resolutions: z.array(UNUSED_RESOLUTION).exactOptional().describe("Left out where there are none."),
  },
  {
    source: "draft",
    target: "main",
    outcome: "merged",
    would: "conflict",
    bases: ["01M84CRWS90000000000000009"],
    changes: [{ entity_kind: "node", type_name: "Person", inserted: 0, updated: 1, deleted: 0 }],
    resolved: [],
    merge_conflicts: [EXAMPLE_CONFLICT],
  },
);

export const REVERT = shape(
  "RevertJson",
  "The answer of a revert (`revert`).",
  {
    branch: z.string(),
    reverted: z.string().describe("Id of the commit whose changes were taken back."),
    actor_id: z.string().nullable(),
    commit: COMMIT.nullable().describe("Null where nothing was left to take back."),
    resolved: z.array(CONFLICT).describe("The conflicts that were decided."),
  },
  {
    branch: "main",
    reverted: "01M84CRWS90000000000000009",
    actor_id: "ann",
    commit: { ...EXAMPLE_COMMIT, kind: "revert" },
    resolved: [],
  },
);
