import { isError, LIMITS } from "@omnigraph/base";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryMutation } from "../../../../tests/support/generators/arbitrary-mutation.ts";
import { arbitraryRead } from "../../../../tests/support/generators/arbitrary-query.ts";
import { brokenTexts } from "../../../../tests/support/generators/broken-text.ts";
import { cpuMs } from "../../../../tests/support/running/cpu-time.ts";
import { catalogOf, FILMS, PAPERS } from "../../../../tests/support/graphs/sample-schemas.ts";
import { compileQueries } from "./compile.ts";
import { formatQueries } from "./format/format.ts";
import { lintSource } from "./lint.ts";

const films = catalogOf(FILMS);
const papers = catalogOf(PAPERS);

/** Compiles, lints and formats: whatever the text, only diagnostics may come of it. Answers how many. */
function survive(text: string): number {
  const source = { file: "q.gq", text };
  const { queries, diagnostics } = compileQueries(source, films);
  const found = [...diagnostics, ...queries.flatMap((query) => query.diagnostics)];
  for (const { query, diagnostics: own } of queries) {
    // Of very many findings only the first are kept.
    if (found.length < LIMITS.diagnostics.value) expect(query === null).toBe(own.length > 0);
    if (own.length > 0) expect(query).toBeNull();
  }
  for (const { span, remedy, excerpt } of found) {
    expect(span.start).toBeLessThanOrEqual(span.end);
    expect(span.end).toBeLessThanOrEqual(text.length);
    expect(remedy).not.toBe("");
    expect(excerpt).toContain("^");
  }
  expect(lintSource(source, films).json.status).toBe(found.length === 0 ? "ok" : "error");
  try {
    formatQueries(source);
    expect(diagnostics).toEqual([]);
  } catch (error) {
    if (!isError(error, "query_invalid")) throw error;
    expect(diagnostics).toHaveLength(1);
  }
  return found.length;
}

const valid = fc
  .oneof(arbitraryRead(films), arbitraryRead(papers), arbitraryMutation(films))
  .map(({ text }) => text);
const pieces = [
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  '"',
  "$",
  ":",
  ",",
  ".",
  "<",
  ">",
  "=",
  "//",
  "/*",
  "\\",
  "not",
  "match",
  "$n0",
  "{1,*}",
  "0",
  "\n",
  "🙂",
  "\u0000",
  "Person",
  "knows",
  "count(",
];

describe("broken sources give diagnostics only", () => {
  test("mutated queries give diagnostics and never another error", () => {
    fc.assert(
      fc.property(brokenTexts(valid, pieces), (text) => {
        survive(text);
      }),
      { numRuns: 2000 },
    );
  });

  test("words in any order give diagnostics and never another error", () => {
    const words = fc.array(
      fc.constantFrom(...pieces, "query a()", "return", "order", "$x: Film", "insert Note", "where text ="),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(words, (list) => {
        survive(list.join(" "));
      }),
      { numRuns: 1000 },
    );
  });

  test("random bytes give diagnostics and never another error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        survive(Buffer.from(bytes).toString());
      }),
      { numRuns: 1000 },
    );
  });
});

describe("hostile sources are refused in linear time", () => {
  const head = "query a() { match { $f: Film } return { ";
  const megabyte = (piece: string): string => piece.repeat(Math.ceil(1_000_000 / piece.length));
  const filled = (piece: string): string => piece.repeat(Math.ceil(300_000 / piece.length));
  const numbered = (count: number, show: (index: number) => string): readonly string[] =>
    Array.from({ length: count }, (_, index) => show(index));
  const characters = [...Array.from(' \n{}()[]$:,.<>="/\\*@a1_'), "é", "🙂"];

  test.each([
    ...characters.map((character) => [`a megabyte of ${JSON.stringify(character)}`, megabyte(character)]),
    ["a long string", `${head}"${megabyte("x")}" as x } }`],
    ["a string without end", `${head}"${megabyte("x")}`],
    ["a long comment", `/*${megabyte("* ")}*/`],
    ["a long number", `${head}${megabyte("1")} as x } }`],
    ["a long fraction", `${head}1.${megabyte("1")} as x } }`],
    ["a long name", `${head}$${megabyte("a")}.x } }`],
    ["deep blocks", `query a() { match { ${megabyte("not { ")}`],
    ["deep lists", `${head}${megabyte("[")}`],
    ["deep calls", `${head}${megabyte("count(")}`],
    ["many clauses", `query a() { match { ${filled("$f: Film ")} } return { $f.slug } }`],
    ["many traversals", `query a() { match { $p: Person ${filled("$p knows $_ ")} } return { $p.name } }`],
    [
      "a chain of untyped variables, its end first",
      `query a() { match { ${numbered(15_000, (i) => `$v${i} knows $v${i + 1}`)
        .toReversed()
        .join(" ")} } return { $v0.name } }`,
    ],
    [
      "many unknown names",
      `query a() { match { $p: Person } return { ${numbered(30_000, (i) => `$q${i}.x`).join(", ")} } }`,
    ],
    [
      "many unknown aliases",
      `query a() { match { $p: Person } return { ${numbered(10_000, (i) => `$p.name as a${i}`).join(", ")} } order { ${numbered(20_000, (i) => `b${i}`).join(", ")} } }`,
    ],
    ["many queries with errors", filled("query a() { match { $g: Ghost } return { $g.x } }\n")],
    ["many columns", `${head}${filled("$f.slug ")} } }`],
    ["a list that ends badly", `${head}[${filled("1, ")}`],
    [
      "a broken end of many queries",
      `${filled("query a() { match { $s: Studio } return { $s.code } }\n")}query`,
    ],
  ])("%s is judged in linear time", (_, text = "") => {
    const begun = cpuMs();
    survive(text);
    expect(cpuMs() - begun).toBeLessThan(20_000);
  });
});
