import { Omnigraph, OmnigraphError } from "omnigraph";
import { describe, expect, it } from "vitest";

const NODES = `node Person { name: String @key }
node Note { text: String }`;
const LIKES = "edge Likes: Person -> Person { stars: I32?  on: Date? }";
const KEYED = LIKES.replace("}", " @key(@src, @dst) }");

let graphs = 0;

async function filled(schema: string, likes: readonly object[] = []): Promise<Omnigraph> {
  const graph = await Omnigraph.init(`memory://edge-keys-${graphs++}`, { schema });
  const people = ["ann", "bob", "cyd"].map((name) => ({ type: "Person", data: { name } }));
  await graph.load([...people, ...likes.map((like) => ({ edge: "Likes", ...like }))], { mode: "append" });
  return graph;
}

function reasonIn(error: unknown): unknown {
  return error instanceof OmnigraphError ? error.reason : error;
}

async function likes(graph: Omnigraph): Promise<readonly unknown[]> {
  const { rows } = await graph.query(
    "match { $a $e:likes $b } return { $e.@id, $e.@src, $e.@dst, $e.stars } order { $e.@id }",
  );
  return rows.map((row) => Object.values(row));
}

const LINK = 'insert Likes { from: "ann", to: "bob", stars: 1 }';

describe("edges with a key and branches", () => {
  it("the same link that two branches add is one after the merge", async () => {
    await using graph = await filled(`${NODES}\n${KEYED}`);
    await graph.branches.create("draft");
    await graph.mutate(LINK);
    await graph.mutate(LINK, {}, { branch: "draft" });
    expect(await graph.branches.merge("draft")).toMatchObject({ outcome: "merged", resolved: [] });
    expect(await likes(graph)).toEqual([['["ann","bob"]', "ann", "bob", 1]]);
  });

  it("a link that two branches add with different properties is a conflict of these, and one that one of them deletes is gone", async () => {
    await using graph = await filled(`${NODES}\n${KEYED}`, [{ from: "cyd", to: "cyd" }]);
    await graph.branches.create("draft");
    await graph.mutate(LINK);
    await graph.mutate(LINK.replace("1", "2"), {}, { branch: "draft" });
    await graph.mutate('delete Likes where @src = "cyd" and @dst = "cyd"', {}, { branch: "draft" });
    const preview = await graph.branches.previewMerge("draft");
    expect(preview.conflicts).toMatchObject([
      { kind: "divergent_insert", type: "Likes", id: '["ann","bob"]', properties: ["stars"] },
    ]);
    await graph.branches.merge("draft", { strategy: "theirs" });
    expect(await likes(graph)).toEqual([['["ann","bob"]', "ann", "bob", 2]]);
  });

  it("an export of edges with a key can be loaded again", async () => {
    await using graph = await filled(`${NODES}\n${KEYED}`, [{ from: "ann", to: "ann" }]);
    await graph.mutate(LINK);
    const lines: string[] = [];
    for await (const piece of graph.export()) lines.push(Buffer.from(piece).toString());
    await using copy = await Omnigraph.init(`memory://edge-keys-${graphs++}`, {
      schema: `${NODES}\n${KEYED}`,
    });
    await copy.load(lines.join(""), { mode: "append" });
    expect(await likes(copy)).toEqual(await likes(graph));
  });
});

it("fsck finds nothing in a graph with keys of edges", async () => {
  const uri = `memory://edge-keys-${graphs++}`;
  await using graph = await Omnigraph.init(uri, { schema: `${NODES}\n${KEYED}` });
  await graph.load([{ type: "Person", data: { name: "ann" } }], { mode: "append" });
  await graph.mutate(LINK.replace("bob", "ann"));
  await graph.maintenance.optimize();
  await graph.mutate('update Likes set { stars: 2 } where @src = "ann"');
  expect((await Omnigraph.fsck(uri)).findings).toEqual([]);
});

describe("a plan that gives edges a key", () => {
  const plan = (graph: Omnigraph, edge = KEYED) => graph.schema.plan(`${NODES}\n${edge}`);

  it("lists the doubles", async () => {
    await using graph = await filled(`${NODES}\n${LIKES}`, [
      { from: "ann", to: "bob", id: "a" },
      { from: "ann", to: "bob", id: "b" },
      { from: "ann", to: "cyd", id: "c" },
    ]);
    const { supported, steps } = await plan(graph);
    expect(supported).toBe(false);
    expect(steps).toMatchObject([{ kind: "unsupported_change", entity: "Likes", code: null }]);
    const [step] = steps;
    const reason = step?.kind === "unsupported_change" ? step.reason : "";
    expect(reason).toMatch(/^edges have the same key: .*"b".*"a"/);
    expect(reason).not.toContain('"c"');
  });

  it("refuses edges whose ids are others, and says how they get those of the key", async () => {
    await using graph = await filled(`${NODES}\n${LIKES}`, [{ from: "ann", to: "bob", id: "a" }]);
    const { steps } = await plan(graph);
    expect(steps).toMatchObject([
      {
        kind: "unsupported_change",
        reason: expect.stringMatching(/load them without ids\): "a": its key is that of .*ann/),
      },
    ]);
  });

  it.each([
    ["there are no edges", []],
    ["the ids are those of the key", [{ from: "ann", to: "bob", id: '["ann","bob"]' }]],
  ])("is a step where %s", async (_, edges) => {
    await using graph = await filled(`${NODES}\n${LIKES}`, edges);
    expect((await plan(graph)).steps).toEqual([
      {
        kind: "add_constraint",
        constraint: { kind: "key", members: ["src", "dst"] },
        typeKind: "edge",
        typeName: "Likes",
      },
    ]);
  });

  it("and one that takes the key, or changes it, says so", async () => {
    await using graph = await filled(`${NODES}\n${KEYED}`, [{ from: "ann", to: "bob" }]);
    expect((await plan(graph, LIKES)).steps).toMatchObject([
      { kind: "drop_constraint", constraint: { kind: "key" } },
    ]);
    expect((await plan(graph)).steps).toEqual([]);
    const wider =
      "edge Likes: Person -> Person { stars: I32?  on: Date?  n: I32 @default(7)  @key(@src, @dst, n) }";
    expect((await plan(graph, wider)).steps).toMatchObject([
      { kind: "add_property" },
      { kind: "drop_constraint" },
      { kind: "unsupported_change", reason: expect.stringMatching(/its key is that of .*ann.*7/) },
    ]);
  });

  it("a constraint on a property that is new is looked at with its default", async () => {
    await using graph = await filled(`${NODES}\n${LIKES}`);
    const people = NODES.replace("@key", '@key  team: String @default("a") @unique');
    const { steps } = await graph.schema.plan(`${people}\n${LIKES}`);
    expect(steps).toMatchObject([{ kind: "add_property" }, { kind: "unsupported_change" }]);
  });
});

describe("a schema that gives edges a key, or takes it", () => {
  it("makes upserts of what is inserted from then on, in other handles and cold ones too", async () => {
    const uri = `memory://edge-keys-${graphs++}`;
    await using graph = await Omnigraph.init(uri, { schema: `${NODES}\n${LIKES}` });
    await using other = await Omnigraph.open(uri);
    await graph.load(
      [
        { type: "Person", data: { name: "ann" } },
        { type: "Person", data: { name: "bob" } },
      ],
      {
        mode: "append",
      },
    );
    expect(await likes(other)).toEqual([]);
    await graph.schema.apply(`${NODES}\n${KEYED}`);
    await other.mutate(LINK);
    await other.mutate(LINK.replace("1", "2"));
    await using cold = await Omnigraph.open(uri);
    await cold.load([{ edge: "Likes", from: "ann", to: "bob", data: { stars: 3 } }], { mode: "merge" });
    expect(await likes(graph)).toEqual([['["ann","bob"]', "ann", "bob", 3]]);
    expect((await Omnigraph.fsck(uri)).findings).toEqual([]);
  });

  it("is evaluated again where an edge without the key came first", async () => {
    await using graph = await filled(`${NODES}\n${LIKES}`);
    const [applied, written] = await Promise.allSettled([
      graph.schema.apply(`${NODES}\n${KEYED}`),
      graph.mutate(LINK),
    ]);
    // Whichever comes first, no edge has an id that is not of the key.
    expect(written.status).toBe("fulfilled");
    const ids = (await likes(graph)).map((row) => (Array.isArray(row) ? row[0] : null));
    const { supported, steps } = await graph.schema.plan(`${NODES}\n${KEYED}`);
    if (applied.status === "fulfilled") expect([ids, steps]).toEqual([['["ann","bob"]'], []]);
    else expect([supported, reasonIn(applied.reason)]).toEqual([false, "migration_unsupported"]);
  });

  it("edges keep their ids without it, and get it back where no other ones came", async () => {
    await using graph = await filled(`${NODES}\n${KEYED}`, [{ from: "ann", to: "bob" }]);
    await graph.schema.apply(`${NODES}\n${LIKES}`);
    await graph.mutate('update Likes set { stars: 4 } where @src = "ann"');
    await graph.schema.apply(`${NODES}\n${KEYED}`);
    await graph.mutate(LINK);
    expect(await likes(graph)).toEqual([['["ann","bob"]', "ann", "bob", 1]]);
    await graph.schema.apply(`${NODES}\n${LIKES}`);
    await graph.mutate(LINK);
    expect(await likes(graph)).toHaveLength(2);
    expect((await graph.schema.plan(`${NODES}\n${KEYED}`)).supported).toBe(false);
  });
});

describe("a key that a branch gives", () => {
  const wider = KEYED.replace("@dst", "@dst, year").replace("stars", "year: I32 @default(1)  stars");

  it.each([
    ["edges that the other side adds without it", KEYED, LIKES, /edges keep the ids that they have/],
    ["another key of the other side", KEYED, wider, /the type has a key already/],
  ])("is in conflict with %s", async (_, ours, theirs, message) => {
    await using graph = await filled(`${NODES}\n${LIKES}`);
    await graph.branches.create("draft");
    await graph.schema.apply(`${NODES}\n${ours}`);
    await graph.schema.apply(`${NODES}\n${theirs}`, { branch: "draft" });
    await graph.mutate(LINK, {}, { branch: "draft" });
    const { conflicts } = await graph.branches.previewMerge("draft");
    expect(conflicts).toMatchObject([{ kind: "schema_conflict", message: expect.stringMatching(message) }]);
  });

  it("and that the other side gives as well makes one edge of the link that both add", async () => {
    await using graph = await filled(`${NODES}\n${LIKES}`);
    await graph.branches.create("draft");
    for (const branch of ["main", "draft"]) {
      await graph.schema.apply(`${NODES}\n${KEYED}`, { branch });
      await graph.mutate(LINK, {}, { branch });
    }
    expect(await graph.branches.merge("draft")).toMatchObject({ outcome: "merged" });
    expect(await likes(graph)).toEqual([['["ann","bob"]', "ann", "bob", 1]]);
  });
});
