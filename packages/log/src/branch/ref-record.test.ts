import { expect, test } from "vitest";
import { commitId, MAIN_LOG_ID, logIdFrom } from "../address.ts";
import { recordKey, recordOfKey } from "./names.ts";
import { decodeRef, encodeRef, type RefRecord } from "./ref-record.ts";

const LOG_ID = logIdFrom(Uint8Array.of(1, 2, 3, 4, 5, 6));
const CREATED: RefRecord = {
  kind: "created",
  logId: LOG_ID,
  forkedFrom: commitId(1_700_000_000_000_000, { logId: MAIN_LOG_ID, slot: 7, index: 0 }),
  at: 1_700_000_000_000_001,
  actor: "ann",
  nonce: "00112233445566778899aabbccddeeff",
};
/** As written by the first version; they are to be read for ever. */
const GOLDEN: readonly (readonly [RefRecord, string])[] = [
  [
    CREATED,
    '{"needs":{"read":[],"write":[]},"created":{"incarnation":"1081G8186","forked_from":"01HF7YAT000000000000000070","at":1700000000000001,"actor":"ann","nonce":"00112233445566778899aabbccddeeff"},"sha256":"690918758339bbe0effd75adb42a3a08fc7f43a52483ce204fd672fd98491e9d"}',
  ],
  [
    { kind: "deleted", logId: LOG_ID },
    '{"needs":{"read":[],"write":[]},"deleted":{"incarnation":"1081G8186"},"sha256":"e60306dbf130a050c0f99965bb6277e16b13c691f56d0c46ae3196f6d3b71b19"}',
  ],
];

test("the bytes of records never change, and they read back", () => {
  for (const [record, text] of GOLDEN) {
    expect(Buffer.from(encodeRef(record)).toString()).toBe(text);
    expect(decodeRef(Buffer.from(text), "write", "place")).toEqual(record);
  }
});

test("no flipped bit goes unnoticed", () => {
  for (const [, text] of GOLDEN) {
    for (let bit = 0; bit < text.length * 8; bit++) {
      const bytes = Buffer.from(text);
      const at = bit >> 3;
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (bit & 7)), at);
      expect(() => decodeRef(bytes, "write", "place"), `bit ${bit}`).toThrow();
    }
  }
});

test("keys of records sort newest first, and give their name and number back", () => {
  const keys = [0, 1, 9, 10, 1000].map((number) => recordKey("review/x", number));
  expect(keys[0]).toBe("__manifest/refs/review~x@1073741823.json");
  expect(keys.toSorted()).toEqual(keys.toReversed());
  expect(keys.map((key) => recordOfKey(key)?.number)).toEqual([0, 1, 9, 10, 1000]);
  expect(recordOfKey(keys[0] ?? "")?.name).toBe("review/x");
  expect(recordOfKey("__manifest/refs/a@1.json")).toBeNull();
});
