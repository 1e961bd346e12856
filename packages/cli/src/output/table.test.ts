import { describe, expect, it } from "vitest";
import { cpuMs } from "../../../../tests/support/running/cpu-time.ts";
import { terminalOf as terminal } from "../../../../tests/support/cli/terminal.ts";
import { table, tablePieces } from "./table.ts";

const HEAD = ["name", "description"];
const ROWS = [
  ["a", "short"],
  ["b", "a text that is far longer than any narrow terminal is wide"],
];

describe("a table", () => {
  it("a table is cut to the width of the terminal, the widest column first", () => {
    const lines = table(HEAD, ROWS, terminal(30)).text.split("\n");
    expect(lines.every((line) => line.length <= 30)).toBe(true);
    expect(lines[0]).toMatch(/^name \| description/);
    expect(lines[3]).toMatch(/^b {4}\| a text that is far.*…$/);
  });

  it("a table is not cut where it fits, or where there is no terminal", () => {
    expect(table(HEAD, ROWS, terminal(null)).text).toContain(ROWS[1]?.[1]);
    expect(table(HEAD, ROWS, terminal(200)).text).toBe(table(HEAD, ROWS, terminal(null)).text);
  });

  it("a row stays in one line whatever its texts contain", () => {
    const { text } = table(["a"], [["two\nlines\u001b[31m\t\u0007"]], terminal(null));
    expect(text.split("\n")).toHaveLength(4);
    expect(text).toContain("two\\nlines\\u001b[31m\\t\\u0007");
  });

  it("numbers are aligned right, and nothing follows the last column", () => {
    const head = [{ name: "n", align: "right" as const }, "of"];
    expect(
      table(
        head,
        [
          ["5", "a"],
          ["1234", "bc"],
        ],
        terminal(null),
      ).text,
    ).toBe("   n | of\n-----+---\n   5 | a\n1234 | bc\n");
  });

  it("a column that must stay whole is never cut, however narrow the terminal is", () => {
    const id = "01M84CRWS90000000000000010";
    const head = [{ name: "commit", whole: true as const }, "message"];
    const lines = table(head, [[id, "a long message that has to be cut"]], terminal(40)).text.split("\n");
    expect(lines[2]).toBe(`${id} | a long mes…`);
    expect(table(head, [[id, "a long message"]], terminal(10)).text).toContain(`${id} | a lon…\n`);
  });

  it("widths are those of a terminal: wide letters take two columns, combining marks none, and no letter is cut in half", () => {
    const { text } = table(
      ["a", "b"],
      [
        ["日本語", "x"],
        ["e\u0301a", "y"],
        ["👩‍👩‍👧", "z"],
      ],
      terminal(null),
    );
    expect(text.split("\n").slice(2)).toEqual(["日本語 | x", "e\u0301a     | y", "👩‍👩‍👧     | z", ""]);
    expect(table(["a"], [["日本語日本語"]], terminal(8)).text).toContain("\n日本語…\n");
  });
});

describe("a table in pieces", () => {
  const COUNT = 2700;

  async function* rows(long: number): AsyncGenerator<readonly string[]> {
    for (let n = 0; n < COUNT; n++) yield [String(n), n === long ? "x".repeat(50) : "short"];
  }

  async function pieces(long: number, width: number | null): Promise<string[]> {
    const made: string[] = [];
    for await (const piece of tablePieces(HEAD, rows(long), terminal(width))) made.push(piece.text);
    return made;
  }

  it("a table in pieces equals a whole one where its first rows are the widest", async () => {
    const all: (readonly string[])[] = [];
    for await (const row of rows(3)) all.push(row);
    for (const width of [null, 40, 200]) {
      const made = await pieces(3, width);
      expect(made.length).toBeGreaterThan(2);
      const trimmed = (text: string): string => text.replaceAll(/ +$/gm, "");
      expect(trimmed(made.join(""))).toBe(trimmed(table(HEAD, all, terminal(width)).text));
    }
  });

  it("columns get wider where later rows need it, and nothing is cut", async () => {
    const lines = (await pieces(COUNT - 1, null)).join("").trimEnd().split("\n");
    expect(lines).toHaveLength(COUNT + 2);
    expect(lines.at(-1)).toBe(`2699 | ${"x".repeat(50)}`);
    expect(new Set(lines.slice(2).map((line) => line.indexOf("|")))).toEqual(new Set([5]));
  });

  it("a table in pieces is never wider than the terminal", async () => {
    const lines = (await pieces(COUNT - 1, 30)).join("").split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(30);
  });

  it("the time to draw a table is proportional to its rows", async () => {
    async function* many(count: number): AsyncGenerator<readonly string[]> {
      for (let n = 0; n < count; n++) yield [`name ${n}`, `some text about ${n}`];
    }
    const timeOf = async (count: number): Promise<number> => {
      const began = cpuMs();
      for await (const piece of tablePieces(HEAD, many(count), terminal(null))) void piece;
      return cpuMs() - began;
    };
    await timeOf(20_000);
    const [few, more] = [await timeOf(5_000), await timeOf(50_000)];
    expect(more).toBeLessThan(50 * few);
  });

  it("a table without rows is empty", async () => {
    async function* none(): AsyncGenerator<readonly string[]> {}
    for await (const piece of tablePieces(HEAD, none(), terminal(null))) expect(piece).toBe("never");
  });
});
