import { describe, expect, it } from "vitest";
import type { MergeSide } from "omnigraph";
import type { Previewed } from "../support/models/history-calls.ts";
import { brief, conflictsOf, forked, idsAt, merge, mutate, valueOf } from "./forked-model.ts";
import type { HistoryModel } from "./history-model.ts";

describe("outcomes of the model's merges", () => {
  it("a merge is up to date, a fast-forward, or merged", async () => {
    const model = await forked();
    expect(await merge(model)).toEqual({
      outcome: "already_up_to_date",
      commit: null,
      resolved: [],
      branchDeleted: null,
    });
    await mutate(model, "x", 'update Person set { age: 2 } where name = "ann"');
    const [main, x] = [model.headOf("main"), model.headOf("x")];
    expect(await merge(model, null, "main", "x")).toMatchObject({ outcome: "already_up_to_date" });
    expect(await merge(model)).toMatchObject({
      outcome: "fast_forward",
      commit: { parents: [main, x], kind: "merge", branch: "main", depth: 3 },
    });
    expect(valueOf(model, "main", "node Person ann", "age")).toBe(2);
    await mutate(model, "x", 'update Person set { age: 3 } where name = "ann"');
    await mutate(model, "main", 'update Person set { mood: "glad" } where name = "ann"');
    const heads = [model.headOf("main"), model.headOf("x")];
    expect(await merge(model)).toMatchObject({ outcome: "merged", commit: { parents: heads } });
    expect(valueOf(model, "main", "node Person ann", "age")).toBe(3);
    expect(valueOf(model, "main", "node Person ann", "mood")).toBe("glad");
    expect(await merge(model)).toMatchObject({ outcome: "already_up_to_date" });
  });

  it("the same change on both sides is no conflict, nor is one that was taken back", async () => {
    const model = await forked();
    for (const branch of ["x", "main"])
      await mutate(model, branch, 'update Person set { age: 2 } where name = "ann"');
    await mutate(model, "x", 'update Person set { mood: "glad" } where name = "cyd"');
    await mutate(model, "x", 'update Person set { mood: "sad" } where name = "cyd"');
    await mutate(model, "main", 'delete Person where name = "cyd"');
    expect(await merge(model)).toMatchObject({ outcome: "merged" });
    expect(idsAt(model, "main", "Person")).toEqual(["ann", "bob"]);
  });

  it("a merge leaves the source, or deletes it", async () => {
    const model = await forked();
    await mutate(model, "x", 'update Person set { age: 2 } where name = "ann"');
    const merged = await model.merge("x", "main", { strategy: null, deleteBranch: true });
    expect(merged).toMatchObject({ branchDeleted: true });
    expect((await model.branches()).map(({ name }) => name)).toEqual(["main"]);
    expect(await merge(model)).toEqual({ refused: "branch_not_found", conflicts: [] });
  });
});

describe("merges of the model after merges in both directions", () => {
  /** Both heads of a conflict about ann, each merged into the other and decided otherwise. */
  async function crossed(strategy: MergeSide): Promise<HistoryModel> {
    const model = await forked();
    await mutate(model, "x", 'update Person set { age: 2 } where name = "ann"');
    await mutate(model, "main", 'update Person set { age: 3 } where name = "ann"');
    await model.create("former", "main");
    await merge(model, strategy);
    await merge(model, strategy, "former", "x");
    return model;
  }

  it("merges in both directions have two bases", async () => {
    const model = await crossed("ours");
    const x = (await model.commits("x"))[1]?.id;
    const bases = [x, model.headOf("former")];
    const preview = await model.previewMerge("x", "main", null);
    expect(preview).toMatchObject({
      outcome: "merged",
      bases: bases.toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
    });
    const { conflicts } = preview as Previewed;
    // The head of x was made first, so its id is the smaller one.
    expect(conflicts).toMatchObject([
      {
        kind: "divergent_update",
        id: "ann",
        properties: ["age"],
        base: { properties: { age: 2 } },
        ours: { properties: { age: 3 } },
        theirs: { properties: { age: 2 } },
      },
    ]);
  });

  it("there is no conflict where both sides came to the same", async () => {
    const model = await crossed("ours");
    await mutate(model, "x", 'update Person set { age: 3 } where name = "ann"');
    expect(await merge(model)).toMatchObject({ outcome: "merged", resolved: [] });
  });

  it("a deletion is seen where the bases differ", async () => {
    const model = await crossed("theirs");
    await mutate(model, "x", 'delete Person where name = "ann"');
    // She stands as ours has her, while the edges that theirs deleted with her are in no conflict of their own.
    expect(brief(await conflictsOf(model))).toEqual([
      "cardinality_violation LivesIn - [] Person ann, LivesIn l1, LivesIn l2",
      "delete_vs_update Person ann []",
    ]);
  });
});

describe("the model's branches, reverts and differences", () => {
  it("a revert takes back what one commit did, and keeps what came later", async () => {
    const model = await forked();
    await mutate(model, "main", 'update Person set { age: 2 } where name = "ann"');
    const commit = model.headOf("main");
    await mutate(model, "main", 'update Person set { mood: "glad" } where name = "ann"');
    const head = model.headOf("main");
    const reverted = await model.revert("main", commit, null);
    expect(reverted).toMatchObject({ commit: { parents: [head], kind: "revert" }, resolved: [] });
    expect(valueOf(model, "main", "node Person ann", "age")).toBe(1);
    expect(valueOf(model, "main", "node Person ann", "mood")).toBe("glad");
    expect(await model.revert("main", commit, null)).toEqual({ commit: null, resolved: [] });
    await mutate(model, "main", 'update Person set { age: 3 } where name = "ann"');
    const refused = await model.revert("main", commit, null);
    expect("refused" in refused && brief(refused.conflicts)).toEqual(["divergent_update Person ann [age]"]);
    await model.revert("main", commit, "theirs");
    expect(valueOf(model, "main", "node Person ann", "age")).toBe(1);
    expect(valueOf(model, "main", "node Person ann", "mood")).toBe("glad");
  });

  it("a name that is used again is another branch", async () => {
    const model = await forked();
    await mutate(model, "x", 'update Person set { age: 2 } where name = "ann"');
    const first = model.headOf("x");
    expect(await model.create("x", "main")).toEqual({ refused: "branch_exists", conflicts: [] });
    await model.delete("x");
    await model.create("x", model.ancestors(model.headOf("main"))[0] ?? "");
    expect(await model.entities({ branch: "x" })).toEqual([]);
    expect((await model.entities({ at: first })).length).toBe(9);
  });

  it("a difference has both images, counted by type, and is what a later merge brings", async () => {
    const model = await forked();
    await mutate(model, "x", 'delete Person where name = "cyd"');
    await mutate(model, "main", 'update Person set { age: 2 } where name = "ann"');
    const { stat, changes } = await model.diff("main", "x");
    expect(changes.map(({ op, type, id }) => `${op} ${type} ${id}`)).toEqual([
      "update Person ann",
      "delete Person cyd",
      "delete Likes s1",
    ]);
    expect(stat).toEqual([
      { kind: "node", type: "Person", inserted: 0, updated: 1, deleted: 1 },
      { kind: "edge", type: "Likes", inserted: 0, updated: 0, deleted: 1 },
    ]);
    const since = await model.diff("main", "x", true);
    expect(since.from).toBe((await model.commits("main"))[1]?.id);
    expect(since.changes.map(({ op, id }) => `${op} ${id}`)).toEqual(["delete cyd", "delete s1"]);
    await merge(model);
    const [newest] = (await model.feed("main")).toReversed();
    expect(newest?.changes).toEqual(since.changes);
    expect(await model.history({ kind: "node", type: "Person", id: "cyd" }, "main")).toMatchObject([
      { commit: model.headOf("main"), changes: [{ op: "delete" }] },
      { changes: [{ op: "insert" }] },
    ]);
  });
});
