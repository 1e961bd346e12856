import { expect, test } from "vitest";
import { encodingOf } from "./compression.ts";

test.each([
  [undefined, null],
  ["", null],
  ["gzip", "gzip"],
  ["br", "br"],
  ["gzip, deflate", "gzip"],
  ["gzip, deflate, br, zstd", "br"],
  ["br;q=0.5, gzip", "gzip"],
  ["br;q=0, gzip;q=0", null],
  ["*", "br"],
  ["br;q=0, *", "gzip"],
  ["*;q=0", null],
  ["GZIP ; q=1.000", "gzip"],
  ["identity, gzip;q=0.5", null],
  ["gzip;q=wrong", "gzip"],
  ["deflate", null],
])("of %j the best is %s", (accepted, encoding) => {
  expect(encodingOf(accepted)).toBe(encoding);
});
