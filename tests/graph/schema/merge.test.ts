import type { MergeOptions, Omnigraph } from "omnigraph";
import { describe, expect, it } from "vitest";
import { editSchema, PEOPLE, peopleGraph, rowsOf } from "../../support/graphs/people-graph.ts";

/** A graph with two branches, `main` and `draft`, that begin at the same commit. */
async function forked(schema = PEOPLE): Promise<Omnigraph> {
  const { graph } = await peopleGraph(schema);
  await graph.branches.create("draft");
  return graph;
}

/** Edits the schema of a branch. */
async function edit(graph: Omnigraph, branch: string, from: string, to: string): Promise<void> {
  await editSchema(graph, from, to, { branch });
}

/** Merges `draft` into `main`, and expects a sound graph whose schema compiles to the one that it has. */
async function merge(graph: Omnigraph, options: MergeOptions = {}): Promise<void> {
  expect((await graph.branches.merge("draft", options)).outcome).toBe("merged");
  expect((await graph.maintenance.fsck()).findings).toEqual([]);
  expect(await graph.schema.apply(await graph.schema.show())).toMatchObject({ applied: false });
}

/** What keeps `draft` from being merged: kinds and messages. */
async function conflicts(graph: Omnigraph): Promise<readonly string[]> {
  const { conflicts: found, would } = await graph.branches.previewMerge("draft");
  expect(would).toBe("conflict");
  await expect(graph.branches.merge("draft")).rejects.toMatchObject({ reason: "merge_conflict" });
  return found.map(({ kind, message }) => `${kind} ${message}`);
}

describe("schemas that go together are merged with the rows", () => {
  it("properties and types of both sides", async () => {
    const graph = await forked();
    await edit(graph, "main", "bio: String?", "bio: String?  nick: String?");
    await edit(graph, "draft", "bio: String?", "bio: String?  rank: I32 @default(3)");
    await edit(graph, "draft", "node Place", "node Pet { tag: String @key }\nnode Place");
    await graph.mutate('insert Person { name: "Cyd", nick: "c" }');
    await graph.mutate('insert Person { name: "Dan", rank: 9 } insert Pet { tag: "t" }', null, {
      branch: "draft",
    });
    await merge(graph);
    expect(await rowsOf(graph, "$p.name, $p.nick, $p.rank")).toEqual([
      ["Ann", null, 3],
      ["Bob", null, 3],
      ["Cyd", "c", 3],
      ["Dan", null, 9],
    ]);
    expect(await rowsOf(graph, "$t.tag", "$t: Pet")).toEqual([["t"]]);
  });

  it("the same property added on both sides is one, with the values of both", async () => {
    const graph = await forked();
    for (const branch of ["main", "draft"])
      await edit(graph, branch, "bio: String?", "bio: String?  nick: String?");
    await graph.mutate('update Person set { nick: "a" } where name = "Ann"');
    await graph.mutate('update Person set { nick: "b" } where name = "Bob"', null, { branch: "draft" });
    await merge(graph);
    expect(await rowsOf(graph, "$p.name, $p.nick")).toEqual([
      ["Ann", "a"],
      ["Bob", "b"],
    ]);
  });

  it("a rename on one side and an edit on the other", async () => {
    const graph = await forked();
    await edit(graph, "main", "bio: String?", 'about: String? @rename_from("bio")');
    await edit(graph, "draft", "bio: String?", 'bio: String? @description("of life")');
    await graph.mutate('update Person set { bio: "new" } where name = "Bob"', null, { branch: "draft" });
    await merge(graph);
    expect(await rowsOf(graph, "$p.name, $p.about")).toEqual([
      ["Ann", "b"],
      ["Bob", "new"],
    ]);
    expect(await graph.schema.show()).toContain('about: String? @description("of life")');
  });

  it("values that an enum gets on both sides, and a type that is widened on one", async () => {
    const graph = await forked();
    await edit(graph, "main", "cross)", "cross, glad)");
    await edit(graph, "draft", "cross)", "cross, sad)");
    await edit(graph, "draft", "age: I32?", "age: I64?");
    await graph.mutate('update Person set { mood: "glad" } where name = "Ann"');
    await graph.mutate('update Person set { mood: "sad", age: 9007199254740993 } where name = "Bob"', null, {
      branch: "draft",
    });
    await merge(graph);
    expect(await rowsOf(graph, "$p.name, $p.mood, $p.age")).toEqual([
      ["Ann", "glad", 30],
      ["Bob", "sad", 9007199254740993n],
    ]);
  });

  it.each([
    ["age: I32?", "age: I64?", "age: I32?", "age: I32? @unique", "age: 9007199254740993"],
    ["cross)?", "cross, glad)?", "mood: enum", "@unique(bio)  mood: enum", 'mood: "glad"'],
    ["age: I32  @range(age, 0..99)", "age: I32?", "bio: String?", "bio: String? @unique", "age: 199"],
    ["age: I32  @range(age, 0..99)", "age: I32?", "bio: String?", "bio: String? @unique", "age: $nothing"],
  ])(
    "a constraint of one side asks nothing else of rows that the other wrote: %s became %s, and %s became %s",
    async (from, to, other, constrained, written) => {
      const graph = await forked(PEOPLE.replace("age: I32?", from.startsWith("age") ? from : "age: I32?"));
      await edit(graph, "draft", from, to);
      const update = `query q($nothing: I32?) { update Person set { ${written} } where name = "Ann" }`;
      await graph.mutate(update, null, { branch: "draft" });
      await edit(graph, "main", other, constrained);
      await graph.mutate('insert Person { name: "Cyd", age: 8, bio: "c" }');
      await merge(graph);
      await expect(graph.mutate('insert Person { name: "Dan", age: 8, bio: "c" }')).rejects.toMatchObject({
        reason: "unique_violation",
      });
    },
  );

  it("a property that one side requires, where no entity without it is left", async () => {
    const graph = await forked();
    const draft = { branch: "draft" };
    await graph.mutate('delete Lives where from = "Ann"', null, draft);
    await edit(graph, "draft", "edge Lives: Person -> Place", "edge Lives: Person -> Place { since: I32 }");
    await graph.mutate('insert Lives { from: "Bob", to: "x", since: 3 }', null, draft);
    await edit(graph, "main", "bio: String?", "bio: String?  nick: String?");
    await merge(graph);
    expect(await rowsOf(graph, "$a.name, $w.since", "$a: Person $a $w:lives $_")).toEqual([["Bob", 3]]);
  });

  it("what one side dropped and the other left alone is gone", async () => {
    const graph = await forked();
    await edit(graph, "draft", "edge Lives: Person -> Place\n", "");
    await edit(graph, "draft", "node Place { code: String @key }\n", "");
    await edit(graph, "draft", "bio: String?", "");
    await graph.mutate('update Person set { age: 31 } where name = "Ann"');
    await merge(graph);
    const { nodes, edges } = await graph.schema.catalog();
    expect([[...nodes.keys()], [...edges.keys()]]).toEqual([["Person"], ["Knows"]]);
    expect(nodes.get("Person")?.propertyByName.has("bio")).toBe(false);
    expect(await rowsOf(graph, "$p.name, $p.age")).toEqual([
      ["Ann", 31],
      ["Bob", 7],
    ]);
  });

  it("a key that edges get on one side: a link that both add is one", async () => {
    const schema = PEOPLE.replace(
      "edge Lives: Person -> Place",
      "edge Lives: Person -> Place\nedge Likes: Person -> Person { stars: I32? @key(@src, @dst) }",
    );
    const graph = await forked(schema);
    await edit(graph, "main", "stars: I32?", "stars: I32?  note: String?");
    await edit(graph, "draft", "node Place", "node Pet { tag: String @key }\nnode Place");
    for (const branch of ["main", "draft"])
      await graph.mutate('insert Likes { from: "Ann", to: "Bob", stars: 5 }', null, { branch });
    await merge(graph);
    expect(await graph.schema.show()).toContain("@key(@src, @dst)");
    expect(await rowsOf(graph, "$w.stars, $w.note", "$a: Person $a $w: likes $b")).toEqual([[5, null]]);
  });

  it("a schema of one side alone keeps its text, comments too", async () => {
    const graph = await forked();
    await edit(graph, "draft", "node Person", "// people\nnode Person");
    await graph.mutate('insert Place { code: "y" }');
    await merge(graph);
    expect(await graph.schema.show()).toContain("// people\n");
  });
});

describe("schemas that contradict each other are a conflict that says where", () => {
  it("a property that both sides gave another type", async () => {
    const graph = await forked();
    await edit(graph, "main", "age: I32?", "age: I64?");
    await edit(graph, "draft", "age: I32?", "age: F64?");
    expect(await conflicts(graph)).toEqual([
      "schema_conflict node Person: age: both sides changed its type, each in another way: base I32?, ours I64?, theirs F64?",
    ]);
    // No strategy decides it: rows of ours hold numbers that theirs cannot read.
    await expect(graph.branches.merge("draft", { strategy: "theirs" })).rejects.toMatchObject({
      reason: "merge_conflict",
      message: expect.stringContaining("Person.age: I64? cannot become F64?"),
    });
  });

  it("a name that both sides changed, which a strategy decides", async () => {
    const graph = await forked();
    await edit(graph, "main", "bio: String?", 'about: String? @rename_from("bio")');
    await edit(graph, "draft", "bio: String?", 'life: String? @rename_from("bio")');
    expect(await conflicts(graph)).toEqual([
      "schema_conflict node Person: about: both sides changed its name, each in another way: base bio, ours about, theirs life",
    ]);
    await merge(graph, { strategy: "theirs" });
    expect(await rowsOf(graph, "$p.name, $p.life")).toEqual([
      ["Ann", "b"],
      ["Bob", null],
    ]);
  });

  it("a property that both sides added in different ways", async () => {
    const graph = await forked();
    await edit(graph, "main", "bio: String?", "bio: String?  nick: String?");
    await edit(graph, "draft", "bio: String?", "bio: String?  nick: I32?");
    expect(await conflicts(graph)).toEqual([
      expect.stringMatching(/^schema_conflict node Person: nick: .* its type/u),
    ]);
  });

  it.each([
    ["an update of a value", 'update Person set { bio: "new" } where name = "Bob"'],
    ["an insert with a value", 'insert Person { name: "Cyd", bio: "c" }'],
  ])("%s of a property that the other side dropped", async (_, mutation) => {
    const graph = await forked();
    await edit(graph, "draft", "bio: String?", "");
    await graph.mutate(mutation);
    expect(await conflicts(graph)).toEqual([
      expect.stringMatching(
        /^schema_conflict node Person: bio was dropped on one side \(theirs\) and changed/u,
      ),
    ]);
    // To keep it would take the rows of the side that dropped it; the drop can be taken, or taken back.
    await expect(graph.branches.merge("draft", { strategy: "ours" })).rejects.toMatchObject({
      reason: "merge_conflict",
    });
    const [dropping] = await graph.commits.list({ branch: "draft", limit: 1 });
    await graph.commits.revert(dropping?.id ?? "", { branch: "draft" });
    await merge(graph);
    expect((await rowsOf(graph, "$p.bio")).flat()).toContain(mutation.includes("new") ? "new" : "c");
  });

  it("an entity of a type that the other side dropped", async () => {
    const graph = await forked();
    await edit(graph, "draft", "edge Lives: Person -> Place\n", "");
    await graph.mutate('insert Lives { from: "Bob", to: "x" }');
    expect(await conflicts(graph)).toEqual([
      expect.stringMatching(/^schema_conflict edge Lives was dropped/u),
    ]);
    await merge(graph, { strategy: "theirs" });
    expect([...(await graph.schema.catalog()).edges.keys()]).toEqual(["Knows"]);
  });

  it("an edge type to a type that the other side dropped", async () => {
    const graph = await forked();
    await edit(graph, "draft", "edge Lives: Person -> Place\n", "");
    await edit(graph, "draft", "node Place { code: String @key }\n", "");
    await edit(graph, "main", "edge Lives", "edge Visits: Person -> Place\nedge Lives");
    expect(await conflicts(graph)).toEqual([
      "schema_conflict edge Visits joins Place, which one side dropped: ours Place",
    ]);
  });

  it("what was dropped and is brought back on one side alone", async () => {
    const { graph } = await peopleGraph();
    await edit(graph, "main", "bio: String?", "");
    const [dropping] = await graph.commits.list({ limit: 1 });
    await graph.branches.create("draft");
    await graph.commits.revert(dropping?.id ?? "", { branch: "draft" });
    await graph.mutate('update Person set { age: 31 } where name = "Ann"');
    expect(await conflicts(graph)).toEqual([
      "schema_conflict node Person: bio was dropped, and brought back on one side alone: revert the drop on the other branch as well",
    ]);
    await graph.commits.revert(dropping?.id ?? "");
    await merge(graph);
    expect(await rowsOf(graph, "$p.name, $p.age, $p.bio")).toEqual([
      ["Ann", 31, "b"],
      ["Bob", 7, null],
    ]);
  });

  it("two things that would have one name", async () => {
    const graph = await forked();
    await edit(graph, "main", "bio: String?", "bio: String?  nick: String?");
    await edit(graph, "draft", "bio: String?", 'nick: String? @rename_from("bio")');
    expect(await conflicts(graph)).toEqual([
      expect.stringMatching(/^schema_conflict .*nick is declared already/u),
    ]);
  });

  it.each([
    ["a range of theirs that a row of ours breaks", "draft", "@range(age, 0..50)", "main"],
    ["a range of ours that a row of theirs breaks", "main", "@range(age, 0..50)", "draft"],
  ])("%s", async (_, constrained, constraint, written) => {
    const graph = await forked();
    await edit(graph, constrained, "bio: String?", `bio: String? ${constraint}`);
    await graph.mutate('insert Person { name: "Cyd", age: 51 }', null, { branch: written });
    expect(await conflicts(graph)).toEqual([
      expect.stringMatching(/^schema_conflict Person: .*@range.*"Cyd"/u),
    ]);
    await graph.mutate('update Person set { age: 50 } where name = "Cyd"', null, { branch: written });
    await merge(graph);
  });

  it("a property that one side requires, and rows of the other that lack it", async () => {
    const graph = await forked();
    await edit(graph, "draft", "age: I32?", "age: I32");
    await graph.mutate('insert Person { name: "Cyd" }');
    expect(await conflicts(graph)).toEqual([expect.stringMatching(/^schema_conflict Person\.age: .*"Cyd"/u)]);
  });
});

it("branches that reach the same schema by different orders are equal after merges in both directions", async () => {
  const graph = await forked();
  await edit(graph, "main", "bio: String?", "bio: String?  nick: String?");
  await edit(graph, "draft", "bio: String?", "bio: String?  rank: I32?");
  await merge(graph);
  await graph.branches.merge("main", { into: "draft" });
  await edit(graph, "main", "node Place", "node Pet { tag: String @key }\nnode Place");
  await graph.mutate('update Person set { rank: 4 } where name = "Ann"', null, { branch: "draft" });
  await merge(graph);
  expect((await graph.branches.merge("main", { into: "draft" })).outcome).toBe("fast_forward");
  const [ours, theirs] = await Promise.all(
    ["main", "draft"].map((branch) => graph.schema.catalog({ branch })),
  );
  expect(ours?.hash).toBe(theirs?.hash);
  expect(await rowsOf(graph, "$p.name, $p.rank")).toEqual([
    ["Ann", 4],
    ["Bob", null],
  ]);
});
