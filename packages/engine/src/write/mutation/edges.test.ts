import { beforeEach, describe, expect, it } from "vitest";
import { outcome, reasonOf, rowsOf, WriteGraph } from "../../../../../tests/support/graphs/write-graph.ts";

const SCHEMA = `
node Person { name: String @key }
edge Knows: Person -> Person { since: I32?  note: String? @unique }
edge Likes: Person -> Person { stars: I32  note: String?  @key(@src, @dst) }
`;

const DATA = [
  ...["ann", "bob", "cyd"].map((name) => ({ type: "Person", data: { name } })),
  { edge: "Knows", from: "ann", to: "bob", data: { id: "k1", since: 1 } },
  { edge: "Knows", from: "ann", to: "bob", data: { id: "k2", since: 2 } },
  { edge: "Knows", from: "ann", to: "cyd", data: { id: "k3", since: 3 } },
  { edge: "Knows", from: "bob", to: "cyd", data: { id: "k4" } },
  { edge: "Likes", from: "ann", to: "bob", data: { stars: 1 } },
]
  .map((line) => JSON.stringify(line))
  .join("\n");

let graph: WriteGraph;
beforeEach(async () => {
  graph = new WriteGraph(SCHEMA);
  await graph.load(DATA, "append");
});

const q = (body: string): string => `query q() { ${body} }`;

async function edges(type: string): Promise<readonly string[]> {
  const lines = (await graph.export([type])).split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const { from, to, data } = JSON.parse(line);
    const { id, ...rest } = data;
    return [id, `${from}-${to}`, ...Object.values(rest).map(String)].join(" ");
  });
}

describe("an edge is named by its id and its ends", () => {
  it("one of several between the same nodes is deleted by its id", async () => {
    expect(outcome(await graph.mutate(q('delete Knows where @id = "k2"')))).toEqual([0, 1, true]);
    expect(await edges("Knows")).toEqual(["k1 ann-bob null 1", "k3 ann-cyd null 3", "k4 bob-cyd null null"]);
  });

  it("those between two nodes are deleted, and no other of the same source", async () => {
    const draft = await graph.mutate(q('delete Knows where @src = "ann" and to = "bob"'));
    expect(outcome(draft)).toEqual([0, 2, true]);
    expect(await edges("Knows")).toEqual(["k3 ann-cyd null 3", "k4 bob-cyd null null"]);
  });

  it.each([
    ['@src = "ann" and @dst = "bob" and since > 1', ["k2"]],
    ['@dst = "cyd" and @src != "bob"', ["k3"]],
    ['@id >= "k3" and @dst contains "y"', ["k3", "k4"]],
    ['@id = "k1" and @src = "bob"', []],
    ['@src = "ann" and @src = "bob"', []],
    ['@src = "ann" and @dst = "nobody"', []],
    ['since >= 2 and @src starts_with "a" and since < 3', ["k2"]],
  ])("where %s", async (where, ids) => {
    const { changes } = await graph.evaluate(q(`delete Knows where ${where}`));
    const deleted = changes.rows.flatMap(({ before }) => rowsOf(graph.type("Knows"), before));
    expect(deleted.map(({ id }) => id)).toEqual(ids);
  });

  it("an edge is updated where it is, also one that the same mutation has inserted", async () => {
    const draft = await graph.mutate(
      q(`insert Knows { from: "cyd", to: "ann", id: "k5" }
         update Knows set { since: 9, note: "x" } where @src = "cyd" and @dst = "ann"
         update Knows set { since: 8 } where @id = "k1"
         update Knows set { since: 7 } where since >= 8`),
    );
    expect(outcome(draft)).toEqual([0, 5, true]);
    expect(await edges("Knows")).toContain("k1 ann-bob null 7");
    expect(await edges("Knows")).toContain("k5 cyd-ann x 7");
  });

  it("an update of edges keeps the constraints of their type", async () => {
    const body = 'update Knows set { note: "same" } where @src = "ann" and @dst = "bob"';
    expect(await reasonOf(graph.mutate(q(body)))).toBe("unique_violation");
  });

  it("a node is named by its id", async () => {
    expect(outcome(await graph.mutate(q('delete Person where @id = "cyd" and name = "cyd"')))).toEqual([
      1,
      2,
      true,
    ]);
  });

  it.each([
    ["a new edge that would have matched", 'insert Knows { from: "bob", to: "ann" }', true],
    ["a new edge with one of the ends", 'insert Knows { from: "bob", to: "bob" }', false],
    ["a new edge the other way", 'insert Knows { from: "ann", to: "bob" }', false],
  ])(
    "what finds nothing conflicts with %s as far as all its conditions hold",
    async (_, theirs, conflicts) => {
      const ours = await graph.evaluate(q('delete Knows where @src = "bob" and @dst = "ann"'));
      expect(outcome(ours)).toEqual([0, 0, false]);
      const { changes } = await graph.evaluate(q(theirs));
      expect(ours.conflictsWith(changes.rows, false)).toBe(conflicts);
    },
  );

  it("an update of an edge conflicts with one that deletes or changes it, or takes its end", async () => {
    const ours = await graph.evaluate(q('update Knows set { since: 5 } where @id = "k1"'));
    const conflicts = async (body: string): Promise<boolean> =>
      ours.conflictsWith((await graph.evaluate(q(body))).changes.rows, false);
    expect(await conflicts('delete Knows where @id = "k1"')).toBe(true);
    expect(await conflicts('update Knows set { since: 6 } where @src = "ann" and since = 1')).toBe(true);
    expect(await conflicts('delete Person where name = "bob"')).toBe(true);
    expect(await conflicts('delete Knows where @id = "k2"')).toBe(false);
  });
});

describe("an edge with a key", () => {
  it("has the JSON array of its ends as its id, and is replaced by another with the same ends", async () => {
    expect(await edges("Likes")).toEqual(['["ann","bob"] ann-bob null 1']);
    const again = await graph.mutate(q('insert Likes { from: "ann", to: "bob", stars: 5 }'));
    expect(outcome(again)).toEqual([0, 1, true]);
    expect(again.changes.rows).toMatchObject([{ updated: 1 }]);
    await graph.load('{"edge":"Likes","from":"bob","to":"ann","data":{"stars":2}}', "merge");
    await graph.load('{"edge":"Likes","from":"bob","to":"ann","data":{"stars":3,"note":"n"}}', "merge");
    expect(await edges("Likes")).toEqual(['["ann","bob"] ann-bob null 5', '["bob","ann"] bob-ann n 3']);
  });

  it("may be inserted before its ends, and twice in one mutation: the last one stays", async () => {
    const draft = await graph.mutate(
      q(`insert Likes { from: "dan", to: "ann", stars: 1 }
         insert Likes { from: "ann", to: "bob", stars: 2 }
         insert Person { name: "dan" }
         insert Likes { from: "dan", to: "ann", stars: 3 }
         delete Likes where @src = "ann"
         insert Likes { from: "ann", to: "bob", stars: 4 }`),
    );
    expect(outcome(draft)).toEqual([1, 5, true]);
    expect(await edges("Likes")).toEqual(['["ann","bob"] ann-bob null 4', '["dan","ann"] dan-ann null 3']);
  });

  it("has no id of its own, keeps its key, and is there once in an append", async () => {
    expect(
      await reasonOf(graph.mutate(q('insert Likes { id: "x", from: "ann", to: "cyd", stars: 1 }'))),
    ).toBe("query_invalid");
    const line = (rest: string): string =>
      `{"edge":"Likes","from":"ann","to":"bob"${rest},"data":{"stars":1}}`;
    expect(await reasonOf(graph.load(line(""), "append"))).toBe("key_conflict");
    expect(await reasonOf(graph.load(line(',"id":"other"'), "merge"))).toBe("load_invalid");
    expect(await reasonOf(graph.load(`${line("")}\n${line("")}`, "merge"))).toBe("load_invalid");
    await graph.load(line(String.raw`,"id":"[\"ann\",\"bob\"]"`), "merge");
  });

  it("two inserts of one key are in conflict, of others not", async () => {
    const insert = (to: string): string => q(`insert Likes { from: "cyd", to: "${to}", stars: 1 }`);
    const ours = await graph.evaluate(insert("ann"));
    const conflicts = async (to: string): Promise<boolean> =>
      ours.conflictsWith((await graph.evaluate(insert(to))).changes.rows, false);
    expect(await conflicts("ann")).toBe(true);
    expect(await conflicts("bob")).toBe(false);
  });
});
