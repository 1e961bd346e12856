import { s3Bucket } from "../support/stores/s3-environment.ts";
import { faultSuite } from "./matrix.suite.ts";
import { s3Place } from "./places.ts";
import { S3_WRITERS } from "./writers.ts";

const bucket = s3Bucket();

faultSuite({ store: "S3", place: () => s3Place(bucket), nth: 24, writers: S3_WRITERS, isOfPage: false });
