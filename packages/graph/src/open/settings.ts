import { LIMITS, OmnigraphError, quoted } from "@omnigraph/base";
import type { S3Options, Variables } from "@omnigraph/storage";
import { isAddress } from "../calls/kinds.ts";

/** What the library reads from the environment of the process when an address is opened. */
export interface Settings {
  /** Bytes of the budget that the graphs of the process share: OMNIGRAPH_MEMORY, such as 2147483648 or 2GiB, else a limit. Throws `usage` if it is neither. */
  readonly memoryBytes: number;
  /** OMNIGRAPH_EXTERNAL_BLOBS: addresses with spaces between them. Throws `usage` where one is none. */
  readonly externalBlobs: readonly string[];
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
    get externalBlobs() {
      return addressesIn("OMNIGRAPH_EXTERNAL_BLOBS", variables);
    },
    s3: { variables },
  };
}

function addressesIn(name: string, variables: Variables): readonly string[] {
  const addresses = (variables[name] ?? "").split(/\s+/).filter((text) => text !== "");
  const wrong = addresses.find((text) => !isAddress(text));
  if (wrong === undefined) return addresses;
  throw new OmnigraphError(
    "usage",
    `${name} takes addresses with spaces between them; ${quoted(wrong)} is none`,
  );
}

const UNITS = ["", "KiB", "MiB", "GiB"];
const SIZE = /^(\d+) ?(KiB|MiB|GiB|)$/;

function bytesIn(name: string, variables: Variables): number | null {
  const text = variables[name];
  if (text === undefined || text === "") return null;
  const [, number = "", unit = ""] = SIZE.exec(text) ?? [];
  const bytes = Number(number) * 1024 ** UNITS.indexOf(unit);
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  const message = `${name} takes a number of bytes, as 2147483648 or 2GiB, not ${quoted(text)}`;
  throw new OmnigraphError("usage", message);
}
