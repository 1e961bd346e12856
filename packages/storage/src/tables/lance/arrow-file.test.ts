import { present } from "@omnigraph/base";
import fc from "fast-check";
import { expect, test } from "vitest";
import { typedValues, valuesOf } from "../../../../../tests/support/generators/columns.ts";
import { columnOf, idColumn } from "../../rows/builder.ts";
import { sliceColumn } from "../../rows/select.ts";
import { loadArrow } from "./arrow.ts";
import { columnOfVector } from "./arrow-columns.ts";
import { arrowFile, FileMemory } from "./arrow-file.ts";
import type { NamedColumn } from "./arrow-messages.ts";

const { tableFromIPC } = loadArrow();

test("Arrow reads what a file holds: a part of columns of every type", async () => {
  const memory = new FileMemory();
  const parts = fc.tuple(fc.array(typedValues(), { minLength: 1, maxLength: 4 }), fc.nat(), fc.nat());
  await fc.assert(
    fc.asyncProperty(parts, async ([drafts, from, to]) => {
      const length = Math.min(...drafts.map(({ values }) => values.length));
      const columns = drafts.map(({ type, values }, i): NamedColumn => {
        const column = columnOf(type, values.slice(0, length));
        return { name: `c${i}`, column, nullable: true };
      });
      const end = to % (length + 1);
      const start = from % (end + 1);
      const file = await arrowFile(columns, start, end, memory);
      const table = tableFromIPC(file);
      expect(table.numRows).toBe(end - start);
      for (const { name, column } of columns) {
        const vector = present(table.getChild(name), name);
        if (end > start)
          expect(valuesOf(columnOfVector(vector))).toEqual(valuesOf(sliceColumn(column, start, end)));
      }
      memory.giveBack(file);
    }),
  );
});

test("many rows are several batches, fields say what is nullable, and every buffer starts at a multiple of 8 bytes", async () => {
  const ids = idColumn(Array.from({ length: 140_000 }, (_, i) => `é${i}`));
  const columns = [
    { name: "id", column: ids, nullable: false },
    { name: "other", column: ids, nullable: true },
  ];
  const file = await arrowFile(columns, 5, 140_000, new FileMemory());
  const { batches, schema } = tableFromIPC(file);
  expect(batches.map(({ numRows }) => numRows)).toEqual([65_536, 65_536, 8_923]);
  expect(schema.fields.map(({ name, type }) => [name, type.toString()])).toEqual([
    ["id", "Utf8"],
    ["other", "Utf8"],
  ]);
  expect(schema.fields.map(({ nullable }) => nullable)).toEqual([false, true]);
  for (const { data } of batches)
    for (const { values, valueOffsets } of data.children)
      for (const { byteOffset } of [values as Uint8Array, valueOffsets])
        expect((byteOffset - file.byteOffset) % 8).toBe(0);
  const last = present(batches.at(-1), "batch");
  expect(last.getChild("other")?.get(last.numRows - 1)).toBe("é139999");
});

test("the memory of a file is used again, whatever was in it", async () => {
  const memory = new FileMemory();
  const column = idColumn(["a", "bb", "ccc"]);
  const columns = [{ name: "id", column, nullable: false }];
  const first = await arrowFile(columns, 0, 3, memory);
  const expected = Buffer.from(first);
  first.fill(0xff);
  memory.giveBack(first);
  const second = await arrowFile(columns, 0, 3, memory);
  expect(second.buffer).toBe(first.buffer);
  expect(second).toEqual(expected);
});
