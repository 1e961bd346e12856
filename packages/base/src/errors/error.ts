import { ERRORS, type Reason } from "./registry.ts";
import type { ErrorEntry } from "./types.ts";

/** Typed facts about a failure; serialised beside `error`, `code` and `reason`, whose names they may not take. */
export type ErrorDetails = Readonly<Record<string, unknown>> & {
  readonly error?: never;
  readonly code?: never;
  readonly reason?: never;
};

/** The one error class: what happened (`message`), its registered reason (`reason`), and typed facts (`details`). */
export class OmnigraphError extends Error {
  /** The reason, by the registry `ERRORS`. */
  readonly reason: Reason;
  /** Typed facts, by the reason; empty where there are none. */
  readonly details: ErrorDetails;

  constructor(reason: Reason, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "OmnigraphError";
    this.reason = reason;
    this.details = options.details ?? {};
  }

  /** The registry's entry of this reason. */
  get entry(): ErrorEntry {
    return ERRORS[this.reason];
  }

  /** The shape of the wire contract and of `--json`: `{error, code, reason, …details}`. */
  toJSON(): Record<string, unknown> {
    return { error: this.message, code: this.entry.code, reason: this.reason, ...this.details };
  }
}

/** Whether a thrown value is an error of ours, of the given reason when one is named. */
export function isError(value: unknown, reason?: Reason): value is OmnigraphError {
  return value instanceof OmnigraphError && (reason === undefined || value.reason === reason);
}
