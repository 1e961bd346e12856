import { LIMITS } from "@omnigraph/base";
import { describe, expect, test } from "vitest";
import { Diagnostics, formatDiagnostic } from "./diagnostics.ts";
import { guardSource } from "./guard.ts";

function excerpt(text: string, start: number, end: number): string {
  const diagnostics = new Diagnostics({ file: "s", text });
  diagnostics.error("X", { start, end }, "m", "r");
  return diagnostics.list()[0]?.excerpt ?? "";
}

describe("a diagnostic", () => {
  test("a diagnostic shows its place, its line and its remedy", () => {
    const text = "one\r\n\ttwo 🙂 three\r\nfour";
    const diagnostics = new Diagnostics({ file: "s.pg", text });
    const start = text.indexOf("three");
    diagnostics.error("X-1", { start, end: start + 5 }, "what is wrong", "What to do.");
    expect(diagnostics.list().map(formatDiagnostic)).toEqual([
      "s.pg:2:8: error[X-1]: what is wrong\n  2 | \ttwo 🙂 three\n    | \t      ^^^^^\n  help: What to do.",
    ]);
  });

  test("a diagnostic marks one column for an empty span, and the first line of several", () => {
    expect(excerpt("", 0, 0)).toBe("  1 | \n    | ^");
    expect(excerpt("ab\ncd", 1, 5)).toBe("  1 | ab\n    |  ^");
    expect(excerpt("ab\n", 3, 3)).toBe("  2 | \n    | ^");
  });

  test("a diagnostic shows a part of a long line", () => {
    const shown = excerpt(`${"x".repeat(5000)}bad${"y".repeat(5000)}`, 5000, 5003).split("\n");
    expect(shown[0]).toMatch(/^ {2}1 \| …x{59}badx*y{58}…$/u);
    expect(shown[1]?.indexOf("^")).toBe(shown[0]?.indexOf("bad"));
    expect(excerpt("z".repeat(1 << 20), 0, 1 << 20).length).toBeLessThan(250);
  });

  test("equal diagnostics are kept once, in the order of the source, up to the limit", () => {
    const diagnostics = new Diagnostics({ file: "s", text: "x".repeat(1000) });
    diagnostics.warning("W", { start: 900, end: 901 }, "late", "");
    for (let at = 0; at < 150; at++) {
      diagnostics.error("X", { start: 2 * at, end: 2 * at + 1 }, "m", "r");
      diagnostics.error("X", { start: 2 * at, end: 2 * at + 1 }, "m", "r");
    }
    const listed = diagnostics.list();
    expect(listed).toHaveLength(LIMITS.diagnostics.value);
    expect(listed.at(-1)?.code).toBe("W");
    expect(listed.slice(0, 3).map(({ column }) => column)).toEqual([1, 3, 5]);
  });

  test("a warning is no error", () => {
    const diagnostics = new Diagnostics({ file: "s", text: "x" });
    diagnostics.warning("W", { start: 0, end: 1 }, "m", "r");
    expect(diagnostics.hasErrors).toBe(false);
    expect(() => diagnostics.throwIfErrors("schema_invalid")).not.toThrow();
    diagnostics.error("E", { start: 0, end: 1 }, "m", "r");
    expect(() => diagnostics.throwIfErrors("schema_invalid")).toThrow(/^s:1:1: error\[E\]: m\n/u);
  });
});

describe("the guard before parsing", () => {
  const guard = (text: string): readonly [string, number] | null => {
    const finding = guardSource({ file: "s", text }, "S000");
    return finding === null ? null : [finding.message, finding.span.start];
  };

  test("the guard accepts balanced brackets, strings and comments", () => {
    const deep = "(".repeat(LIMITS.nestingDepth.value);
    expect(guard(`${deep}${")".repeat(64)}${deep}`)).toBeNull();
    expect(
      guard(`"${"(".repeat(100)}\\"" // ${"[".repeat(100)}\n/* ${"{".repeat(100)} */ ${deep}`),
    ).toBeNull();
    expect(guard("// an end without a newline")).toBeNull();
  });

  test("the guard refuses a source that is too deep, too large or unterminated, with its place", () => {
    expect(guard("([{".repeat(30))).toEqual(["brackets are nested too deep: at most 64 levels are read", 64]);
    expect(guard('a "b\\"')).toEqual(["the string that begins here has no end", 2]);
    expect(guard("a /* b *")).toEqual(["the comment that begins here has no end", 2]);
    expect(guard("é".repeat(LIMITS.sourceBytes.value / 2 + 1))?.[0]).toMatch(
      /^the source is too large: 4194306 bytes/u,
    );
  });
});
