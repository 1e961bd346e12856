import { isError } from "@omnigraph/base";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryQueryTree } from "../../../../../tests/support/generators/arbitrary-query-tree.ts";
import { parseQueries } from "../syntax/parse.ts";
import { formatQueries, printQueries } from "./format.ts";
import type { QueryFileNode } from "../syntax/tree.ts";

function format(text: string): string {
  return formatQueries({ file: "q.gq", text });
}

function parse(text: string): QueryFileNode {
  const parsed = parseQueries({ file: "q.gq", text });
  if (!parsed.ok) throw new Error(parsed.finding.message);
  return parsed.file;
}

/** A tree without its places. */
function shape(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(shape);
  if (typeof tree !== "object" || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([member]) => member !== "span")
      .map(([member, value]) => [member, shape(value)]),
  );
}

describe("over random trees", () => {
  test("parsing a printed tree gives the tree", () => {
    fc.assert(
      fc.property(arbitraryQueryTree, (tree) => {
        expect(shape(parse(printQueries(tree)))).toEqual(shape(tree));
      }),
      { numRuns: 1500 },
    );
  });

  test("formatting keeps the tree and every comment, and formatting again changes nothing", () => {
    const comment = fc.constantFrom("// note\n", "/* note */", "/* over\n two lines */", "\n\n", "\n");
    fc.assert(
      fc.property(
        arbitraryQueryTree,
        fc.array(fc.tuple(fc.nat(), comment), { maxLength: 8 }),
        (tree, insertions) => {
          const plain = printQueries(tree);
          let text = plain;
          for (const [where, inserted] of insertions) text = insertAtSpace(text, where, inserted);
          const once = format(text);
          expect(shape(parse(once))).toEqual(shape(tree));
          expect(once.split("note").length).toBe(text.split("note").length);
          expect(once.split("over").length).toBe(text.split("over").length);
          expect(format(once)).toBe(once);
        },
      ),
      { numRuns: 1500 },
    );
  });
});

/** Puts something in place of one of the spaces that stand outside strings and comments. */
function insertAtSpace(text: string, where: number, inserted: string): string {
  const tokens = text.match(/"(?:[^"\\]|\\[^])*"|\/\/[^\n]*\n?|\/\*[^]*?\*\/|[ \n]|[^ \n"/]+|[^]/gu) ?? [];
  const spaces = tokens.flatMap((token, index) => (token === " " || token === "\n" ? [index] : []));
  if (spaces.length === 0) return text;
  const at = spaces[where % spaces.length] ?? 0;
  return tokens.map((token, index) => (index === at ? ` ${inserted}${token}` : token)).join("");
}

describe("layout", () => {
  test("a comment between the words of a part goes before it, also behind another comment", () => {
    const text = "match { $f: Film } // one note\nreturn // another\n distinct // and more\n { $f.slug }";
    const laidOut = `match {
  $f: Film
} // one note
// another
// and more
return distinct { $f.slug }
`;
    expect(format(text)).toBe(laidOut);
    expect(format(laidOut)).toBe(laidOut);
  });

  test("a short query stays on the line that it was written on", () => {
    const text =
      "query a($n: I32?) { match { $f: Film $f.minutes > $n } return { $f.slug } order { $f.slug } limit 3 }\n";
    const tight = "query a( $n:I32? ){match{$f:Film $f.minutes>$n}return{$f.slug,}order{$f.slug}limit 3}";
    expect(format(tight)).toBe(text.length > 101 ? format(text) : text);
    expect(format(format(tight))).toBe(format(tight));
  });

  test("other queries are broken into lines, and comments stay at their places", () => {
    const source = `// films
query a($slug: String) @description("One film") { // first
  match { /* the film */ $f: Film { slug: $slug } // by key

    not { $f madeBy $s
      $s.code = "X" } // elsewhere
    // last
  }
  return { $f.slug, // key
    $f.title }
  limit 1 } // end
query b() { update Film set { minutes: 1 } where slug = "x" }
// done`;
    expect(format(source)).toBe(`// films
query a($slug: String) @description("One film") { // first
  match { /* the film */
    $f: Film { slug: $slug } // by key

    not {
      $f madeBy $s
      $s.code = "X"
    } // elsewhere
    // last
  }
  return {
    $f.slug, // key
    $f.title
  }
  limit 1
} // end

query b() { update Film set { minutes: 1 } where slug = "x" }
// done
`);
  });

  test("a part that is longer than a line is broken by its items", () => {
    const names = ["slug", "title", "minutes", "budget", "gross", "rating", "colour", "genre", "scores"];
    const columns = names.map((name) => `$film.${name}`);
    const text = `query a() { match { $film: Film } return { ${columns.join(" ")} } }`;
    expect(format(text)).toBe(
      `query a() {\n  match {\n    $film: Film\n  }\n  return {\n${columns.map((column) => `    ${column}`).join(",\n")}\n  }\n}\n`,
    );
  });

  test("a long head is broken by its parameters and annotations", () => {
    const text = `query a($first_name: String, $second_name: String, $third_name: String, $fourth_name: String, $e: I32) @instruction("Use it") { insert Note { text: $first_name } }`;
    expect(format(text)).toBe(`query a(
  $first_name: String,
  $second_name: String,
  $third_name: String,
  $fourth_name: String,
  $e: I32
)
  @instruction("Use it")
{
  insert Note { text: $first_name }
}
`);
  });

  test("a source of comments alone is formatted", () => {
    expect(format("")).toBe("");
    expect(format("/* a */ // b")).toBe("/* a */\n// b\n");
  });

  test("a source that cannot be parsed is refused", () => {
    expect(() => format("query a(")).toThrow(
      expect.toSatisfy((error: unknown) => isError(error, "query_invalid")),
    );
  });
});
