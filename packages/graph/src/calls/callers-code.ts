import { isError, OmnigraphError } from "@omnigraph/base";
import { shown } from "./check.ts";

/** The error for what code of the caller threw during a call. `effect` says what became of the call. An `OmnigraphError` stays as it is. */
export function callerFailed(what: string, effect: string, cause: unknown): OmnigraphError {
  if (isError(cause)) return cause;
  const why = cause instanceof Error ? cause.message : shown(cause);
  return new OmnigraphError("caller_failed", `${what} failed, and ${effect}: ${why}; see the cause`, {
    cause,
  });
}

/** The callback of the caller; what it throws becomes `caller_failed`. */
export function guarded<Progress>(
  onProgress: ((progress: Progress) => void) | undefined,
  effect: string,
  name = "onProgress",
): (progress: Progress) => void {
  return (progress) => {
    try {
      onProgress?.(progress);
    } catch (cause) {
      throw callerFailed(name, effect, cause);
    }
  };
}
