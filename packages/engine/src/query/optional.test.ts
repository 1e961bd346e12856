import { describe, expect, it } from "vitest";
import { ReadGraph } from "../../../../tests/support/graphs/read-graph.ts";

const SCHEMA = `
node Person { name: String @key  age: I32? }
node Pet { name: String @key  kind: String? }
edge Keeps: Person -> Pet { since: I32? }
edge Knows: Person -> Person
`;

const graph = new ReadGraph(SCHEMA);
await graph.load(
  [
    ...["ann", "bob", "cem"].map((name, at) => ({ type: "Person", data: { name, age: 30 + at } })),
    ...["rex", "tom"].map((name) => ({
      type: "Pet",
      data: { name, ...(name === "rex" ? { kind: "dog" } : {}) },
    })),
    { edge: "Keeps", from: "ann", to: "rex", data: { since: 2020 } },
    { edge: "Keeps", from: "ann", to: "tom" },
    { edge: "Keeps", from: "bob", to: "tom", data: { since: 2024 } },
    { edge: "Knows", from: "cem", to: "ann" },
  ]
    .map((line) => JSON.stringify(line))
    .join("\n"),
  "overwrite",
);
const rows: ReadGraph["rows"] = (text, parameters) => graph.rows(text, parameters);

describe("optional blocks", () => {
  it("a row stays where the block has no match, with nulls for what it binds", async () => {
    const text =
      "{ match { $p: Person optional { $p $k:keeps $t } } return { $p.name, $t, $t.kind, $k.since, $k.@src } order { $p.name, $t.name } }";
    expect(await rows(text)).toEqual([
      ["ann", "rex", "dog", 2020, "ann"],
      ["ann", "tom", null, null, "ann"],
      ["bob", "tom", null, 2024, "bob"],
      ["cem", null, null, null, null],
    ]);
  });

  it("conditions within the block decide what matches, those outside which rows stay", async () => {
    const within =
      '{ match { $p: Person optional { $p keeps $t  $t.kind = "dog" } } return { $p.name, $t } order { $p.name } }';
    expect(await rows(within)).toEqual([
      ["ann", "rex"],
      ["bob", null],
      ["cem", null],
    ]);
    const outside =
      '{ match { $p: Person optional { $p keeps $t } $t.kind = "dog" } return { $p.name, $t } }';
    expect(await rows(outside)).toEqual([["ann", "rex"]]);
    expect(
      await rows("{ match { $p: Person optional { $p keeps $t } $t is null } return { $p.name } }"),
    ).toEqual(["cem"]);
  });

  it("counts and sums leave out what is not there", async () => {
    const text =
      "{ match { $p: Person optional { $p $k:keeps $t } } return { $p.name, count($t) as pets, sum($k.since) as years } order { pets desc, $p.name } }";
    expect(await rows(text)).toEqual([
      ["ann", 2, 2020],
      ["bob", 1, 2024],
      ["cem", 0, null],
    ]);
  });

  it("a later block, and a block of not, go on from what may not be there", async () => {
    const chain =
      "{ match { $p: Person optional { $p knows $q } optional { $q keeps $t } } return { $p.name, $q, $t } order { $p.name, $t } }";
    expect(await rows(chain)).toEqual([
      ["ann", null, null],
      ["bob", null, null],
      ["cem", "ann", "rex"],
      ["cem", "ann", "tom"],
    ]);
    const without =
      "{ match { $p: Person optional { $p knows $q } not { $q keeps $t } } return { $p.name } order { $p.name } }";
    expect(await rows(without)).toEqual(["ann", "bob"]);
  });

  it("what nobody reads of a block is counted", async () => {
    const plan = graph.plan("{ match { $p: Person optional { $p keeps $t } } return { count($p) as n } }");
    expect(plan.print(graph.view)).toBe(
      "scan $p: Person\noptional\n  test $p: Person\n    count $p Keeps out $t",
    );
    expect(await rows("{ match { $p: Person optional { $p keeps $t } } return { count($p) as n } }")).toEqual(
      [4],
    );
  });
});
