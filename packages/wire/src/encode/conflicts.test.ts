import { OmnigraphError, parseJson, writeJson } from "@omnigraph/base";
import type { MergeConflict } from "../answers/merges.ts";
import { describe, expect, it } from "vitest";
import { conflictDetails, conflictsOf } from "./merges.ts";

const EDGE: MergeConflict = {
  kind: "orphan_edge",
  entityKind: "edge",
  type: "Knows",
  id: "k1",
  properties: [],
  with: [{ kind: "node", type: "Person", id: "bob" }],
  message: "ends at Person bob, which is not there",
  base: null,
  ours: null,
  theirs: { properties: { since: 9007199254740993n }, endpoints: { from: "ann", to: "bob" } },
};
const NODE: MergeConflict = {
  ...EDGE,
  kind: "delete_vs_update",
  entityKind: "node",
  with: [],
  ours: { properties: { age: null }, endpoints: null },
};

describe("the conflicts of an error", () => {
  const error = new OmnigraphError("merge_conflict", "1 conflict", {
    details: conflictDetails([EDGE, NODE], []),
  });

  it("the conflicts of an error are in its JSON with all digits, endpoints of edges alone", () => {
    expect(parseJson(writeJson(error))).toMatchObject({
      code: "conflict",
      reason: "merge_conflict",
      merge_conflicts: [
        {
          entity_kind: "edge",
          type_name: "Knows",
          entity_id: "k1",
          kind: "orphan_edge",
          message: "ends at Person bob, which is not there",
          properties: [],
          with: [{ entity_kind: "node", type_name: "Person", entity_id: "bob" }],
          base: null,
          ours: null,
          theirs: { endpoints: { from: "ann", to: "bob" }, properties: { since: 9007199254740993n } },
        },
        { entity_kind: "node", ours: { properties: { age: null } } },
      ],
    });
    expect(conflictsOf(error)[1]?.ours).not.toHaveProperty("endpoints");
    expect(error.details).not.toHaveProperty("unused_resolutions");
  });

  it("the conflicts of an error have the decisions beside them that decided nothing", () => {
    const unused = {
      kind: "node",
      type: "Person",
      id: "bob",
      message: "Person bob is in no conflict",
    } as const;
    expect(conflictDetails([EDGE], [unused]).unused_resolutions).toEqual([
      { entity_kind: "node", type_name: "Person", entity_id: "bob", message: unused.message },
    ]);
  });

  it("the conflicts of an error are read from its JSON again", () => {
    expect(conflictsOf(error)).toEqual(conflictDetails([EDGE, NODE], []).merge_conflicts);
    expect(conflictsOf(new OmnigraphError("merge_conflict", "no details"))).toEqual([]);
  });
});
