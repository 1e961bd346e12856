import { readFileSync, writeFileSync } from "node:fs";
import { ROOT } from "../support/running/markdown.ts";
import { FAULTS, type FaultName } from "../support/simulation/faulty-store.ts";
import type { Sample } from "./matrix.ts";
import type { Tally } from "./matrix.suite.ts";
import { type StoreKind, STORES } from "./places.ts";
import { WRITERS } from "./writers.ts";

const PAGE = `${ROOT}docs/reference/fault-matrix.md`;
/** Stands in a cell where a writer makes no call that the fault could befall. */
const NONE = "–";
/** What stands before the number of cases in a kind of store. */
const LETTERS: Readonly<Record<StoreKind, string>> = { memory: "m", local: "l", S3: "s" };

/** Numbers of cases in each kind of store, by writer and fault. */
type Cells = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<StoreKind, number>>>;

const INTRODUCTION = `# The fault matrix

Written by \`node scripts/write-fault-matrix.mjs\` from a run of [tests/faults](../../tests/faults/matrix.ts); the long part of the tests runs it again, and fails where
a writer, a fault or an empty cell differs.

Each writer of a graph is run once, and its calls of the store are counted. Then it is run again for each call and each fault that can befall that call, on a
copy of the same graph. A fresh handle must then find what was acknowledged, and the write either whole or not at all; a refusal means that it is not there, but for maintenance
and copies, whose next call goes on; every table that is left is named by a layout or an intent, and \`fsck\` finds nothing but what was to be repaired. The same write with the same op comes to the same
result, once, and others write on. [The write path](../write-path.md) says what each writer does, step by step.

A cell has the number of cases that passed on graphs in memory (m) and in a local folder (l); ${NONE} means that the writer makes no such call, or has none of its work
there: memory holds no Lance tables that could be indexed, or written to by others. Some of the writers run on an S3 server as well.

| fault | what happens |
|---|---|
| put failed | the store refuses: nothing is put. For a table or an index, nothing is written |
| put done, answer lost | the object is there, and the writer hears nothing, or of a failure |
| put done too late | the writer hears nothing, goes on, and the put happens two calls later |
| disk full | from this put on, none has room |
| sync, delete, get, list failed | the store refuses this call |
| list stale | the listing is that of before the write |
| killed before, after the call | the process ends: no further call of it happens or is answered |
| paused for hours | the process stands still for six hours, by its own clock too, while another one writes to the graph |
| clock set back, on | the wall clock of the process is set five hours back, or on, during the write |
`;

/** Writes the rows that ran in a kind of store into the page. What ran elsewhere stays. */
export function writePage(store: StoreKind, tally: Tally, sample: Sample): void {
  const page = readFileSync(PAGE, "utf8");
  const notes = new Map(notesOf(page));
  notes.set(store, noteOf(sample));
  const lines = STORES.flatMap((kind) => {
    const note = notes.get(kind);
    return note === undefined ? [] : [`- ${kind}: ${note}`];
  });
  const table = tableOf(withRun(cellsOf(page), store, tally));
  writeFileSync(PAGE, `${[INTRODUCTION, "## Cases\n", ...lines, "", table].join("\n").trimEnd()}\n`);
}

/** Where a run differs from the page in other than the numbers of cases. */
export function differences(store: StoreKind, tally: Tally): readonly string[] {
  const page = cellsOf(readFileSync(PAGE, "utf8"));
  const found: string[] = [];
  for (const name of new Set([...page.keys(), ...tally.keys()])) {
    for (const fault of FAULTS) {
      const isThere = (page.get(name)?.get(fault)?.get(store) ?? 0) > 0;
      if (isThere !== (tally.get(name)?.[fault] ?? 0) > 0)
        found.push(`${name}, ${fault}: ${isThere ? "only on the page" : "not on the page"}`);
    }
  }
  return found;
}

/** The names of the writers and faults that the page has. */
export function namesOnPage(): { readonly writers: readonly string[]; readonly faults: readonly string[] } {
  const [header = [], ...rows] = rowsOf(readFileSync(PAGE, "utf8"));
  return { writers: rows.map(([name = ""]) => withoutLink(name)), faults: header.slice(1) };
}

function noteOf({ nth, all }: Sample): string {
  if (nth === 1) return "every fault at every call.";
  const few = `at the first call that each can befall, every ${nth}th after that, and the last`;
  return all
    ? `every fault ${few}.`
    : `failing gets, kills, pauses and clocks ${few}; all others at every call.`;
}

function notesOf(page: string): readonly (readonly [StoreKind, string])[] {
  return STORES.flatMap((kind) => {
    const [, note] = new RegExp(`^- ${kind}: (.*)$`, "m").exec(page) ?? [];
    return note === undefined ? [] : [[kind, note] as const];
  });
}

function withRun(cells: Cells, store: StoreKind, tally: Tally): Cells {
  const run = new Map<string, Map<string, ReadonlyMap<StoreKind, number>>>();
  for (const { name } of WRITERS) {
    const row = new Map<string, ReadonlyMap<StoreKind, number>>();
    for (const fault of FAULTS) {
      const cell = new Map(cells.get(name)?.get(fault));
      const count = tally.get(name)?.[fault];
      if (count !== undefined) cell.set(store, count);
      row.set(fault, cell);
    }
    run.set(name, row);
  }
  return run;
}

function tableOf(cells: Cells): string {
  const rows = WRITERS.map(({ name, section }) => {
    const row = FAULTS.map((fault) => textOf((store) => cells.get(name)?.get(fault)?.get(store) ?? 0));
    return `| [${name}](../write-path.md#${section}) | ${row.join(" | ")} |`;
  });
  const sum = (fault: FaultName, store: StoreKind): number =>
    [...cells.values()].reduce((total, row) => total + (row.get(fault)?.get(store) ?? 0), 0);
  const sums = FAULTS.map((fault) => textOf((store) => sum(fault, store)));
  return [
    `| writer | ${FAULTS.join(" | ")} |`,
    `|---${"|---:".repeat(FAULTS.length)}|`,
    ...rows,
    `| all | ${sums.join(" | ")} |`,
  ].join("\n");
}

function textOf(count: (store: StoreKind) => number): string {
  const parts = STORES.filter((store) => count(store) > 0).map((store) => `${LETTERS[store]}${count(store)}`);
  return parts.length === 0 ? NONE : parts.join(" ");
}

/** What the table of the page says. */
function cellsOf(page: string): Cells {
  const [header = [], ...rows] = rowsOf(page);
  return new Map(
    rows
      .map(([name = "", ...cells]) => {
        const row = cells.map((cell, i) => [header[i + 1] ?? "", countsOf(cell)] as const);
        return [withoutLink(name), new Map(row)] as const;
      })
      .filter(([name]) => name !== "all"),
  );
}

function countsOf(cell: string): ReadonlyMap<StoreKind, number> {
  return new Map(
    STORES.flatMap((store) => {
      const [, count] = new RegExp(`(?:^| )${LETTERS[store]}(\\d+)`).exec(cell) ?? [];
      return count === undefined ? [] : [[store, Number(count)] as const];
    }),
  );
}

/** The rows of the table, the header first. */
function rowsOf(page: string): readonly (readonly string[])[] {
  const table = page.slice(page.indexOf("\n| writer |") + 1);
  if (!table.startsWith("| writer |")) return [];
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
