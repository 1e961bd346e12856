import type { CommitSummary, MergeAnswer, MergeConflict, MergePreview } from "@omnigraph/wire";

/** What a merge and its preview answer, for tests of how that is shown. */
export const COMMIT: CommitSummary = {
  id: "01M84CRWS90000000000000010",
  branch: "main",
  depth: 4,
  parent: "P",
  mergedParent: "M",
  actor: "ann",
  createdAt: 5,
  kind: "merge",
  message: null,
};
export const MERGED: MergeAnswer = {
  source: "draft",
  target: "main",
  outcome: "merged",
  actor: "ann",
  commit: COMMIT,
  resolved: [],
  branchDeleted: null,
  branchDeleteError: null,
};
const image = (age: number | null, city: string | null): MergeConflict["ours"] => ({
  properties: { name: "ann", age, city },
  endpoints: null,
});
export const AGE: MergeConflict = {
  kind: "divergent_update",
  entityKind: "node",
  type: "Person",
  id: "ann",
  properties: ["age"],
  with: [],
  message: "both sides changed age",
  base: image(41, null),
  ours: image(42, null),
  theirs: image(43, "Rome"),
};
export const EDGES: MergeConflict = {
  ...AGE,
  kind: "cardinality_violation",
  entityKind: "edge",
  type: "LivesIn",
  id: null,
  properties: [],
  with: [
    { kind: "node", type: "Person", id: "ann" },
    { kind: "edge", type: "LivesIn", id: "e1" },
  ],
  message: "2 edges, at most 1 is allowed",
  base: null,
  ours: null,
  theirs: null,
};
export const PREVIEW: MergePreview = {
  source: "draft",
  target: "main",
  outcome: "merged",
  would: "merge",
  bases: ["B1", "B2"],
  changes: [{ kind: "node", type: "Person", inserted: 1, updated: 2, deleted: 0 }],
  resolved: [],
  conflicts: [],
  unused: [],
  schemaSteps: [],
};
