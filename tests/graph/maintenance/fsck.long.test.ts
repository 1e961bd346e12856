import { describe } from "vitest";
import { s3Bucket } from "../../support/stores/s3-environment.ts";
import { fsckSuite } from "./fsck.suite.ts";

const bucket = s3Bucket();

describe("a graph in S3", () => fsckSuite(() => `s3://${bucket()}/g.omni`));
