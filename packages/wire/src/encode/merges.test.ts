import { describe, expect, it } from "vitest";
import { AGE, COMMIT, EDGES, MERGED, PREVIEW } from "../../../../tests/support/graphs/merge-answers.ts";
import { mergeJson, previewJson, revertJson } from "./merges.ts";

describe("a merge as JSON", () => {
  it("a merge as JSON has what it came to, and the rest only where there is something to say", () => {
    const nothing = { ...MERGED, outcome: "already_up_to_date", actor: null, commit: null } as const;
    expect(mergeJson(nothing)).toStrictEqual({
      source: "draft",
      target: "main",
      outcome: "already_up_to_date",
      actor_id: null,
    });
    const whole = mergeJson({
      ...MERGED,
      resolved: [AGE],
      branchDeleted: false,
      branchDeleteError: "moved on",
    });
    expect(Object.keys(whole)).toEqual([
      "source",
      "target",
      "outcome",
      "actor_id",
      "branch_deleted",
      "branch_delete_error",
      "commit",
      "resolved",
    ]);
    expect(whole).toMatchObject({
      branch_deleted: false,
      branch_delete_error: "moved on",
      commit: { graph_commit_id: COMMIT.id, merged_parent_commit_id: "M" },
      resolved: [{ kind: "divergent_update", entity_id: "ann", ours: { properties: { age: 42 } } }],
    });
  });

  it("a preview as JSON has the conflicts whole", () => {
    expect(previewJson({ ...PREVIEW, would: "conflict", conflicts: [EDGES] })).toStrictEqual({
      source: "draft",
      target: "main",
      outcome: "merged",
      would: "conflict",
      bases: ["B1", "B2"],
      changes: [{ entity_kind: "node", type_name: "Person", inserted: 1, updated: 2, deleted: 0 }],
      resolved: [],
      merge_conflicts: [
        {
          entity_kind: "edge",
          type_name: "LivesIn",
          entity_id: null,
          kind: "cardinality_violation",
          message: "2 edges, at most 1 is allowed",
          properties: [],
          with: [
            { entity_kind: "node", type_name: "Person", entity_id: "ann" },
            { entity_kind: "edge", type_name: "LivesIn", entity_id: "e1" },
          ],
          base: null,
          ours: null,
          theirs: null,
        },
      ],
    });
  });

  it("a preview as JSON has the decisions beside its conflicts that decided nothing", () => {
    const message = 'Person "bob" is in no conflict';
    const unused = [{ kind: "node", type: "Person", id: "bob", message }] as const;
    expect(previewJson({ ...PREVIEW, unused })).toMatchObject({
      unused_resolutions: [{ entity_kind: "node", type_name: "Person", entity_id: "bob", message }],
    });
  });

  it("a revert as JSON always says whether there is a commit", () => {
    const none = { branch: "main", reverted: "C", actor: null, commit: null, resolved: [] };
    expect(revertJson(none)).toStrictEqual({
      branch: "main",
      reverted: "C",
      actor_id: null,
      commit: null,
      resolved: [],
    });
  });
});
