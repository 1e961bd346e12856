import type { Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { editSchema, peopleGraph, rowsOf } from "../../support/graphs/people-graph.ts";

async function lastCommit(graph: Omnigraph): Promise<string> {
  return (await graph.commits.list({ limit: 1 }))[0]?.id ?? "";
}

describe("a schema commit is reverted", () => {
  it("where nothing is lost: what it added goes, what it dropped comes back with its values", async () => {
    const graph = (await peopleGraph()).graph;
    await editSchema(graph, "bio: String?", "nick: String?");
    const changed = await lastCommit(graph);
    await graph.mutate('update Person set { age: 31 } where name = "Ann"');
    await graph.mutate('insert Person { name: "Cyd" }');
    await graph.commits.revert(changed);
    expect(await rowsOf(graph, "$p.name, $p.age, $p.bio")).toEqual([
      ["Ann", 31, "b"],
      ["Bob", 7, null],
      ["Cyd", null, null],
    ]);
    expect((await graph.maintenance.fsck()).findings).toEqual([]);
    // What is added again is new all the same.
    await editSchema(graph, "bio: String?", "bio: String?  nick: String?");
    expect((await rowsOf(graph, "$p.nick")).flat()).toEqual([null, null, null]);
  });

  it("also after a fold, which has left the dropped values behind", async () => {
    const graph = (await peopleGraph()).graph;
    await editSchema(graph, "bio: String?", "");
    const changed = await lastCommit(graph);
    await graph.maintenance.optimize({ full: true });
    await graph.commits.revert(changed);
    expect(await rowsOf(graph, "$p.name, $p.bio")).toEqual([
      ["Ann", "b"],
      ["Bob", null],
    ]);
  });

  it("a dropped type comes back with its entities, unless their ends are gone", async () => {
    const graph = (await peopleGraph()).graph;
    await editSchema(graph, "edge Knows: Person -> Person { weight: F32? }\n", "");
    const changed = await lastCommit(graph);
    await graph.commits.revert(changed);
    expect(await rowsOf(graph, "$a.name, $b.name", "$a: Person $a knows $b")).toEqual([["Ann", "Bob"]]);
    await editSchema(graph, "edge Knows: Person -> Person { weight: F32? }\n", "");
    const again = await lastCommit(graph);
    await graph.mutate('delete Person where name = "Bob"');
    await expect(graph.commits.revert(again)).rejects.toMatchObject({
      reason: "merge_conflict",
      message: expect.stringContaining("edge Knows: what comes back does not fit the schema any more"),
    });
  });

  it.each(["bio: String?", "edge Knows: Person -> Person { weight: F32? }\n"])(
    "and once more, what was written since it came back stays: %s",
    async (dropped) => {
      const { graph } = await peopleGraph();
      await editSchema(graph, dropped, "");
      const changed = await lastCommit(graph);
      await graph.commits.revert(changed);
      await graph.mutate('update Person set { bio: "new" } where name = "Bob"');
      await graph.mutate('delete Knows where from = "Ann"');
      await graph.mutate('insert Knows { from: "Bob", to: "Ann" }');
      expect(await graph.commits.revert(changed)).toMatchObject({ commit: null });
      expect(await rowsOf(graph, "$p.name, $p.bio")).toEqual([
        ["Ann", "b"],
        ["Bob", "new"],
      ]);
      expect(await rowsOf(graph, "$a.name, $b.name", "$a: Person $a knows $b")).toEqual([["Bob", "Ann"]]);
    },
  );

  it("where values would be lost it is a conflict that says what", async () => {
    const graph = (await peopleGraph()).graph;
    await editSchema(graph, "bio: String?", "bio: String?  nick: String?");
    const changed = await lastCommit(graph);
    await graph.mutate('update Person set { nick: "a" } where name = "Ann"');
    await expect(graph.commits.revert(changed)).rejects.toMatchObject({
      reason: "merge_conflict",
      message: expect.stringContaining("node Person: nick was dropped on one side (theirs) and changed"),
    });
    await graph.commits.revert(changed, { strategy: "theirs" });
    expect((await graph.schema.catalog()).nodes.get("Person")?.propertyByName.has("nick")).toBe(false);
    // Its values do not come back with its name.
    await editSchema(graph, "bio: String?", "bio: String?  nick: String?");
    expect((await rowsOf(graph, "$p.nick")).flat()).toEqual([null, null]);
  });
});

describe("a commit from before a change of the schema is reverted", () => {
  it.each([
    ["age: I32?", "age: I32", '"Bob": age is required'],
    ["bio: String?", "bio: String?  @range(age, 10..90)", '"Bob": age: 7 is outside @range 10..90'],
    [
      "bio: String?",
      'bio: String?  @check(bio, "^[a-z]$")',
      '"Bob": bio: "B" does not match @check "^[a-z]$"',
    ],
    ["Person { weight", "Person @card(0..1) { weight", 'Knows: Person "Ann" would have 2 of them'],
  ])("unless what comes back breaks what is demanded since: %s became %s", async (from, to, problem) => {
    const { graph } = await peopleGraph();
    await graph.mutate(`insert Person { name: "Cyd", age: 20 } insert Knows { from: "Ann", to: "Cyd" }`);
    const update = 'query q($age: I32?) { update Person set { age: $age, bio: "B" } where name = "Bob" }';
    await graph.mutate(update, { age: to === "age: I32" ? null : 7 });
    await graph.mutate('delete Person where name = "Bob"');
    const deleted = await lastCommit(graph);
    await editSchema(graph, from, to);
    const head = await lastCommit(graph);
    await expect(graph.commits.revert(deleted)).rejects.toMatchObject({
      reason: "merge_conflict",
      message: expect.stringContaining(`what comes back does not fit the schema any more: `),
    });
    const { conflicts, would } = await graph.commits.previewRevert(deleted);
    expect(would).toBe("conflict");
    expect(conflicts.map(({ kind, message }) => `${kind} ${message}`).join()).toContain(problem);
    expect(await lastCommit(graph)).toBe(head);
    expect((await graph.maintenance.fsck()).findings).toEqual([]);
  });

  it("where what comes back keeps what is demanded since", async () => {
    const { graph } = await peopleGraph();
    await graph.mutate('delete Person where name = "Bob"');
    const deleted = await lastCommit(graph);
    await editSchema(graph, "age: I32?  bio: String?", "age: I32  bio: String?  rank: I32 @default(3)");
    await graph.commits.revert(deleted);
    expect(await rowsOf(graph, "$p.name, $p.age, $p.rank")).toEqual([
      ["Ann", 30, 3],
      ["Bob", 7, 3],
    ]);
    expect((await graph.maintenance.fsck()).findings).toEqual([]);
  });

  it("with values that were dropped and are back: those of entities that stayed are kept, and none comes back without", async () => {
    const { graph } = await peopleGraph();
    await editSchema(graph, "bio: String?", "");
    const dropped = await lastCommit(graph);
    await graph.mutate('update Person set { age: 31 } where name = "Ann"');
    const updated = await lastCommit(graph);
    await graph.mutate('insert Person { name: "Cyd" }');
    const inserted = await lastCommit(graph);
    await graph.mutate('delete Person where name = "Bob"');
    const deleted = await lastCommit(graph);
    await graph.commits.revert(dropped);
    await graph.commits.revert(updated);
    await graph.commits.revert(inserted);
    expect(await rowsOf(graph, "$p.name, $p.age, $p.bio")).toEqual([["Ann", 30, "b"]]);
    await expect(graph.commits.revert(deleted)).rejects.toMatchObject({
      reason: "merge_conflict",
      message: expect.stringContaining("node Person: a part of it was dropped, and the rows"),
    });
    expect((await graph.maintenance.fsck()).findings).toEqual([]);
  });
});
