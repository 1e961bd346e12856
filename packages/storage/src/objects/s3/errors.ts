import { OmnigraphError, type Reason } from "@omnigraph/base";
import { SettingsError } from "./settings.ts";

/** What an S3 failure means for the caller. */
export type S3Failure =
  /** There is no such object. */
  | "absent"
  /** The condition of a put does not hold. */
  | "condition"
  /** Another put of the same key was under way: nobody can tell which came first. */
  | "race"
  /** The range lies beyond the object's end. */
  | "range"
  /** Nothing was done, for a reason that has a name here. */
  | Extract<Reason, "store_denied" | "store_full" | "store_unsupported" | "store_uri_invalid">
  /** No answer, or one that does not tell what was done. */
  | "store_transient";

/** Reads the SDK's error: the service's own code first, then the HTTP status. */
export function classify(cause: unknown): S3Failure {
  const { code, status } = facts(cause);
  const named = BY_CODE[code];
  if (named !== undefined) return named;
  if (cause instanceof SettingsError) return "store_denied";
  if (status === 401 || status === 403) return "store_denied";
  return BY_STATUS[status] ?? "store_transient";
}

/** The typed form of a failure. */
export function s3Error(
  cause: unknown,
  action: string,
  uri: string,
  failure: S3Failure = classify(cause),
): OmnigraphError {
  const { code, status } = facts(cause);
  const reason = toReason(failure);
  const answer = status === 0 ? code : `${code}, HTTP ${status}`;
  const why = cause instanceof SettingsError ? cause.message : `${EXPLANATIONS[reason]} (${answer})`;
  return new OmnigraphError(reason, `could not ${action} ${uri}: ${why}`, {
    details: { uri, s3Code: code, status },
    cause: plain(cause),
  });
}

/** The SDK's error without what it carries: sockets, and requests with their signatures, which belong in no log. */
function plain(cause: unknown): unknown {
  if (!(cause instanceof Error)) return cause;
  const copy = new Error(cause.message);
  copy.name = cause.name;
  if (cause.stack !== undefined) copy.stack = cause.stack;
  return copy;
}

type S3Reason = Extract<
  Reason,
  "store_denied" | "store_full" | "store_unsupported" | "store_uri_invalid" | "store_transient"
>;

const EXPLANATIONS: Readonly<Record<S3Reason, string>> = {
  store_denied: "the store refuses access, so check the credentials and what they allow",
  store_full: "the store has no room left, so free some space and repeat the call",
  store_unsupported: "the store cannot do it; use one that honours If-None-Match",
  store_uri_invalid: "there is no such bucket in this region, so check the address",
  store_transient: "no usable answer came, so repeat the call",
};

const BY_CODE: Readonly<Record<string, S3Failure>> = {
  NoSuchKey: "absent",
  NotFound: "absent",
  PreconditionFailed: "condition",
  ConditionalRequestConflict: "race",
  OperationAborted: "race",
  InvalidRange: "range",
  NoSuchBucket: "store_uri_invalid",
  InvalidBucketName: "store_uri_invalid",
  PermanentRedirect: "store_uri_invalid",
  AuthorizationHeaderMalformed: "store_uri_invalid",
  ExpiredToken: "store_denied",
  InvalidAccessKeyId: "store_denied",
  XMinioStorageFull: "store_full",
  QuotaExceeded: "store_full",
  NotImplemented: "store_unsupported",
  MethodNotAllowed: "store_unsupported",
  KeyTooLongError: "store_unsupported",
};

const BY_STATUS: Readonly<Record<number, S3Failure>> = {
  404: "absent",
  409: "race",
  412: "condition",
  416: "range",
  501: "store_unsupported",
  507: "store_full",
};

function toReason(failure: S3Failure): S3Reason {
  switch (failure) {
    case "absent":
    case "condition":
    case "race":
    case "range":
      return "store_transient";
    case "store_denied":
    case "store_full":
    case "store_unsupported":
    case "store_uri_invalid":
    case "store_transient":
      return failure;
  }
}

interface Facts {
  readonly code: string;
  /** 0: there was no answer. */
  readonly status: number;
}

function facts(cause: unknown): Facts {
  if (!(cause instanceof Error)) return { code: String(cause), status: 0 };
  const metadata: unknown = "$metadata" in cause ? cause.$metadata : null;
  const has = typeof metadata === "object" && metadata !== null && "httpStatusCode" in metadata;
  const status = has ? Number(metadata.httpStatusCode ?? 0) : 0;
  const code = "Code" in cause && typeof cause.Code === "string" ? cause.Code : cause.name;
  return { code, status };
}
