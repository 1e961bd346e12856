import { LIMITS, OmnigraphError, quoted } from "@omnigraph/base";
import type { S3Options, Variables } from "@omnigraph/storage";

/** What the library reads from the environment of the process when an address is opened. */
export interface Settings {
  /** Bytes of the budget that the graphs of the process share: OMNIGRAPH_MEMORY, else a limit. Throws `usage` if it is no number. */
  readonly memoryBytes: number;
  /** The `AWS_…` variables, for stores on S3. */
  readonly s3: S3Options;
}

/**
 * The settings in the environment of this process. Nothing else in the library reads it, and an open graph does not read it again. The AWS SDK also reads
 * it, for settings that it was not given.
 */
export function processSettings(): Settings {
  const variables: Variables = { ...process.env };
  return {
    get memoryBytes() {
      return bytesIn("OMNIGRAPH_MEMORY", variables) ?? LIMITS.memoryBytes.value;
    },
    s3: { variables },
  };
}

function bytesIn(name: string, variables: Variables): number | null {
  const text = variables[name];
  if (text === undefined || text === "") return null;
  const bytes = Number(text);
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new OmnigraphError("usage", `${name} takes a number of bytes, not ${quoted(text)}`);
}
