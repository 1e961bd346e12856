import { describe, expect, test } from "vitest";
import { mutation, read } from "../../../../tests/support/graphs/compiled.ts";
import { catalogOf, PAPERS } from "../../../../tests/support/graphs/sample-schemas.ts";

const papers = catalogOf(PAPERS);

describe("mutations", () => {
  test("the ends of an edge and the id of a node without a key are no properties", () => {
    expect(
      mutation('insert Knows { from: $a, to: "b", closeness: 1 }', "$a: String").statements,
    ).toMatchObject([
      {
        kind: "insert_edge",
        id: null,
        from: { kind: "parameter", name: "a" },
        to: { value: "b" },
        assignments: [{ property: { name: "closeness" }, value: { value: 1, type: { scalar: "F64" } } }],
      },
    ]);
    expect(mutation('insert Note { id: "n9", text: "t" }').statements).toMatchObject([
      { kind: "insert_node", id: { value: "n9" }, assignments: [{ property: { name: "text" } }] },
    ]);
  });

  test("defaults may be left out, blobs are assigned by parameter, vectors by list", () => {
    const body =
      'insert Paper { slug: "s", title: "t", abstract: "a", year: 1, vec: [1, 0.5, 0, 0], scan: $b } update Paper set { scan: $b } where slug = "s"';
    const [insert] = mutation(body, "$b: Blob", papers).statements;
    if (insert?.kind !== "insert_node") throw new Error("no insert");
    const vector = insert.assignments.find(({ property }) => property.name === "vec")?.value;
    expect(vector).toMatchObject({ kind: "literal", value: Float32Array.from([1, 0.5, 0, 0]) });
  });

  test("where a node type and an edge type share a name, the ends tell that the edge is meant", () => {
    const shared = catalogOf("node Note { text: String } edge Note: Note -> Note { text: String }");
    const body =
      'insert Note { text: "x" } insert Note { from: "a", to: "b", text: "x" } delete Note where text = "x" delete Note where from = "a"';
    expect(mutation(body, "", shared).statements.map(({ kind, type }) => [kind, type.kind])).toEqual([
      ["insert_node", "node"],
      ["insert_edge", "edge"],
      ["delete", "node"],
      ["delete", "edge"],
    ]);
  });

  test("where compares a property or an end", () => {
    const body =
      'delete ActedIn where billing >= 1 delete Knows where to = "x" delete Film where tags contains "sea" delete Film where title starts_with "T"';
    expect(mutation(body).statements).toMatchObject([
      { kind: "delete", where: [{ field: { kind: "property" }, operator: ">=" }] },
      { kind: "delete", where: [{ field: { kind: "dst" }, operator: "=" }] },
      { kind: "delete", where: [{ operator: "contains_item" }] },
      { kind: "delete", where: [{ operator: "starts_with" }] },
    ]);
  });

  test("where joins conditions by `and`, over properties, the id and the ends", () => {
    const body = `
      delete Knows where @src = "a" and to = "b" and closeness < 0.5
      update Knows set { closeness: 1.0 } where @id = "k"
      update Film set { minutes: 1 } where @id >= "f" and title != "x"`;
    const fields = mutation(body).statements.map((statement) =>
      "where" in statement
        ? statement.where.flatMap((part) => ("field" in part ? [part.field.kind] : []))
        : [],
    );
    expect(fields).toEqual([["src", "dst", "property"], ["id"], ["id", "property"]]);
  });

  test("where takes `or`, `not`, parentheses, `in` and tests for null", () => {
    const body = `
      delete Film where not (minutes > 3 or rating is null) and title in ["x", "y"]
      delete Film where minutes < 3 or colour and not title contains "x"`;
    expect(mutation(body).statements).toMatchObject([
      {
        where: [
          { kind: "comparison", operator: "<=", negated: false },
          { kind: "is_null", negated: true },
          { kind: "comparison", operator: "contains_item" },
        ],
      },
      {
        where: [
          {
            kind: "or",
            parts: [
              { operator: "<" },
              { kind: "and", parts: [{ operator: "=" }, { operator: "contains_text", negated: true }] },
            ],
          },
        ],
      },
    ]);
  });

  test("`and` is a word like any other where a name stands", () => {
    const and = catalogOf("node Gate { and: Bool  or: Bool }");
    const body = "update Gate set { and: true } where and = false and or = true and and != true";
    expect(mutation(body, "", and).statements).toMatchObject([
      { where: [{ operator: "=" }, { operator: "=" }, { operator: "!=" }] },
    ]);
  });

  test("an end of an edge is the id of the node there, where the pattern fixes its direction", () => {
    const { columns } = read(
      "$p $w:knows $q  $a $b:<knows> $c",
      "return { $w.@id, $w.@dst, $b.@src, $q.@id as q }",
    );
    expect(columns.map(({ name, expr }) => [name, expr])).toMatchObject([
      ["w.@id", { variable: 1, field: { kind: "id" } }],
      ["w.@dst", { variable: 2, field: { kind: "id" } }],
      ["b.@src", { variable: 4, field: { kind: "src" } }],
      ["q", { variable: 2, field: { kind: "id" }, type: { scalar: "String", nullable: false } }],
    ]);
  });

  test("a parameter of another number type may be assigned; its range is checked when it runs", () => {
    expect(
      mutation("update Film set { minutes: $n, rating: $n } where minutes = $n", "$n: I64").statements,
    ).toHaveLength(1);
  });
});
