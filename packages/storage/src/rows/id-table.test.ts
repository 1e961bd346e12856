import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idColumn } from "./builder.ts";
import { hashInto } from "./hash.ts";
import { IdTable } from "./id-table.ts";

function hashOf(text: string): string {
  const out = new Uint32Array(2);
  const bytes = Buffer.from(text);
  hashInto(bytes, 0, bytes.length, out, 0);
  return [...out].map((word) => word.toString(16).padStart(8, "0")).join("");
}

describe("hash", () => {
  it("the hash is the first half of MurmurHash3_x86_128", () => {
    expect(hashOf("The quick brown fox jumps over the lazy dog")).toBe("2f1583c3ecee2c67");
    expect(hashOf("")).toBe("0000000000000000");
  });

  it("the hash does not depend on the place of the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat({ max: 9 }), (bytes, shift) => {
        const shifted = new Uint8Array(bytes.length + shift + 3).fill(0xee);
        shifted.set(bytes, shift);
        const out = new Uint32Array(4);
        hashInto(bytes, 0, bytes.length, out, 0);
        hashInto(shifted, shift, shift + bytes.length, out, 2);
        expect(out.subarray(0, 2)).toEqual(out.subarray(2));
      }),
    );
  });
});

describe("IdTable", () => {
  it("a table finds what a Map finds, and the first of equal ids", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "grapheme", maxLength: 30 }), { maxLength: 700 }),
        fc.array(fc.string()),
        (ids, others) => {
          const column = idColumn(ids);
          const table = IdTable.of(column);
          const first = new Map<string, number>();
          ids.forEach((id, row) => first.set(id, first.get(id) ?? row));
          expect(table.size).toBe(first.size);
          const asked = [...others, ...ids];
          expect([...table.findAll(idColumn(asked))]).toEqual(asked.map((id) => first.get(id) ?? -1));
          expect(asked.map((id) => table.find(id))).toEqual(asked.map((id) => first.get(id) ?? -1));
        },
      ),
    );
  });

  it("a table grows row by row, and answers the row that has an id already", () => {
    const column = idColumn([...Array.from({ length: 5000 }, (_, i) => `id-${i}`), "id-17"]);
    const table = new IdTable(column, 0);
    for (let row = 0; row < 5000; row++) expect(table.insert(row)).toBe(-1);
    expect(table.insert(5000)).toBe(17);
    expect(table.size).toBe(5000);
    expect(table.byteLength).toBeLessThanOrEqual(5000 * 2 * 2 * 8);
    expect(table.find("id-4999")).toBe(4999);
    expect(table.find("id-5000")).toBe(-1);
  });
});
