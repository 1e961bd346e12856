import { given, isError, OmnigraphError, type Reason } from "@omnigraph/base";

/** By kind of failure the reason, and a text with the remedy. Lance's own text, which shows paths of its build machine, is only the error's cause. */
const FAILURES = {
  missing: ["table_version_missing", "is gone, or lacks its pinned version; restore it from a backup"],
  full: ["store_full", "has no room left; free some space and repeat the call"],
  readOnly: ["store_denied", "is on a read-only file system; make that writable, or write elsewhere"],
  denied: [
    "store_denied",
    "refused access; check the permissions of its files and folders, or what the credentials allow",
  ],
  passing: [
    "store_transient",
    "could not be read or written; look at the state of the disk or the network, and repeat the call",
  ],
} as const satisfies Readonly<Record<string, readonly [Reason, string]>>;

type Failure = keyof typeof FAILURES;

const BY_ERRNO: Readonly<Record<string, readonly [code: string, failure: Failure]>> = {
  1: ["EPERM", "denied"],
  5: ["EIO", "passing"],
  13: ["EACCES", "denied"],
  27: ["EFBIG", "full"],
  28: ["ENOSPC", "full"],
  30: ["EROFS", "readOnly"],
  122: ["EDQUOT", "full"],
};

const BY_STATUS: Readonly<Record<string, Failure>> = {
  401: "denied",
  403: "denied",
  404: "missing",
  507: "full",
};

/** The errno in Lance's texts, in both forms in which it prints one. */
const ERRNO = /\(os error (\d+)\)|Os \{ code: (\d+)/;
const STATUS = /\bstatus: (\d{3})\b/;
/** Error codes of S3, which tell more than the status. */
const NO_BUCKET = "<Code>NoSuchBucket<";
const FULL = /<Code>(?:QuotaExceeded|XMinioStorageFull)</;
/** Matched with punctuation: the texts also contain names of folders and buckets. */
const MISSING = /\bwas not found\b|\bNot found: |\bNotFound \{/;

interface Address {
  readonly folder: string;
  readonly name: string;
}

function placeOf({ folder, name }: Address): string {
  return `${folder}/${name}.lance`;
}

/** The error of a missing table. */
export function tableMissing(address: Address): OmnigraphError {
  const place = placeOf(address);
  const [reason, what] = FAILURES.missing;
  return new OmnigraphError(reason, `the Lance table ${place} ${what}`, { details: { place } });
}

/** The typed error for a failure of lancedb. Our own errors pass unchanged. */
export function lanceError(cause: unknown, address: Address): OmnigraphError {
  if (isError(cause)) return cause;
  const place = placeOf(address);
  const { failure, errno } = classified(cause instanceof Error ? cause.message : String(cause), place);
  const [reason, what] = FAILURES[failure];
  return new OmnigraphError(
    reason,
    `the Lance table ${place} ${what}${errno === undefined ? "" : ` (${errno})`}`,
    { details: given({ place, errno }), cause },
  );
}

/** Lance throws one class with one code, so only the texts differ. Error numbers are tried first, then words. */
function classified(
  text: string,
  place: string,
): { readonly failure: Failure; readonly errno?: string | undefined } {
  const words = text.replaceAll(place, "").replaceAll(place.slice(1), ""); // Lance drops the first slash of a path
  const errno = ERRNO.exec(words);
  if (errno !== null) {
    const [code, failure] = BY_ERRNO[errno[1] ?? errno[2] ?? ""] ?? [undefined, "passing"];
    return { failure, errno: code };
  }
  if (FULL.test(words)) return { failure: "full" };
  const status = STATUS.exec(words)?.[1];
  if (status !== undefined)
    return { failure: words.includes(NO_BUCKET) ? "passing" : (BY_STATUS[status] ?? "passing") };
  return { failure: MISSING.test(words) ? "missing" : "passing" };
}
