/** The closed set of `code` values of the wire contract (`wire-openapi.json`, schema ErrorCode). */
export type WireCode =
  | "unauthorized"
  | "forbidden"
  | "bad_request"
  | "not_found"
  | "method_not_allowed"
  | "conflict"
  | "too_many_requests"
  | "internal";

/** What the registry says of one reason. */
export interface ErrorEntry {
  /** The contract's code. */
  readonly code: WireCode;
  /** HTTP status. */
  readonly http: number;
  /** Process exit code: 1 error, 2 usage, 4 precondition, 75 refused before any effect, so that it may be repeated. */
  readonly exit: 1 | 2 | 4 | 75;
  /** What it means, one sentence. */
  readonly meaning: string;
  /** What to do about it, one sentence. */
  readonly remedy: string;
}

/** A family of the registry, keyed by reason. */
export type ErrorFamily = Readonly<Record<string, ErrorEntry>>;
