import { isError, type OmnigraphError, type Reason } from "@omnigraph/base";

/** A branch, by its name or by that of the file that may be its record, with what keeps it from being read. */
export interface DamagedBranch {
  readonly name: string;
  readonly problem: OmnigraphError;
}

/** Reasons that speak of what is stored, not of the call. */
const DAMAGE: ReadonlySet<Reason> = new Set([
  "object_corrupt",
  "log_corrupt",
  "log_torn",
  "commit_not_found",
  "format_newer",
]);

/** What is read of a branch, or what is wrong with the branch. Other failures are thrown. */
export async function orDamage<T>(name: string, read: () => Promise<T>): Promise<T | DamagedBranch> {
  try {
    return await read();
  } catch (cause) {
    if (isError(cause) && DAMAGE.has(cause.reason)) return { name, problem: cause };
    throw cause;
  }
}
