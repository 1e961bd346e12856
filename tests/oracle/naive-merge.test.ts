import { describe, expect, it } from "vitest";
import type { MergeSide } from "omnigraph";
import { brief, conflictsOf, forked, idsAt, knows, load, merge, mutate, valueOf } from "./forked-model.ts";
import type { HistoryModel } from "./history-model.ts";

describe("conflicts of the model", () => {
  it("a divergent_update names the properties that both changed differently", async () => {
    const model = await forked();
    await mutate(model, "x", 'update Person set { age: 2, mood: "glad" } where name = "ann"');
    await mutate(model, "main", 'update Person set { age: 3, email: "a" } where name = "ann"');
    const [conflict] = await conflictsOf(model);
    const ann = { name: "ann", email: null, age: 1, mood: null };
    expect(conflict).toEqual({
      kind: "divergent_update",
      entityKind: "node",
      type: "Person",
      id: "ann",
      properties: ["age"],
      with: [],
      base: { properties: ann, endpoints: null },
      ours: { properties: { ...ann, age: 3, email: "a" }, endpoints: null },
      theirs: { properties: { ...ann, age: 2, mood: "glad" }, endpoints: null },
    });
  });

  it("the ends of an edge count as one property", async () => {
    const model = await forked();
    await load(model, "x", knows("k1", "ann", "cyd"));
    await load(model, "main", knows("k1", "cyd", "bob", 2));
    expect(brief(await conflictsOf(model))).toEqual(["divergent_update Knows k1 [from to]"]);
    const other = await forked();
    await load(other, "x", knows("k1", "ann", "cyd"));
    await load(other, "main", knows("k1", "ann", "bob", 2));
    await merge(other);
    expect(other.stateAt({ branch: "main" }).get("edge Knows k1")?.image).toEqual({
      properties: { since: 2 },
      endpoints: { from: "ann", to: "cyd" },
    });
  });

  it("two different inserts of one id are a divergent_insert", async () => {
    const model = await forked();
    await load(model, "x", { type: "Place", data: { id: "z", title: "p", code: "a" } });
    await load(model, "main", { type: "Place", data: { id: "z", title: "q", code: "a" } });
    expect(brief(await conflictsOf(model))).toEqual(["divergent_insert Place z [title]"]);
  });

  it("a delete on one side and an update on the other are a delete_vs_update", async () => {
    const model = await forked();
    await mutate(model, "x", 'delete Person where name = "bob"');
    await mutate(model, "main", 'update Person set { age: 2 } where name = "bob"');
    const conflicts = await conflictsOf(model);
    expect(brief(conflicts)).toEqual(["delete_vs_update Person bob []"]);
    expect(conflicts[0]).toMatchObject({ theirs: null, ours: { properties: { age: 2 } } });
    expect(brief(await conflictsOf(model, "main", "x"))).toEqual(["delete_vs_update Person bob []"]);
  });

  it("an edge that was changed where its node was deleted is in both kinds", async () => {
    const model = await forked();
    await mutate(model, "x", 'delete Person where name = "bob"');
    await load(model, "main", knows("k1", "ann", "bob", 2));
    expect(brief(await conflictsOf(model))).toEqual([
      "delete_vs_update Knows k1 []",
      "orphan_edge Knows k1 [] Person bob",
    ]);
    // As `x` has it, the edge is not there, so it misses nothing.
    expect(brief(await conflictsOf(model, "main", "x"))).toEqual(["delete_vs_update Knows k1 []"]);
  });

  it("an edge whose node the other side deleted is an orphan_edge, in both directions", async () => {
    const model = await forked();
    await mutate(model, "x", 'delete Person where name = "cyd"');
    await load(model, "main", knows("k2", "ann", "cyd"));
    for (const [source, target] of [
      ["x", "main"],
      ["main", "x"],
    ])
      expect(brief(await conflictsOf(model, source, target))).toEqual(["orphan_edge Knows k2 [] Person cyd"]);
  });

  it("a unique_violation names the entity that differs from ours", async () => {
    const model = await forked();
    await mutate(model, "x", 'update Person set { email: "a" } where name = "bob"');
    await mutate(model, "main", 'update Person set { email: "a" } where name = "cyd"');
    expect(brief(await conflictsOf(model))).toEqual(["unique_violation Person bob [] Person cyd"]);
    expect(brief(await conflictsOf(model, "main", "x"))).toEqual([
      "unique_violation Person cyd [] Person bob",
    ]);
    const edges = await forked();
    await load(edges, "x", knows("k3", "ann", "cyd"));
    await load(edges, "main", knows("k4", "ann", "cyd"));
    expect(brief(await conflictsOf(edges))).toEqual([
      "cardinality_violation Knows - [] Person ann, Knows k3, Knows k4",
      "unique_violation Knows k3 [] Knows k4",
    ]);
  });

  it("a cardinality_violation names the node, then the edges that a side changed", async () => {
    const many = await forked();
    await load(many, "x", knows("k2", "ann", "cyd"));
    await load(many, "main", knows("k3", "ann", "ann"));
    const conflicts = await conflictsOf(many);
    expect(brief(conflicts)).toEqual(["cardinality_violation Knows - [] Person ann, Knows k2, Knows k3"]);
    expect(conflicts[0]).toMatchObject({ entityKind: "edge", base: null, ours: null, theirs: null });
    const few = await forked();
    await mutate(few, "x", 'delete LivesIn where to = "x"');
    await mutate(few, "main", 'delete LivesIn where to = "y"');
    expect(brief(await conflictsOf(few))).toEqual([
      "cardinality_violation LivesIn - [] Person ann, LivesIn l1, LivesIn l2",
    ]);
  });

  it("conflicts are all listed at once, and change nothing", async () => {
    const model = await forked();
    await mutate(model, "x", 'update Person set { age: 2, email: "a" } where name = "ann"');
    await mutate(model, "main", 'update Person set { age: 3 } where name = "ann"');
    await mutate(model, "main", 'update Person set { email: "b" } where name = "bob"');
    await mutate(model, "x", 'update Person set { email: "b" } where name = "cyd"');
    const head = model.headOf("main");
    expect(brief(await conflictsOf(model))).toEqual([
      "divergent_update Person ann [age]",
      "unique_violation Person cyd [] Person bob",
    ]);
    expect(model.headOf("main")).toBe(head);
  });
});

describe("strategies of the model that take entities", () => {
  it("entities that are taken come with their edges", async () => {
    const sides = async (strategy: MergeSide): Promise<HistoryModel> => {
      const model = await forked();
      await mutate(model, "main", 'update Person set { age: 2 } where name = "bob"');
      await load(model, "main", knows("k2", "bob", "cyd"));
      await mutate(model, "x", 'delete Person where name = "bob"');
      expect(brief(await conflictsOf(model))).toEqual(["delete_vs_update Person bob []"]);
      const merged = await merge(model, `entity ${strategy}`);
      expect("resolved" in merged ? brief(merged.resolved) : merged).toEqual([
        "delete_vs_update Person bob []",
      ]);
      return model;
    };
    const ours = await sides("ours");
    expect(idsAt(ours, "main", "Person")).toEqual(["ann", "bob", "cyd"]);
    expect(idsAt(ours, "main", "Knows")).toEqual(["k1", "k2"]);
    const theirs = await sides("theirs");
    expect(idsAt(theirs, "main", "Person")).toEqual(["ann", "cyd"]);
    expect(idsAt(theirs, "main", "Knows")).toEqual([]);
  });

  it("an edge is taken with its missing ends, and those with their edges", async () => {
    const sides = async (strategy: MergeSide): Promise<HistoryModel> => {
      const model = await forked();
      await mutate(model, "main", 'delete Person where name = "cyd"');
      await load(model, "x", knows("k2", "ann", "cyd"));
      await merge(model, `entity ${strategy}`);
      return model;
    };
    const ours = await sides("ours");
    expect(idsAt(ours, "main", "Person")).toEqual(["ann", "bob"]);
    expect(idsAt(ours, "main", "Knows")).toEqual(["k1"]);
    const theirs = await sides("theirs");
    expect(idsAt(theirs, "main", "Person")).toEqual(["ann", "bob", "cyd"]);
    expect(idsAt(theirs, "main", "Knows")).toEqual(["k1", "k2"]);
    expect(idsAt(theirs, "main", "Likes")).toEqual(["s1"]);
  });

  it("all holders of a unique tuple are taken, and all edges of a crowded node", async () => {
    for (const [strategy, bob, cyd] of [
      ["ours", null, "a"],
      ["theirs", "a", null],
    ] as const) {
      const model = await forked();
      await mutate(model, "x", 'update Person set { email: "a" } where name = "bob"');
      await mutate(model, "main", 'update Person set { email: "a" } where name = "cyd"');
      await merge(model, `entity ${strategy}`);
      expect(valueOf(model, "main", "node Person bob", "email")).toBe(bob);
      expect(valueOf(model, "main", "node Person cyd", "email")).toBe(cyd);
      const edges = await forked();
      await load(edges, "x", knows("k2", "ann", "cyd"));
      await load(edges, "main", knows("k3", "ann", "ann"));
      await merge(edges, `entity ${strategy}`);
      expect(idsAt(edges, "main", "Knows")).toEqual(["k1", strategy === "ours" ? "k3" : "k2"]);
    }
  });

  it("no strategy is needed for a node that theirs rightly has without edges", async () => {
    const model = await forked();
    await mutate(model, "x", 'delete Person where name = "ann"');
    await load(model, "x", { type: "Person", data: { name: "ann", age: 1 } });
    await mutate(model, "main", 'update Person set { age: 2 } where name = "bob"');
    expect(await merge(model, null)).toMatchObject({ outcome: "merged", resolved: [] });
    expect(idsAt(model, "main", "LivesIn")).toEqual([]);
  });

  it("what a strategy decided is kept by a later merge back", async () => {
    for (const moved of [false, true]) {
      const model = await forked();
      await mutate(model, "x", 'update Person set { age: 2 } where name = "ann"');
      await mutate(model, "main", 'update Person set { age: 3 } where name = "ann"');
      await merge(model, "ours");
      if (moved) await mutate(model, "x", 'update Person set { mood: "glad" } where name = "bob"');
      const back = await merge(model, null, "main", "x");
      expect(back).toMatchObject({ outcome: moved ? "merged" : "fast_forward" });
      expect(valueOf(model, "x", "node Person ann", "age")).toBe(3);
    }
  });
});

describe("strategies of the model for what is in conflict", () => {
  it("properties that do not conflict stay merged", async () => {
    for (const [strategy, age] of [
      ["ours", 3],
      ["theirs", 2],
    ] as const) {
      const model = await forked();
      await mutate(model, "x", 'update Person set { age: 2, mood: "glad" } where name = "ann"');
      await mutate(model, "main", 'update Person set { age: 3, email: "a" } where name = "ann"');
      await merge(model, strategy);
      const ann = model.stateAt({ branch: "main" }).get("node Person ann");
      expect(ann?.image.properties).toEqual({ name: "ann", age, email: "a", mood: "glad" });
    }
  });

  it("a node is kept with the edges that went with it, but without the nodes that went as well", async () => {
    const model = await forked();
    await load(model, "main", knows("k2", "bob", "cyd"));
    await merge(model, null, "main", "x");
    await mutate(model, "x", 'delete Person where name = "bob"');
    await mutate(model, "x", 'delete Person where name = "cyd"');
    await mutate(model, "main", 'update Person set { age: 2 } where name = "bob"');
    const whole = await model.previewMerge("x", "main", "entity ours");
    expect("changes" in whole && whole.changes).toEqual([]);
    await merge(model, "ours");
    expect(idsAt(model, "main", "Person")).toEqual(["ann", "bob"]);
    expect(idsAt(model, "main", "Knows")).toEqual(["k1"]);
  });

  it("the members of a tuple are taken, and of a crowded node what the other side added", async () => {
    const model = await forked();
    await mutate(model, "x", 'update Person set { email: "a", age: 5 } where name = "bob"');
    await mutate(model, "main", 'update Person set { email: "a" } where name = "cyd"');
    await merge(model, "ours");
    expect(valueOf(model, "main", "node Person bob", "email")).toBe(null);
    expect(valueOf(model, "main", "node Person bob", "age")).toBe(5);
    const edges = await forked();
    await mutate(edges, "x", 'delete Knows where from = "ann"');
    await load(edges, "x", knows("k2", "ann", "cyd"));
    await load(edges, "x", knows("k4", "ann", "bob"));
    await load(edges, "main", knows("k3", "ann", "ann"));
    await merge(edges, "ours");
    expect(idsAt(edges, "main", "Knows")).toEqual(["k3"]);
  });
});
