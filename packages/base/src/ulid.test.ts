import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SeededRandom } from "../../../tests/support/simulation/seeded-random.ts";
import { decodeUlid, encodeUlid, isUlid, ulidFactory } from "./ulid.ts";

describe("a ULID", () => {
  test("a ULID encodes its bytes and sorts as they do", () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(decodeUlid(encodeUlid(a))).toEqual(a);
        const order = Math.sign(Buffer.compare(a, b));
        expect(encodeUlid(a) < encodeUlid(b) ? -1 : encodeUlid(a) > encodeUlid(b) ? 1 : 0).toBe(order);
      }),
    );
  });

  test("a ULID is encoded as other implementations encode the same bytes", () => {
    // The example of the specification: 01ARZ3NDEKTSV4RRFFQ69G5FAV.
    const bytes = Uint8Array.from(Buffer.from("01563e3ab5d3d6764c61efb99302bd5b", "hex"));
    expect(encodeUlid(bytes)).toBe("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    expect(encodeUlid(new Uint8Array(16).fill(255))).toBe("7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
  });

  test.each([
    "",
    "01ARZ3NDEKTSV4RRFFQ69G5FA",
    "81ARZ3NDEKTSV4RRFFQ69G5FAV",
    "01ARZ3NDEKTSV4RRFFQ69G5FAI",
    "01arz3ndektsv4rrffq69g5fav",
  ])("%j is no ULID", (text) => {
    expect(isUlid(text)).toBe(false);
    expect(decodeUlid(text)).toBeNull();
  });

  test("ULIDs grow whatever the clock does, and hold the clock's time where they can", () => {
    let micros = 1_700_000_000_000_999;
    const clock = { nowMicros: () => micros, monotonicMs: () => 0, sleep: () => Promise.resolve() };
    const next = ulidFactory({ clock, random: new SeededRandom(3) });
    const made: string[] = [];
    for (const step of [0, 0, 1, 5_000_000, -60_000_000, 0, 61_000_000]) {
      micros += step;
      made.push(next());
    }
    expect(made.toSorted()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
    const times = made.map((text) => Buffer.from(decodeUlid(text) ?? []).readUIntBE(0, 6));
    const start = 1_700_000_000_000;
    expect(times).toEqual([start, start, start + 1, start + 5001, start + 5001, start + 5001, start + 6001]);
  });

  test("ULIDs of one millisecond count up, through carries too", () => {
    const clock = { nowMicros: () => 1000, monotonicMs: () => 0, sleep: () => Promise.resolve() };
    const random = { next: () => 0, bytes: (length: number) => new Uint8Array(length).fill(255) };
    const next = ulidFactory({ clock, random });
    const [first, second] = [next(), next()];
    expect(Buffer.from(decodeUlid(first) ?? []).toString("hex")).toBe("0000000000017fffffffffffffffffff");
    expect(Buffer.from(decodeUlid(second) ?? []).toString("hex")).toBe("00000000000180000000000000000000");
  });
});
