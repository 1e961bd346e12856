import { isError, OmnigraphError } from "./errors/error.ts";
import { shown } from "./shown.ts";

/** The error for what code of the caller threw during a call. `effect` says what became of the call. An `OmnigraphError` stays as it is. */
export function callerFailed(what: string, effect: string, cause: unknown): OmnigraphError {
  if (isError(cause)) return cause;
  const why = cause instanceof Error ? cause.message : shown(cause);
  return new OmnigraphError("caller_failed", `${what} failed, and ${effect}: ${why}; see the cause`, {
    cause,
  });
}
