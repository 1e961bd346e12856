import { createHash } from "node:crypto";
import { isError, type JsonObject } from "@omnigraph/base";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeContainer, encodeContainer } from "./container.ts";

describe("container", () => {
  it("header and segments read back, aligned", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer())),
        fc.array(fc.uint8Array()),
        (members, parts) => {
          const header: JsonObject = members;
          const bytes = encodeContainer("OGX1", header, parts);
          const { segments, header: read } = decodeContainer("OGX1", bytes, "here");
          expect(segments.map((segment) => [...segment])).toEqual(parts.map((part) => [...part]));
          expect(segments.every((segment) => segment.byteOffset % 8 === 0)).toBe(true);
          const { segments: _, ...rest } = read;
          const { segments: __, ...expected } = header;
          expect(rest).toEqual(expected);
        },
      ),
    );
  });

  it("the header of a container is readable in any editor", () => {
    const text = Buffer.from(encodeContainer("OGX1", { who: "me" }, [Uint8Array.of(1, 2, 3)])).toString(
      "latin1",
    );
    expect(text.slice(8)).toMatch(/^\{"who":"me","segments":\[\[0,3\]\]\} *[^ ]/);
  });

  it("a foreign magic, any flipped bit and any truncation are refused", () => {
    const bytes = encodeContainer("OGX1", { a: 1 }, [Uint8Array.of(7, 7), Uint8Array.of(9)]);
    const refusal = (input: Uint8Array, magic = "OGX1"): unknown => {
      try {
        decodeContainer(magic, input, "the place");
        return null;
      } catch (error) {
        return error;
      }
    };
    expect(isError(refusal(bytes, "OGY1"), "object_corrupt")).toBe(true);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Uint8Array.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const error = refusal(damaged);
      expect(isError(error, "object_corrupt") && error.message.includes("the place")).toBe(true);
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(isError(refusal(bytes.subarray(0, length)), "object_corrupt")).toBe(true);
    }
    expect(isError(refusal(Uint8Array.from([...bytes, 0])), "object_corrupt")).toBe(true);
  });

  it("an index that does not fit is refused, though the checksum is right", () => {
    for (const segments of [
      null,
      5,
      [[0, 4]],
      [
        [0, 3],
        [0, 3],
      ],
      [[0, -1]],
      [[0, 99]],
      [["0", 3]],
      [[0]],
      [],
    ]) {
      const forged = forge({ segments });
      let error: unknown = null;
      try {
        decodeContainer("OGX1", forged, "here");
      } catch (thrown) {
        error = thrown;
      }
      expect([segments, isError(error, "object_corrupt")]).toEqual([
        segments,
        segments?.toString() === "0,4" ? false : true,
      ]);
    }
  });
});

/** A container of one segment of three bytes whose header was replaced, with the right SHA-256. */
function forge(header: object): Uint8Array {
  const text = Buffer.from(JSON.stringify(header).padEnd(48));
  const head = Buffer.alloc(8);
  head.write("OGX1");
  head.writeUInt32LE(48, 4);
  const body = Buffer.concat([head, text, Buffer.from([1, 2, 3, 0, 0, 0, 0, 0])]);
  return Buffer.concat([body, createHash("sha256").update(body).digest()]);
}
