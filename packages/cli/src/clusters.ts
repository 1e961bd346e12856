import { systemEnvironment } from "@omnigraph/base";
import type { Surroundings } from "@omnigraph/cluster";

/** What the commands on clusters take from this process. */
export function surroundings(): Surroundings {
  return { environment: systemEnvironment, s3: { variables: { ...process.env } } };
}
