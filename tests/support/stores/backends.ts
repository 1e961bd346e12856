import { join } from "node:path";
import { testFolder } from "../running/folders.ts";
import { s3Bucket } from "./s3-environment.ts";

/** The stores that a graph may be in, by name, each with a maker of addresses where nothing is yet. For use at the top of a test file. */
export function backends(name: string): readonly (readonly [string, () => string])[] {
  const folder = testFolder(name);
  const bucket = s3Bucket();
  let made = 0;
  const next = (): string => `g${made++}.omni`;
  return [
    ["a local folder", () => join(folder, next())],
    ["memory", () => `memory://${name}-${next()}`],
    ["S3", () => `s3://${bucket()}/${next()}`],
  ];
}
