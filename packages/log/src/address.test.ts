import { decodeUlid, isUlid } from "@omnigraph/base";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addressOf,
  type CommitAddress,
  commitId,
  isTag,
  MAIN_TAG,
  slotKey,
  SLOTS,
  slotOfKey,
  type Tag,
} from "./address.ts";

const tags = fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{9}$/).map((text) => text as Tag); // Cast: of a tag's form.
const addresses: fc.Arbitrary<CommitAddress> = fc.record({
  tag: tags,
  slot: fc.nat(SLOTS - 1),
  index: fc.nat(31),
});
const micros = fc.nat(2 ** 48 - 1).chain((ms) => fc.nat(999).map((rest) => ms * 1000 + rest));

test("a commit id is a ULID that says where and when", () => {
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

test("the bits of an id lie where the format says", () => {
  const address = { tag: "00000000Z" as Tag, slot: 33, index: 31 }; // Cast: of a tag's form.
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

test("slots are named so that a listing begins with the newest", () => {
  expect(slotKey(MAIN_TAG, 0)).toBe("__manifest/log/000000000.1073741823.commit");
  expect(slotKey(MAIN_TAG, 4096)).toBe("__manifest/log/000000000-262142/1073737727.commit");
  expect(slotKey(MAIN_TAG, SLOTS - 1)).toBe("__manifest/log/000000000-000000/0000000000.commit");
  fc.assert(
    fc.property(tags, fc.nat(SLOTS - 2), fc.nat(SLOTS - 2), (tag, a, b) => {
      expect(slotKey(tag, a) < slotKey(tag, b)).toBe(a > b);
      expect(slotOfKey(tag, slotKey(tag, a))).toBe(a);
    }),
  );
});

test("other names are no slot", () => {
  for (const name of [
    ".1073741823.commit.tmp",
    "-262143/1073741823.commit",
    ".1073737727.commit",
    ".9999999999.commit",
    "x",
  ]) {
    expect(slotOfKey(MAIN_TAG, `__manifest/log/000000000${name}`)).toBe(-1);
  }
});

test("tags have nine digits of the alphabet", () => {
  expect(isTag(MAIN_TAG)).toBe(true);
  for (const text of ["", "00000000", "0000000000", "00000000I", "00000000a"])
    expect(isTag(text)).toBe(false);
});
