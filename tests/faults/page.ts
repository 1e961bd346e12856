import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { ROOT } from "../support/running/markdown.ts";
import { FAULTS } from "../support/simulation/faulty-store.ts";
import type { Tally } from "./matrix.suite.ts";
import { WRITERS } from "./writers.ts";

const PAGE = `${ROOT}docs/reference/fault-matrix.md`;
/** Stands in a cell where a writer makes no call that the fault could befall. */
const NONE = "–";

const INTRODUCTION = `# The fault matrix

Written by \`node scripts/write-fault-matrix.mjs\` from a run of [tests/faults](../../tests/faults/matrix.ts); the long part of the tests runs it again, and fails where
a writer, a fault or an empty cell differs.

Each writer of a graph is run once, and its calls of the store are counted. Then it is run again for each call and each fault that can befall that call, on a
copy of the same graph. A fresh handle must then find what was acknowledged, and the write either whole or not at all; a refusal means that it is not there; every table that
is left is named by a layout or an intent. The same write with the same op comes to the same result, once, and others write on. A cell has the number of cases that
passed on graphs in memory; ${NONE} means that the writer makes no such call. The long part runs local folders and S3 as well, with some of the gets, kills and pauses. [The write path](../write-path.md) says what each writer does, step by step.

| fault | what happens |
|---|---|
| put failed | the store refuses: nothing is put. For a table, nothing is staged |
| put done, answer lost | the object is there, and the writer hears nothing, or of a failure |
| put done too late | the writer hears nothing, goes on, and the put happens two calls later |
| disk full | from this put on, none has room |
| sync, delete, get, list failed | the store refuses this call |
| list stale | the listing is that of before the write |
| killed before, after the call | the process ends: no further call of it happens or is answered |
| paused for hours | the process stands still for six hours, by its own clock too, while another one writes to the graph |
`;

/** Writes the table of a kind of store into the page. */
export function writeTable(store: string, tally: Tally, nth: number): void {
  const sections = new Map(sectionsOf(existsSync(PAGE) ? readFileSync(PAGE, "utf8") : ""));
  const which = nth === 1 ? "every call" : `every ${nth}th call of a writer, and its last`;
  const note = `Failing gets, kills and pauses: at ${which}. All others: at every call.`;
  sections.set(store, `${note}\n\n${tableOf(tally)}`);
  const all = [...sections].map(([name, table]) => `## Faults in ${name}\n\n${table}`);
  writeFileSync(PAGE, `${[INTRODUCTION, ...all].join("\n").trimEnd()}\n`);
}

/** The table of a kind of store as the page has it: rows of cells, the header first. */
export function pageTable(store: string): readonly (readonly string[])[] {
  const table = new Map(sectionsOf(readFileSync(PAGE, "utf8"))).get(store) ?? "";
  return cellsOf(table);
}

/** What differs between a table and a run in other than the numbers of cases. */
export function isSameShape(table: readonly (readonly string[])[], tally: Tally): readonly string[] {
  const run = cellsOf(tableOf(tally));
  const shape = (cells: readonly string[]): string =>
    cells.map((cell) => (/^\d+$/.test(cell) ? "n" : cell)).join(" | ");
  const expected = run.map(shape);
  const found = table.map(shape);
  return expected
    .filter((row) => !found.includes(row))
    .concat(found.filter((row) => !expected.includes(row)));
}

/** The names of the writers and faults that the page has for a kind of store. */
export function namesOnPage(store: string): {
  readonly writers: readonly string[];
  readonly faults: readonly string[];
} {
  const [header = [], ...rows] = pageTable(store);
  return { writers: rows.map(([name = ""]) => withoutLink(name)), faults: header.slice(1) };
}

function tableOf(tally: Tally): string {
  const rows = WRITERS.flatMap(({ name, section }) => {
    const counts = tally.get(name);
    if (counts === undefined) return [];
    const cells = FAULTS.map((fault) => (counts[fault] === 0 ? NONE : String(counts[fault])));
    return [`| [${name}](../write-path.md#${section}) | ${cells.join(" | ")} |`];
  });
  const total = FAULTS.map((fault) => [...tally.values()].reduce((sum, counts) => sum + counts[fault], 0));
  return [
    `| writer | ${FAULTS.join(" | ")} |`,
    `|---${"|---:".repeat(FAULTS.length)}|`,
    ...rows,
    `| all | ${total.join(" | ")} |`,
    "",
  ].join("\n");
}

function sectionsOf(page: string): readonly (readonly [string, string])[] {
  return page
    .split(/^## Faults in /m)
    .slice(1)
    .map((section) => {
      const end = section.indexOf("\n");
      return [section.slice(0, end), section.slice(end).trim() + "\n"] as const;
    });
}

function cellsOf(table: string): readonly (readonly string[])[] {
  return table
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

function withoutLink(cell: string): string {
  return /^\[([^\]]*)\]/.exec(cell)?.[1] ?? cell;
}
