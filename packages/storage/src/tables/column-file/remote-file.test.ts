import { atOnce, present, type Value } from "@omnigraph/base";
import fc from "fast-check";
import { expect, it } from "vitest";
import { valuesOf } from "../../../../../tests/support/generators/columns.ts";
import { numberedUlid } from "../../../../../tests/support/graphs/entity-types.ts";
import { inRounds, Rounds } from "../../../../../tests/support/stores/rounds.ts";
import { MemoryObjects } from "../../objects/memory/memory-objects.ts";
import type { ColumnKey, RowBatch } from "../../rows/batch.ts";
import { columnOf, idColumn } from "../../rows/builder.ts";
import type { Column } from "../../rows/column.ts";
import { encodingColumnFile } from "./column-file.ts";
import { FileSource } from "./file-source.ts";
import { ColumnFile } from "./reader.ts";

// A file that is read by requests, most of whose bytes are behind what is read of it first.

const ROWS = 40_000;
const KEY = "tables/a/b.cols";
const property = (n: number): ColumnKey => numberedUlid(n) as ColumnKey;
const TEXT = { scalar: "String", list: false, dimension: null } as const;

/** Ids of one length, of any length, and so that the long ones come last. */
const IDS: readonly ((row: number) => string)[] = [
  (row) => `i${String(row).padStart(9, "0")}`,
  (row) => `${row}${"x".repeat((row * 7919) % 60)}`,
  (row) => `${row}${"x".repeat(row < ROWS / 2 ? 0 : 60)}`,
];

async function remote(batch: RowBatch): Promise<{ readonly file: ColumnFile; readonly rounds: Rounds }> {
  const store = new MemoryObjects("remote-file");
  await store.put(KEY, present(atOnce(encodingColumnFile(batch)), "column file"));
  const rounds = new Rounds();
  const source = new FileSource(inRounds(store, rounds));
  return { file: present(await ColumnFile.open(source, KEY), "column file"), rounds };
}

it.each(IDS.map((idOf, i) => [i, idOf] as const))(
  "rows are found and taken from a remote file whatever its texts are: ids %i",
  async (number, idOf) => {
    const rows = Array.from({ length: ROWS }, (_, row) => row);
    const texts = rows.map((row): Value => (row % 3 === 0 ? null : `text ${"y".repeat(row % 50)} ${row}`));
    const cities = rows.map((row): Value => (row % 5 === 0 ? null : `city ${row % 70}`));
    const columns = new Map<ColumnKey, Column>([
      ["id", idColumn(rows.map(idOf))],
      [property(1), columnOf(TEXT, texts)],
      [property(2), columnOf(TEXT, cities)],
    ]);
    const { file, rounds } = await remote({ length: ROWS, columns });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: ROWS - 1 }), { minLength: 1, maxLength: 5 }),
        async (picked) => {
          let found: readonly number[] = [];
          const finding = async (): Promise<unknown> =>
            (found = await Promise.all(picked.map((row) => file.find(idOf(row)))));
          const { length } = await rounds.of(finding);
          expect(found).toEqual(picked);
          // Where ids are about equally long, each is found by two requests, the second of which confirms it.
          expect(length).toBeLessThanOrEqual(number === 2 ? 3 : 2);
          expect(valuesOf(await file.take(property(1), picked))).toEqual(picked.map((row) => texts[row]));
          expect(valuesOf(await file.take(property(2), picked))).toEqual(picked.map((row) => cities[row]));
        },
      ),
      { numRuns: 30 },
    );
    expect(await file.find("none")).toBe(-1);
    expect(valuesOf(await file.column(property(1)))).toEqual(texts);
  },
);
