import { isError, OmnigraphError } from "@omnigraph/base";
import { shown } from "./check.ts";

/** How code of the caller failed that a call ran. `effect` says what has become of the call. An error of ours stays what it is. */
export function callerFailed(what: string, effect: string, cause: unknown): OmnigraphError {
  if (isError(cause)) return cause;
  const why = cause instanceof Error ? cause.message : shown(cause);
  return new OmnigraphError("caller_failed", `${what} failed, and ${effect}: ${why}; see the cause`, {
    cause,
  });
}

/** The caller's callback, whose failure is named as such. */
export function guarded<Progress>(
  onProgress: ((progress: Progress) => void) | undefined,
  effect: string,
): (progress: Progress) => void {
  return (progress) => {
    try {
      onProgress?.(progress);
    } catch (cause) {
      throw callerFailed("onProgress", effect, cause);
    }
  };
}
