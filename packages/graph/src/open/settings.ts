import { LIMITS, OmnigraphError, quoted } from "@omnigraph/base";
import type { S3Options, Variables } from "@omnigraph/storage";

/** What the library takes from the environment of the process, where an address is opened. */
export interface Settings {
  /** Bytes of the budget that the graphs of the process share: OMNIGRAPH_MEMORY, else a limit. Throws `usage` when it is no number. */
  readonly memoryBytes: number;
  /** The `AWS_…` variables, by which a store on S3 is reached. */
  readonly s3: S3Options;
}

/**
 * The settings in the environment of this process. Nothing else in the library reads it, and no part of an open graph reads it later. The AWS SDK does by
 * itself: it looks there for what nobody told it.
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
