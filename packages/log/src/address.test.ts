import { decodeUlid, isUlid } from "@omnigraph/base";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addressOf,
  type CommitAddress,
  commitId,
  isLogId,
  MAIN_LOG_ID,
  slotKey,
  SLOTS,
  slotOfKey,
  type LogId,
} from "./address.ts";

const logIds = fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{9}$/).map((text) => text as LogId); // Cast: of the form of one.
const addresses: fc.Arbitrary<CommitAddress> = fc.record({
  logId: logIds,
  slot: fc.nat(SLOTS - 1),
  index: fc.nat(31),
});
const micros = fc.nat(2 ** 48 - 1).chain((ms) => fc.nat(999).map((rest) => ms * 1000 + rest));

test("a commit id is a ULID that holds the address and the time of the commit", () => {
  const inRange = micros.filter((at) => at < Number.MAX_SAFE_INTEGER);
  fc.assert(
    fc.property(addresses, inRange, (address, at) => {
      const id = commitId(at, address);
      expect(isUlid(id)).toBe(true);
      expect(addressOf(id)).toEqual(address);
      expect(Buffer.from(decodeUlid(id) ?? []).readUIntBE(0, 6)).toBe(Math.floor(at / 1000));
    }),
  );
});

test("the bits of an id are where the format says", () => {
  const address = { logId: "00000000Z" as LogId, slot: 33, index: 31 }; // Cast: of the form of one.
  expect(commitId(1_795_407_381_074_760, address)).toBe("01M839X0JJ00000000Z000011Z");
});

test.each([
  "",
  "nonsense",
  "01M839X0JJ00000000Z000011",
  "81M839X0JJ00000000Z000011Z",
  "01m839x0jj00000000z000011z",
])("%j is no id", (text) => {
  expect(addressOf(text)).toBeNull();
});

test("keys of slots are listed newest first", () => {
  expect(slotKey(MAIN_LOG_ID, 0)).toBe("__manifest/log/000000000.1073741823.commit");
  expect(slotKey(MAIN_LOG_ID, 4096)).toBe("__manifest/log/000000000-262142/1073737727.commit");
  expect(slotKey(MAIN_LOG_ID, SLOTS - 1)).toBe("__manifest/log/000000000-000000/0000000000.commit");
  fc.assert(
    fc.property(logIds, fc.nat(SLOTS - 2), fc.nat(SLOTS - 2), (logId, a, b) => {
      expect(slotKey(logId, a) < slotKey(logId, b)).toBe(a > b);
      expect(slotOfKey(logId, slotKey(logId, a))).toBe(a);
    }),
  );
});

test("other keys are no slots", () => {
  for (const name of [
    ".1073741823.commit.tmp",
    "-262143/1073741823.commit",
    ".1073737727.commit",
    ".9999999999.commit",
    "x",
  ]) {
    expect(slotOfKey(MAIN_LOG_ID, `__manifest/log/000000000${name}`)).toBe(-1);
  }
});

test("the id of a log has nine digits of the alphabet", () => {
  expect(isLogId(MAIN_LOG_ID)).toBe(true);
  for (const text of ["", "00000000", "0000000000", "00000000I", "00000000a"])
    expect(isLogId(text)).toBe(false);
});
