import { s3Bucket } from "../support/stores/s3-environment.ts";
import { faultSuite } from "./matrix.suite.ts";
import { s3Place } from "./places.ts";
import { WRITERS } from "./writers.ts";

/** Those that differ in their calls. */
const DIFFERENT = new Set(["init", "mutation", "staged load", "merge", "branch create"]);
const bucket = s3Bucket();

faultSuite({
  store: "S3",
  place: () => s3Place(bucket),
  sample: { nth: 400, all: false },
  writers: WRITERS.filter(({ name }) => DIFFERENT.has(name)),
  isOfPage: false,
});
