import type { Value } from "@omnigraph/base";
import { expect, test } from "vitest";
import { columnOf, idColumn } from "../../rows/builder.ts";
import type { ColumnType, TextColumn } from "../../rows/column.ts";
import { constantColumn } from "../../rows/select.ts";
import type { NamedColumn } from "./arrow.ts";
import { lanceCalls } from "./lance-calls.ts";

const WIDE: ColumnType = { scalar: "F32", list: false, dimension: 1536 };
const VECTOR_BYTES = 1536 * 4;
const MOST = 64 << 20;

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
    if (hasVector) expect((end - start) * VECTOR_BYTES).toBeLessThanOrEqual(MOST);
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

test("texts are split where one buffer could not hold them, also those of dictionaries and lists", () => {
  const megabyte = 1 << 20;
  // Lengths alone decide: the bytes need not be there.
  const texts = (rows: number): TextColumn => ({
    kind: "text",
    length: rows,
    validity: null,
    offsets: Uint32Array.from({ length: rows + 1 }, (_, i) => i * megabyte),
    bytes: new Uint8Array(0),
  });
  const ends = (column: NamedColumn["column"]): readonly number[] =>
    Array.from(lanceCalls([named("t", column)], column.length), ({ end }) => end);
  expect(ends(texts(1500))).toEqual([750, 1500]);
  const items = texts(1500);
  expect(
    ends({
      kind: "list",
      length: 750,
      validity: null,
      rank: null,
      offsets: Uint32Array.from({ length: 751 }, (_, i) => 2 * i),
      items,
    }),
  ).toEqual([375, 750]);
  const codes = new Uint32Array(3000);
  expect(ends({ kind: "dictionary", length: 3000, validity: null, codes, dictionary: texts(1) })[0]).toBe(
    750,
  );
});
