import { systemEnvironment } from "@omnigraph/base";
import {
  checkSchema,
  compileSchema,
  decodeSchema,
  encodeSchema,
  formatSchema,
  ulidMint,
} from "@omnigraph/language";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Diagnostics } from "../../packages/language/src/text/diagnostics.ts";
import { printSchema } from "../../packages/language/src/schema/format/format.ts";
import { parseSchema } from "../../packages/language/src/schema/syntax/parse.ts";
import { brokenTexts } from "../support/generators/broken-text.ts";
import { schemaSource, schemaTree } from "../support/generators/arbitrary-schema.ts";

const RUNS = 300;

function parse(text: string): unknown {
  const diagnostics = new Diagnostics({ file: "s.pg", text });
  const file = parseSchema({ file: "s.pg", text }, diagnostics);
  expect(diagnostics.list()).toEqual([]);
  return withoutSpans(file);
}

/** A tree without places, which differ between a tree that was made and one that was parsed. */
function withoutSpans(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSpans);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([name]) => !["span", "open", "close"].includes(name));
  return Object.fromEntries(members.map(([name, member]) => [name, withoutSpans(member)]));
}

/** What a text says without its comments and white space, and its comments in order. */
function essence(text: string): { readonly comments: readonly string[]; readonly tokens: string } {
  const comments: string[] = [];
  const tokens = text.replaceAll(/"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[^]*?\*\//gu, (piece) => {
    if (piece.startsWith('"')) return piece;
    comments.push(piece.trimEnd());
    return " ";
  });
  return { comments: comments.toSorted(), tokens: tokens.replaceAll(/\s+/gu, "") };
}

describe("random schemas", () => {
  test("random schemas parse to the tree that was printed", () => {
    fc.assert(
      fc.property(fc.gen(), (pick) => {
        const tree = schemaTree(pick);
        expect(parse(printSchema(tree))).toEqual(withoutSpans(tree));
      }),
      { numRuns: RUNS },
    );
  });

  test("random schemas compile, and come back from their stored form equal and byte for byte", () => {
    fc.assert(
      fc.property(fc.gen(), (pick) => {
        const source = { file: "s.pg", text: schemaSource(pick) };
        const catalog = compileSchema(source, ulidMint(systemEnvironment));
        const bytes = encodeSchema(catalog);
        const again = decodeSchema(bytes);
        expect(again).toEqual(catalog);
        expect(encodeSchema(again)).toEqual(bytes);
        expect(again.source).toBe(source.text);
      }),
      { numRuns: RUNS / 2 },
    );
  });

  test("random schemas keep every comment where they are formatted, and formatting again changes nothing", () => {
    const gap = fc.constantFrom(
      " ",
      "\n",
      "\n\n\n",
      " // a \n",
      "\n// b\n\n",
      " /* c */ ",
      "\n/* d\n  e */\n",
      "\t//\r\n",
    );
    fc.assert(
      fc.property(fc.gen(), (pick) => {
        const pieces = schemaSource(pick).match(/"(?:\\.|[^"\\])*"|[A-Za-z0-9_.-]+|->|\s+|[^]/gu) ?? [];
        const text = pieces.map((piece) => (/^\s+$/u.test(piece) ? pick(() => gap) : piece)).join("");
        const formatted = formatSchema({ file: "s.pg", text });
        expect(essence(formatted)).toEqual(essence(text));
        expect(formatSchema({ file: "s.pg", text: formatted })).toBe(formatted);
        expect(parse(formatted)).toEqual(parse(text));
      }),
      { numRuns: RUNS },
    );
  });
});

describe("broken sources", () => {
  test("mutated schemas give findings or a catalog, and formatting an error of the schema or a text", () => {
    const tokens = [
      "{",
      "}",
      "(",
      ")",
      "[",
      "]",
      '"',
      "\\",
      "/*",
      "//",
      "@",
      "..",
      "->",
      ":",
      "?",
      "-",
      "9",
      "é",
      "@key",
      "node ",
    ] as const;
    let broken = 0;
    fc.assert(
      fc.property(brokenTexts(fc.gen().map(schemaSource), tokens), (text) => {
        const { diagnostics, catalog } = checkSchema({ file: "s.pg", text });
        expect(catalog === null).toBe(diagnostics.some(({ severity }) => severity === "error"));
        if (catalog === null) broken++;
        for (const { span, line, column } of diagnostics) {
          expect(span.start).toBeLessThanOrEqual(span.end);
          expect(span.end).toBeLessThanOrEqual(text.length);
          expect(line).toBeGreaterThan(0);
          expect(column).toBeGreaterThan(0);
        }
      }),
      { numRuns: RUNS },
    );
    expect(broken).toBeGreaterThan(RUNS / 2);
  });

  test("random characters give findings", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
        const { diagnostics, catalog } = checkSchema({ file: "s.pg", text });
        expect(catalog === null).toBe(diagnostics.length > 0);
      }),
      { numRuns: RUNS },
    );
  });

  test.each(["[]", "()", "{}"])("nesting of %s has a limit", (pair) => {
    const [open = "", close = ""] = pair;
    const text = `node A { x: ${open.repeat(100_000)}I32${close.repeat(100_000)} }`;
    const { diagnostics } = checkSchema({ file: "s.pg", text });
    // The brace of the body is the first level, so the 64th of these is one too many.
    expect(diagnostics).toMatchObject([{ code: "S000", line: 1, column: 13 + 63 }]);
  });
});
