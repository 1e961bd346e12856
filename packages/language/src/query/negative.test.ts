import { describe, expect, test } from "vitest";
import { catalogOf, FILMS, PAPERS } from "../../../../tests/support/graphs/sample-schemas.ts";
import { compileQueries, compileQuery } from "./compile.ts";
import { formatQueries } from "./format/format.ts";
import type { ReadQuery } from "./ir/typed-query.ts";

const films = catalogOf(FILMS);

function columnsOf(columns: string): ReadQuery["columns"] {
  const text = `query a() { match { $f: Film } return { ${columns} } }`;
  const { query } = compileQuery({ file: "q.gq", text }, films);
  if (query.kind !== "read") throw new Error("not a read");
  return query.columns;
}

function problem(text: string, catalog = films): string | undefined {
  const { queries, diagnostics } = compileQueries({ file: "q.gq", text }, catalog);
  return [...diagnostics, ...queries.flatMap((query) => query.diagnostics)][0]?.message;
}

describe("negative literals", () => {
  test.each([
    ["-1", -1, "I64"],
    ["-9223372036854775808", -9223372036854775808n, "I64"],
    ["-9007199254740991", -9007199254740991, "I64"],
    ["-0", 0, "I64"],
    ["-0.0", -0, "F64"],
    ["-1.5e3", -1500, "F64"],
    ["- 1", -1, "I64"],
    ["--1", 1, "I64"],
    ["-(9223372036854775808)", -9223372036854775808n, "I64"],
    ["[-1, 2]", [-1, 2], "I64"],
    ["[-1, 0.5]", [-1, 0.5], "F64"],
  ])("%s has an exact value", (literal, value, scalar) => {
    const [column] = columnsOf(`${literal} as x`);
    expect(column?.expr).toMatchObject({ kind: "literal", type: { scalar } });
    expect(column?.expr.kind === "literal" && column.expr.value).toStrictEqual(value);
  });

  test("negative literals are allowed wherever a literal is, and are formatted as written", () => {
    const sources = [
      "query a() { match { $f: Film { budget: -1 } -5 < $f.minutes $f.rating > -0.5 } return { $f.slug, -1 as n } }",
      'query a() { insert Film { slug: "x", title: "t", minutes: -3, colour: true, scores: [-1, -2] } }',
      "query a() { update Film set { minutes: -3 } where budget < -9223372036854775808 }",
      "query a() { delete Film where rating = -0.0 }",
    ];
    for (const text of sources) {
      expect(problem(text), text).toBeUndefined();
      const formatted = formatQueries({ file: "q.gq", text });
      expect(formatted.replaceAll(/\s+/gu, " ").trim()).toBe(text);
    }
    const vector = "query a($s: String) { update Paper set { vec: [-1, 0.5, -0.25, 0] } where slug = $s }";
    expect(problem(vector, catalogOf(PAPERS))).toBeUndefined();
  });

  test.each([
    ["-9223372036854775809 as x", /no integer type holds -9223372036854775809/u],
    ["[-1, 18446744073709551615] as x", /no integer type holds all items/u],
    // A comma tells the columns apart.
    ["$f.minutes as y -1 as x", /stands where/u],
  ])("%s is refused", (columns, message) => {
    expect(problem(`query a() { match { $f: Film } return { ${columns} } }`)).toMatch(message);
  });

  test("negative literals are refused for unsigned properties, limits and bounds", () => {
    expect(problem("query a() { match { $f: Film { votes: -1 } } return { $f.slug } }")).toMatch(
      /-1 is out of range for U32/u,
    );
    expect(problem("query a() { match { $f: Film } return { $f.slug } limit -1 }")).toMatch(/stands where/u);
    expect(problem("query a() { match { $a knows{-1,2} $b } return { $b.name } }")).toMatch(/stands where/u);
  });
});
