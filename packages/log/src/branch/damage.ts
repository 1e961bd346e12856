import { isError, type OmnigraphError, type Reason } from "@omnigraph/base";

/** A branch that cannot be read, with the error. It is given by its name, or by the name of a file that may be its record. */
export interface DamagedBranch {
  readonly name: string;
  readonly problem: OmnigraphError;
}

/** Reasons that are about stored data, not about the call. */
const DAMAGE: ReadonlySet<Reason> = new Set(["object_corrupt", "log_corrupt", "log_torn", "format_newer"]);

/** The result of reading a branch, or the damage that prevents it. Other failures are thrown. */
export async function orDamage<T>(name: string, read: () => Promise<T>): Promise<T | DamagedBranch> {
  try {
    return await read();
  } catch (cause) {
    if (isError(cause) && DAMAGE.has(cause.reason)) return { name, problem: cause };
    throw cause;
  }
}
