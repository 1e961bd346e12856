import { mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { isError } from "@omnigraph/base";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Spill, type SpillRoom } from "./spill.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "omnigraph-spill-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function filled(room: SpillRoom, byte: number): SpillRoom {
  room.write(0, new Uint8Array(room.length).fill(byte));
  return room;
}

function bytesOf(room: SpillRoom): Set<number> {
  const bytes = new Uint8Array(room.length);
  room.read(0, bytes);
  return new Set(bytes);
}

/** Collects what nobody refers to, and lets those who wait for that have their turn. */
async function collected(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let turn = 0; turn < 5; turn++) {
    collect();
    await setImmediate();
  }
}

it("rooms keep what was written into them, side by side, and the folder shows no file", () => {
  const spill = new Spill(folder);
  const rooms = [7, 1, 300, 64].map((length, n) => filled(spill.take(length), n + 1));
  expect(rooms.map(bytesOf)).toEqual([1, 2, 3, 4].map((byte) => new Set([byte])));
  rooms[2]?.write(100, Uint8Array.of(9));
  const part = new Uint8Array(3);
  rooms[2]?.read(99, part);
  expect([...part]).toEqual([3, 9, 3]);
  expect(spill.used).toBe(372);
  expect(readdirSync(folder)).toEqual([]);
});

it("room that was never written is zero", () => {
  const spill = new Spill(folder);
  filled(spill.take(4), 1);
  expect(bytesOf(spill.take(100))).toEqual(new Set([0]));
});

it("room that nobody refers to is used again, and what is kept stays as it is", async () => {
  const spill = new Spill(folder);
  const kept: SpillRoom[] = [];
  for (let round = 0; round < 200; round++) {
    const room = filled(spill.take(1000 + round), round);
    if (round % 50 === 0) kept.push(room);
  }
  await collected();
  expect(spill.used).toBeLessThan(4 * 1200 + 1200);
  const again = Array.from({ length: 100 }, () => filled(spill.take(500), 255));
  expect(kept.map(bytesOf)).toEqual([0, 50, 100, 150].map((byte) => new Set([byte])));
  expect(again.every((room) => bytesOf(room).has(255))).toBe(true);
});

it("room that is released is used again at once, and the last of it leaves an empty file", () => {
  const spill = new Spill(folder);
  const rooms = [1, 2, 3].map((byte) => filled(spill.take(1000), byte));
  rooms[1]?.release();
  rooms[1]?.release();
  expect(spill.used).toBe(2000);
  expect(bytesOf(filled(spill.take(600), 4))).toEqual(new Set([4]));
  expect([rooms[0], rooms[2]].map((room) => bytesOf(room!))).toEqual([new Set([1]), new Set([3])]);
  for (const room of rooms) room.release();
  expect(spill.used).toBe(600);
});

/** Files of the folder that this process has open; they have no names there any more. */
function openFiles(): number {
  const paths = readdirSync("/proc/self/fd").map((handle) => {
    try {
      return readlinkSync(`/proc/self/fd/${handle}`);
    } catch {
      return ""; // it was that of the listing
    }
  });
  return paths.filter((path) => path.startsWith(folder)).length;
}

it.skipIf(process.platform !== "linux")(
  "the file is closed once nobody refers to it or to a room of it",
  async () => {
    let spill: Spill | null = new Spill(folder);
    const kept = filled(spill.take(10), 7);
    for (let i = 0; i < 20; i++) filled(new Spill(folder).take(10), 1);
    spill = null;
    await collected();
    expect(openFiles()).toBe(1);
    expect(bytesOf(kept)).toEqual(new Set([7]));
  },
);

it("a folder that cannot be written is named with the setting that chooses it", () => {
  const spill = new Spill(join(folder, "nothing"));
  expect(() => filled(spill.take(1), 1)).toThrow(/TMPDIR/);
  try {
    filled(spill.take(1), 1);
  } catch (error) {
    expect(isError(error)).toBe(true);
  }
});
