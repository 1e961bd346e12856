import type { Omnigraph } from "omnigraph";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  draftGraph,
  Editor,
  linesOf,
  personOf,
  refusal,
  shortly,
} from "../../support/graphs/merge-fixture.ts";

let numbered = 0;
let graph: Omnigraph;
let main: Editor;
let draft: Editor;

beforeEach(async () => {
  ({ graph, main, draft } = await draftGraph(`memory://resolutions-${numbered++}`));
});
afterEach(() => graph.close());

const node = (id: string, rest: object): never =>
  // Cast: some of the tests give what the types forbid.
  ({ kind: "node", type: "Person", id, ...rest }) as never;
const edge = (type: string, id: string, rest: object): never =>
  ({ kind: "edge", type, id, ...rest }) as never;
const decided = (...entities: readonly never[]): { resolutions: { entities: readonly never[] } } => ({
  resolutions: { entities },
});
const edges = async (branch = "main"): Promise<string[]> =>
  (await linesOf(graph, { branch })).flatMap((line) => {
    const { edge: type, from, to, data } = JSON.parse(line);
    return type === undefined ? [] : [`${type} ${data.id} ${from} ${to}`];
  });

describe("decisions on single entities", () => {
  it("decisions take one side of each entity, and what nobody decided stays a conflict", async () => {
    for (const slug of ["ann", "bob", "cyd"]) {
      await draft.set(slug, { name: `${slug} theirs` });
      await main.set(slug, { name: `${slug} ours` });
    }
    const some = decided(node("ann", { take: "ours" }), node("bob", { take: "theirs" }));
    expect((await refusal(graph, "draft", some)).map((one) => one["entity_id"])).toEqual(["cyd"]);
    const all = { resolutions: { ...some.resolutions, strategy: "theirs" as const } };
    const preview = await graph.branches.previewMerge("draft", all);
    expect([preview.conflicts, shortly(preview.resolved).length]).toEqual([[], 3]);
    await graph.branches.merge("draft", all);
    const names = await Promise.all(["ann", "bob", "cyd"].map((slug) => personOf(graph, slug)));
    expect(names).toMatchObject([{ name: "ann ours" }, { name: "bob theirs" }, { name: "cyd theirs" }]);
  });

  it("decisions go property by property, the rest of the entity being merged", async () => {
    await draft.set("ann", { name: "Theirs", title: "Theirs", email: "theirs@x" });
    await main.set("ann", { name: "Ours", title: "Ours", level: 7 });
    const open = await refusal(graph, "draft", decided(node("ann", { properties: { name: "theirs" } })));
    expect(open).toMatchObject([{ kind: "divergent_update", properties: ["name", "title"] }]);
    await graph.branches.merge(
      "draft",
      decided(node("ann", { properties: { name: "theirs", title: { value: "Both" } } })),
    );
    expect(await personOf(graph, "ann")).toMatchObject({
      name: "Theirs",
      title: "Both",
      level: 7,
      email: "theirs@x",
    });
  });

  it("decisions write values as a load would, and are refused what the schema forbids", async () => {
    await draft.set("ann", { level: 2 });
    await main.set("ann", { level: 3 });
    const value = (level: unknown) => decided(node("ann", { properties: { level: { value: level } } }));
    for (const bad of [12, "x", 1.5, { deep: 1 }]) {
      const [conflict] = await refusal(graph, "draft", value(bad));
      expect(conflict).toMatchObject({ kind: "value_constraint_violation", entity_id: "ann" });
    }
    await draft.set("bob", { level: 2 });
    await main.set("bob", { level: 3 });
    const both = {
      resolutions: { entities: [node("bob", { take: "ours" }), ...value(12).resolutions.entities] },
    };
    const preview = await graph.branches.previewMerge("draft", both);
    expect(shortly(preview.resolved)).toEqual(["divergent_update Person bob (level)"]);
    expect(shortly(preview.conflicts)).toEqual(["value_constraint_violation Person ann (level)"]);
    await graph.branches.merge("draft", { ...value(null), strategy: "ours" });
    expect(await personOf(graph, "ann")).toMatchObject({ level: null });
  });

  it.each([
    ["a type that is not there", edge("Nothing", "x", { take: "ours" }), "no edge type Nothing"],
    ["neither a side nor properties", node("ann", {}), 'one of "take", "strategy" and "properties"'],
    [
      "both",
      node("ann", { take: "ours", properties: { name: "ours" } }),
      'one of "take", "strategy" and "properties"',
    ],
    ["a property that is not there", node("ann", { properties: { nope: "ours" } }), "no property nope"],
    ["the key", node("ann", { properties: { slug: { value: "x" } } }), "part of the key"],
    ["an entity in no conflict", node("dee", { take: "ours" }), "in no conflict"],
  ])("decisions are refused for %s", async (_, entity, words) => {
    await draft.set("ann", { name: "A1" });
    await main.set("ann", { name: "A2" });
    const before = await linesOf(graph);
    const asked = { resolutions: { strategy: "ours" as const, entities: [entity] } };
    await expect(graph.branches.merge("draft", asked)).rejects.toMatchObject({
      reason: "resolutions_invalid",
      message: expect.stringContaining(words),
    });
    expect(await linesOf(graph)).toEqual(before);
  });

  it("decisions are refused twice for one entity, and by properties for one that was deleted", async () => {
    await draft.drop("ann");
    await main.set("ann", { name: "A2" });
    const twice = decided(node("ann", { take: "ours" }), node("ann", { take: "theirs" }));
    await expect(graph.branches.merge("draft", twice)).rejects.toMatchObject({
      reason: "resolutions_invalid",
    });
    const cells = decided(node("ann", { properties: { name: "ours" } }));
    await expect(graph.branches.merge("draft", cells)).rejects.toMatchObject({
      message: expect.stringContaining("was deleted on one side"),
    });
  });
});

describe("decisions that would be passed over", () => {
  it("a decision on properties keeps the entity from what is decided of others", async () => {
    await draft.set("ann", { name: "Theirs", title: "Theirs" });
    await main.set("ann", { name: "Ours", title: "Ours", email: "one@x" });
    await draft.add("eve", { email: "one@x" });
    // Whoever takes eve takes all that hold the email, but for those with a decision of their own.
    const asked = (properties: object) =>
      decided(node("ann", { properties }), node("eve", { take: "theirs" }));
    const kinds = async (properties: object) =>
      (await refusal(graph, "draft", asked(properties))).map((one) => one["kind"]);
    expect(await kinds({ name: "ours" })).toContain("divergent_update");
    expect(await kinds({ name: "ours", title: { value: 1 } })).toContain("value_constraint_violation");
    const all = asked({ name: "ours", title: { value: "Both" }, email: "theirs" });
    await graph.branches.merge("draft", all);
    expect(await personOf(graph, "ann")).toMatchObject({ name: "Ours", title: "Both", email: null });
    expect(await personOf(graph, "eve")).toMatchObject({ email: "one@x" });
  });

  it("decisions on properties of an entity that is in another conflict are named beside it", async () => {
    await draft.set("ann", { email: "one@x" });
    await main.set("bob", { email: "one@x" });
    const cells = decided(node("ann", { properties: { email: { value: "two@x" } } }));
    const words = expect.stringContaining('decide it by "take"');
    const unused = [{ entity_kind: "node", type_name: "Person", entity_id: "ann", message: words }];
    for (const strategy of [{}, { strategy: "ours" as const }])
      await expect(graph.branches.merge("draft", { ...cells, ...strategy })).rejects.toMatchObject({
        reason: "merge_conflict",
        message: words,
        details: { unused_resolutions: unused },
      });
  });

  it("unused decisions are told apart from those that wait for others: all that is left to be decided is listed with them", async () => {
    await draft.set("ann", { name: "A1" });
    await main.set("ann", { name: "A2" });
    const waiting = decided(node("bob", { take: "ours" }));
    const preview = await graph.branches.previewMerge("draft", waiting);
    expect(shortly(preview.conflicts)).toEqual(["divergent_update Person ann (name)"]);
    expect(preview.unused).toEqual([
      { kind: "node", type: "Person", id: "bob", message: expect.stringContaining("in no conflict") },
    ]);
    const refused = await graph.branches.merge("draft", waiting).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({
      reason: "merge_conflict",
      details: {
        merge_conflicts: [{ entity_id: "ann" }],
        unused_resolutions: [{ entity_id: "bob" }],
      },
    });
    // Once nothing is left, it is a slip.
    const all = decided(node("bob", { take: "ours" }), node("ann", { take: "ours" }));
    await expect(graph.branches.merge("draft", all)).rejects.toMatchObject({ reason: "resolutions_invalid" });
    await graph.branches.merge("draft", decided(node("ann", { take: "ours" })));
    expect(await personOf(graph, "ann")).toMatchObject({ name: "A2" });
  });

  it("decisions go with their cascades before the strategy for the rest, whatever the order of names", async () => {
    await draft.set("ann", { name: "Theirs", email: "two@x" });
    await main.set("ann", { name: "Ours", email: "one@x" });
    await draft.add("eve", { email: "one@x" });
    const { resolutions } = decided(node("eve", { take: "theirs" }));
    await graph.branches.merge("draft", { strategy: "ours", resolutions });
    expect(await personOf(graph, "eve")).toMatchObject({ email: "one@x" });
    expect(await personOf(graph, "ann")).toMatchObject({ name: "Theirs", email: "two@x" });
  });

  it("decisions on both ends of an edge are refused unless they agree", async () => {
    await draft.report("r1", "cyd", "ann");
    await main.report("r1", "dee", "bob");
    const ends = (from: string, to: string) =>
      decided(edge("Reports", "r1", { properties: { from, to, note: "ours" } }));
    await expect(graph.branches.merge("draft", ends("ours", "theirs"))).rejects.toMatchObject({
      reason: "resolutions_invalid",
      message: expect.stringContaining("both its ends from one side"),
    });
    await graph.branches.merge("draft", ends("theirs", "theirs"));
    expect(await edges()).toContain("Reports r1 cyd ann");
  });

  it.each(["goes forward", "is up to date"])("decisions are refused where the target %s", async (outcome) => {
    if (outcome === "goes forward") await draft.set("ann", { name: "Theirs" });
    const before = await linesOf(graph);
    const asked = decided(node("ann", { take: "ours" }));
    for (const call of [graph.branches.previewMerge("draft", asked), graph.branches.merge("draft", asked)])
      await expect(call).rejects.toMatchObject({
        reason: "resolutions_invalid",
        message: expect.stringContaining("in no conflict"),
      });
    expect(await linesOf(graph)).toEqual(before);
  });
});

describe("cascades", () => {
  it("a node is kept with the edges that went with it on the other side", async () => {
    await draft.drop("ann");
    await main.set("ann", { name: "Anna" });
    await graph.branches.merge("draft", decided(node("ann", { take: "ours" })));
    expect(await edges()).toEqual(["Member m1 ann core", "Reports r1 bob ann"]);
    expect(await personOf(graph, "ann")).toMatchObject({ name: "Anna" });
  });

  it("a node is deleted with the edges that the other side added", async () => {
    await draft.drop("ann");
    await main.set("ann", { name: "Anna" });
    await main.report("r5", "cyd", "ann");
    const conflicts = (await graph.branches.previewMerge("draft")).conflicts;
    expect(shortly(conflicts)).toEqual(["delete_vs_update Person ann"]);
    await graph.branches.merge("draft", decided(node("ann", { take: "theirs" })));
    expect([await edges(), await personOf(graph, "ann")]).toEqual([[], null]);
  });

  it("the end that an edge misses is brought back, with its own edges", async () => {
    await draft.report("r5", "cyd", "bob");
    await main.drop("bob");
    expect(shortly((await graph.branches.previewMerge("draft")).conflicts)).toEqual([
      "orphan_edge Reports r5 with Person bob",
    ]);
    await graph.branches.merge("draft", decided(edge("Reports", "r5", { take: "theirs" })));
    expect(await edges()).toEqual(["Member m1 ann core", "Reports r1 bob ann", "Reports r5 cyd bob"]);
  });

  it("a cascade can be asked for by the node that is missing", async () => {
    await draft.report("r5", "cyd", "bob");
    await main.drop("bob");
    await graph.branches.merge("draft", decided(node("bob", { take: "ours" })));
    expect(await edges()).toEqual(["Member m1 ann core"]);
  });

  it("a unique tuple is given to one side's holder", async () => {
    await draft.set("bob", { email: "a@x" });
    await main.set("cyd", { email: "a@x" });
    await graph.branches.merge("draft", { strategy: "theirs" });
    expect([await personOf(graph, "bob"), await personOf(graph, "cyd")]).toMatchObject([
      { email: "a@x" },
      { email: null },
    ]);
  });

  it("a node is given one side's edges where both together are too many", async () => {
    await draft.join("m2", "ann", "edge");
    await main.join("m3", "ann", "ops");
    await graph.branches.merge("draft", decided(node("ann", { take: "theirs" })));
    expect(await edges()).toEqual(["Member m1 ann core", "Member m2 ann edge", "Reports r1 bob ann"]);
  });
});

describe("several merge bases", () => {
  beforeEach(async () => {
    await graph.branches.create("other");
    const other = new Editor(graph, "other");
    await draft.set("ann", { name: "D" });
    await other.set("ann", { name: "O" });
    await other.set("bob", { title: "O" });
    // Each side takes the other's state of before.
    await graph.branches.create("draft0", { from: "draft" });
    await graph.branches.create("other0", { from: "other" });
    await graph.branches.merge("other0", { into: "draft", strategy: "ours" });
    await graph.branches.merge("draft0", { into: "other", strategy: "ours" });
  });

  it("two merge bases are both found, and what differs between them is asked for", async () => {
    const preview = await graph.branches.previewMerge("draft", { into: "other" });
    expect(preview.bases).toHaveLength(2);
    expect(shortly(preview.conflicts)).toEqual(["divergent_update Person ann (name)"]);
    const mirrored = await graph.branches.previewMerge("other", { into: "draft" });
    expect(shortly(mirrored.conflicts)).toEqual(shortly(preview.conflicts));
  });

  it("several merge bases are no conflict where both sides say the same", async () => {
    await new Editor(graph, "draft").set("ann", { name: "same" });
    await new Editor(graph, "other").set("ann", { name: "same" });
    expect(await graph.branches.merge("draft", { into: "other" })).toMatchObject({
      outcome: "merged",
      resolved: [],
    });
    expect(await linesOf(graph, { branch: "other" })).toEqual(await linesOf(graph, { branch: "draft" }));
  });
});
