import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { MAIN_LOG_ID, type LogId } from "../address.ts";
import { decodeBlock, encodeBlock } from "./block-format.ts";

const OBJECTS = Array.from({ length: 64 }, (_, i) => Buffer.from(`object ${i} `.repeat(i + 1)));
const GOLDEN = "80e93f84b568fa94682653e91b64a12d1d747171171dca63ab2b26579f6f77fd";

test("objects read back byte for byte, each at a multiple of 8", () => {
  const digest = decodeBlock(encodeBlock(MAIN_LOG_ID, 2, OBJECTS), MAIN_LOG_ID, 2, "place");
  expect([...digest.keys()]).toEqual(OBJECTS.map((_, i) => 128 + i));
  for (const [i, bytes] of OBJECTS.entries()) expect(Buffer.from(digest.get(128 + i) ?? [])).toEqual(bytes);
  for (const bytes of digest.values()) expect(bytes.byteOffset % 8).toBe(0);
});

test("the bytes of a block digest never change", () => {
  const bytes = encodeBlock(MAIN_LOG_ID, 2, OBJECTS);
  expect(Buffer.from(bytes.subarray(0, 4)).toString()).toBe("OGB1");
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(GOLDEN);
});

test("large objects are left out of a block digest", () => {
  const objects = OBJECTS.map((bytes, i) => (i === 5 ? Buffer.alloc((256 << 10) + 1) : bytes));
  const digest = decodeBlock(encodeBlock(MAIN_LOG_ID, 0, objects), MAIN_LOG_ID, 0, "place");
  expect(digest.has(5)).toBe(false);
  expect(digest.size).toBe(63);
});

test("anything that is not the digest of the block is refused", () => {
  const bytes = encodeBlock(MAIN_LOG_ID, 2, OBJECTS);
  const refused = expect.objectContaining({ reason: "object_corrupt" });
  const other = "0123456AB" as LogId; // Cast: it has the form of one.
  expect(() => decodeBlock(bytes, MAIN_LOG_ID, 3, "place")).toThrow(refused);
  expect(() => decodeBlock(bytes, other, 2, "place")).toThrow(refused);
  expect(() => decodeBlock(bytes.subarray(8), MAIN_LOG_ID, 2, "place")).toThrow(refused);
  const notWritten = expect.objectContaining({ reason: "internal" });
  expect(() => encodeBlock(MAIN_LOG_ID, 2, OBJECTS.slice(1))).toThrow(notWritten);
});
