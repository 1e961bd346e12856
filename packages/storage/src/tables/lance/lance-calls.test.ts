import type { Value } from "@omnigraph/base";
import { expect, test } from "vitest";
import { columnOf, idColumn } from "../../rows/builder.ts";
import type { ColumnType, TextColumn } from "../../rows/column.ts";
import { constantColumn } from "../../rows/select.ts";
import type { NamedColumn } from "./arrow-messages.ts";
import { lanceCalls } from "./lance-calls.ts";

const WIDE: ColumnType = { scalar: "F32", list: false, dimension: 1536 };
const VECTOR_BYTES = 1536 * 4;
const MEBIBYTE = 1 << 20;

function named(name: string, column: NamedColumn["column"]): NamedColumn {
  return { name, column, nullable: name !== "id" };
}

test("a table is handed to Lance in calls that hold each row once, and no more vectors, null or not, than the limit", () => {
  const rows = 60_000;
  const values: Value[] = Array.from({ length: rows }, (_, i) =>
    i >= 30_000 && i % 1000 === 0 ? new Float32Array(1536) : null,
  );
  const columns = [named("id", idColumn(values.map((_, i) => `${i}`))), named("v", columnOf(WIDE, values))];
  let at = 0;
  for (const { start, end, columns: held } of lanceCalls(columns, rows)) {
    expect(start).toBe(at);
    expect(end).toBeGreaterThan(start);
    const hasVector = values.slice(start, end).some((value) => value !== null);
    expect(held.map(({ name }) => name)).toEqual(hasVector ? ["id", "v"] : ["id"]);
    if (hasVector) expect((end - start) * VECTOR_BYTES).toBeLessThanOrEqual(6 * MEBIBYTE);
    at = end;
  }
  expect(at).toBe(rows);
});

test("vector columns that are all null do not split a table, and an empty table is one call of all columns", () => {
  const columns = (rows: number): readonly NamedColumn[] => [
    named("v", constantColumn(WIDE, null, rows)),
    named("n", constantColumn({ scalar: "I32", list: false, dimension: null }, 1, rows)),
  ];
  expect([...lanceCalls(columns(1_000_000), 1_000_000)]).toMatchObject([
    { start: 0, end: 1_000_000, columns: [{ name: "n" }] },
  ]);
  expect([...lanceCalls(columns(0), 0)]).toMatchObject([
    { start: 0, end: 0, columns: [{ name: "v" }, { name: "n" }] },
  ]);
});

/** Texts of one mebibyte each. Lengths alone decide: the bytes need not be there. */
function texts(rows: number): TextColumn {
  const offsets = Uint32Array.from({ length: rows + 1 }, (_, i) => i * MEBIBYTE);
  return { kind: "text", length: rows, validity: null, offsets, bytes: new Uint8Array(0) };
}

function ends(column: NamedColumn["column"]): readonly number[] {
  return Array.from(lanceCalls([named("t", column)], column.length), ({ end }) => end);
}

test("texts are split into small calls, also those of dictionaries and lists", () => {
  expect(ends(texts(16))).toEqual([5, 10, 15, 16]);
  const offsets = Uint32Array.from({ length: 9 }, (_, i) => 2 * i);
  expect(ends({ kind: "list", length: 8, validity: null, rank: null, offsets, items: texts(16) })).toEqual([
    2, 4, 6, 8,
  ]);
  const codes = new Uint32Array(32);
  expect(ends({ kind: "dictionary", length: 32, validity: null, codes, dictionary: texts(1) })[0]).toBe(5);
});

test("calls grow with the table so that there are few of them, up to a limit", () => {
  const calls = (rows: number): number => ends(texts(rows)).length;
  expect(calls(1024)).toBeLessThanOrEqual(256);
  expect(calls(3000)).toBeLessThanOrEqual(256);
  expect(Math.max(...ends(texts(3000)).map((end, i, all) => end - (all[i - 1] ?? 0)))).toBeLessThan(64);
});
