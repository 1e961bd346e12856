import { describe, expect, it } from "vitest";
import { cases, checkCases, patience, repro, repros } from "../support/running/cases.ts";
import { type BlobHistory, blobHistories, playBlobs } from "./blob-history.ts";

const COUNT = cases(12);

describe("random histories with Blobs", () => {
  it(
    "each content is read as it was given, for as long as a row names it, and then it goes",
    () => checkCases("blobs", blobHistories, COUNT, playBlobs),
    patience(COUNT),
  );

  it.each(repros("blobs"))("replays %s", async (file) => {
    expect(await playBlobs(repro<BlobHistory>(file))).toBeUndefined();
  });
});
