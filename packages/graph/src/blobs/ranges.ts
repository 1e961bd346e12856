import { OmnigraphError } from "@omnigraph/base";
import type { BlobRange } from "@omnigraph/storage";
import type { BlobStreamOptions } from "../api/blobs.ts";

/** The bytes that are asked for, cut at the end of the content. Errors: `blob_range_invalid` where it has none there. */
export function rangeOf(size: number, { offset = 0, length }: BlobStreamOptions): BlobRange {
  const end = length === undefined ? size : Math.min(size, offset + length);
  // All of an empty Blob is nothing; otherwise a range has a byte.
  if (offset < end || (offset === size && offset === 0 && length === undefined))
    return { from: offset, to: end };
  throw new OmnigraphError(
    "blob_range_invalid",
    `the Blob has ${size} bytes, and none of those that were asked for`,
    {
      details: { blob_range: { start: offset, end: offset + (length ?? 1), length: size } },
    },
  );
}
