import type { Environment } from "@omnigraph/base";
import type { S3Options } from "@omnigraph/storage";

/** What the commands of a cluster take from the process. */
export interface Surroundings {
  readonly environment: Environment;
  /** For a cluster whose storage is on S3. */
  readonly s3: S3Options;
}

/** The time as the state of a cluster has it: ISO 8601 with milliseconds. */
export function timeOf({ clock }: Environment): string {
  return new Date(Math.floor(clock.nowMicros() / 1000)).toISOString();
}
