import { isError } from "@omnigraph/base";
import { describe, expect, test } from "vitest";
import { catalogOf, FILMS } from "../../../../tests/support/graphs/sample-schemas.ts";
import { compileQuery } from "./compile.ts";
import { formatQueries } from "./format/format.ts";
import { lintSource } from "./lint.ts";

const films = catalogOf(FILMS);

describe("text without a query around it", () => {
  const compile = (text: string, name?: string): unknown => {
    try {
      return compileQuery({ file: "<text>", text }, films, name).query;
    } catch (error) {
      return isError(error) ? { reason: error.reason, message: error.message } : error;
    }
  };

  test("a bare text is a query without parameters, called `query` or `mutation`", () => {
    expect(compile("match { $f: Film } return { $f.slug } order { $f.slug } limit 2")).toMatchObject({
      kind: "read",
      name: "query",
      parameters: [],
      limit: 2,
    });
    expect(compile('// two\ninsert Note { text: "a" } delete Note where text = "b"')).toMatchObject({
      kind: "mutation",
      name: "mutation",
      statements: [{ kind: "insert_node" }, { kind: "delete" }],
    });
  });

  test("a bare query cannot be asked for by name", () => {
    expect(compile("match { $f: Film } return { $f.slug }", "query")).toMatchObject({
      reason: "query_not_found",
      message: expect.stringContaining("Leave the name out"),
    });
  });

  test("a bare query must be alone in its source", () => {
    const both = 'insert Note { text: "a" } query q() { match { $f: Film } return { $f.slug } }';
    expect(compile(both)).toMatchObject({ message: expect.stringContaining("`query` stands where") });
  });

  test.each([
    ["match { $f: Film { minutes: $n } } return { $f.slug }", "query q($n: I32) { … }"],
    ["match { $f: Film { tags: $n } } return { $f.slug }", "query q($n: String) { … }"],
    ["match { $f: Film $f.slug = $n } return { $f.slug }", "query q($n: Type) { … }"],
    ["insert Note { text: $n }", "query q($n: String) { … }"],
    ['update Film set { rating: $n } where slug = "x"', "query q($n: F64?) { … }"],
    ["delete Film where genre = $n", "query q($n: String) { … }"],
    ["delete Directed where from = $n", "query q($n: String) { … }"],
  ])("the remedy for %s shows the head that declares the parameter", (text, head) => {
    expect(compile(text)).toMatchObject({
      reason: "query_invalid",
      message: expect.stringContaining(`put \`${head}\` around the text`),
    });
  });

  test("the remedy for a query with a head shows that head with the parameter added", () => {
    const text = "query named($a: I32) { match { $f: Film { minutes: $a, slug: $key } } return { $f.slug } }";
    expect(compile(text)).toMatchObject({
      message: expect.stringContaining("Declare it: `query named(…, $key: String)`."),
    });
  });

  test("a bare query is formatted without a head, with its comments", () => {
    const format = (text: string): string => formatQueries({ file: "q.gq", text });
    expect(format("match{$f:Film}return{$f.slug,}limit 3")).toBe(
      "match { $f: Film } return { $f.slug } limit 3\n",
    );
    const long = "// all\nmatch { $f: Film\n // by key\n } return { $f.slug } // done\ninsert";
    expect(format(long.replace("\ninsert", ""))).toBe(
      "// all\nmatch {\n  $f: Film\n  // by key\n}\nreturn { $f.slug } // done\n",
    );
    expect(format('insert Note { text: "a" }\n\n  delete Note where text = "b"')).toBe(
      'insert Note { text: "a" }\n\ndelete Note where text = "b"\n',
    );
  });

  test("a bare query is linted by that name, and not warned for having no parameters", () => {
    const { json } = lintSource({ file: "q.gq", text: 'insert Note { text: "a" }' }, films);
    expect(json).toMatchObject({
      status: "ok",
      warnings: 0,
      results: [{ name: "mutation", kind: "mutation" }],
    });
  });
});
