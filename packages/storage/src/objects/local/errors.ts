import { OmnigraphError, type Reason } from "@omnigraph/base";
import { systemCode } from "./filesystem.ts";

/** The reasons for which this store fails. */
type LocalReason = Extract<Reason, "store_full" | "store_denied" | "store_unsupported" | "store_transient">;

const REASONS: Readonly<Record<string, LocalReason>> = {
  ENOSPC: "store_full",
  EDQUOT: "store_full",
  EFBIG: "store_full",
  EACCES: "store_denied",
  EPERM: "store_denied",
  EROFS: "store_denied",
  ENOTSUP: "store_unsupported",
  EOPNOTSUPP: "store_unsupported",
  ENOSYS: "store_unsupported",
  EMLINK: "store_unsupported",
  EXDEV: "store_unsupported",
  ENAMETOOLONG: "store_unsupported",
  ENOTDIR: "store_unsupported",
  EISDIR: "store_unsupported",
};

/** The typed form of a failed file-system call. A typed error, and whatever is no system error, is returned as it is. */
export function localError(cause: unknown, action: string, path: string): unknown {
  const code = systemCode(cause);
  if (code === null || cause instanceof OmnigraphError) return cause;
  const reason = REASONS[code] ?? "store_transient";
  const why = code === "EROFS" ? READ_ONLY : EXPLANATIONS[reason];
  return new OmnigraphError(reason, `could not ${action} ${path}: ${why} (${code})`, {
    details: { path, errno: code },
    cause,
  });
}

/** The remedy of EROFS: permissions would not help. */
const READ_ONLY = "the file system is read-only, so make it writable, or write elsewhere";

const EXPLANATIONS: Readonly<Record<LocalReason, string>> = {
  store_full: "no room is left, so free some space and repeat the call",
  store_denied: "access is refused, so check the permissions of the file and its folders",
  store_unsupported: "the file system cannot do it, or a file stands where a folder should be",
  store_transient: "the disk did not do it, so look at its state and repeat the call",
};
