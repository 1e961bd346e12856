import { Readable, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { Terminal } from "../terminal.ts";
import { table } from "./table.ts";

const terminal = (width: number | null): Terminal => ({
  out: new Writable(),
  err: new Writable(),
  input: Readable.from([]),
  width,
  interactive: width !== null,
});
const HEAD = ["name", "description"];
const ROWS = [
  ["a", "short"],
  ["b", "a text that is far longer than any narrow terminal is wide"],
];

describe("a table", () => {
  it("is cut to the terminal, the widest column first", () => {
    const lines = table(HEAD, ROWS, terminal(30)).split("\n");
    expect(lines.every((line) => line.length <= 30)).toBe(true);
    expect(lines[0]).toMatch(/^name \| description/);
    expect(lines[3]).toMatch(/^b {4}\| a text that is far.*…$/);
  });

  it("is whole where it fits, and where there is no terminal", () => {
    expect(table(HEAD, ROWS, terminal(null))).toContain(ROWS[1]?.[1]);
    expect(table(HEAD, ROWS, terminal(200))).toBe(table(HEAD, ROWS, terminal(null)));
  });

  it("keeps a row in a line whatever the text holds", () => {
    const text = table(["a"], [["two\nlines\u001b[31m\t\u0007"]], terminal(null));
    expect(text.split("\n")).toHaveLength(4);
    expect(text).toContain("two\\nlines\\u001b[31m\\t\\u0007");
  });
});
