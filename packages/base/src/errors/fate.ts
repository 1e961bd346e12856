import type { OmnigraphError } from "./error.ts";
import type { Reason } from "./registry.ts";

/** What became of a write that failed, and what its caller is to do. */
export interface Fate {
  /** Whether the write ran: not at all, to its end, or nobody can tell. */
  readonly execution: "not_started" | "completed" | "unknown";
  /** Whether it left anything behind. No failure says so for certain. */
  readonly effects: "none" | "unknown";
  /** `fix` what was asked, `retry` it as it is, or `look_up` by its idempotency key what became of it. */
  readonly action: "fix" | "retry" | "look_up";
}

const UNKNOWN: Fate = { execution: "unknown", effects: "unknown", action: "look_up" };
const NOT_STARTED: Fate = { execution: "not_started", effects: "none", action: "fix" };
const NOT_STARTED_NOW: Fate = { execution: "not_started", effects: "none", action: "retry" };
const LOST: Fate = { execution: "completed", effects: "none", action: "retry" };
/** What the write asked for cannot be done: that was found out by running it. */
const REFUSED: Fate = { execution: "completed", effects: "none", action: "fix" };

/** The fates of all reasons but those for which a write was refused by running it. */
const FATES: Partial<Readonly<Record<Reason, Fate>>> = {
  outcome_unknown: UNKNOWN,
  // Found while the slots of the log were read, perhaps the one that the write had been sent to.
  log_corrupt: UNKNOWN,
  log_torn: UNKNOWN,
  object_corrupt: UNKNOWN,
  internal: UNKNOWN,
  // What stands between may have passed the write on.
  server_failed: UNKNOWN,
  usage: NOT_STARTED,
  not_on_server: NOT_STARTED,
  unauthorized: NOT_STARTED,
  permission_denied: NOT_STARTED,
  route_not_found: NOT_STARTED,
  method_not_allowed: NOT_STARTED,
  request_invalid: NOT_STARTED,
  json_invalid: NOT_STARTED,
  body_too_large: NOT_STARTED,
  media_type_unsupported: NOT_STARTED,
  api_contract_mismatch: NOT_STARTED,
  schema_managed: NOT_STARTED,
  graph_not_found: NOT_STARTED,
  query_not_found: NOT_STARTED,
  read_only: NOT_STARTED,
  body_too_slow: NOT_STARTED_NOW,
  too_many_requests: NOT_STARTED_NOW,
  graph_unavailable: NOT_STARTED_NOW,
  server_stopping: NOT_STARTED_NOW,
  server_unreachable: NOT_STARTED_NOW,
  closed: NOT_STARTED_NOW,
  read_set_conflict: LOST,
  too_contended: LOST,
  write_discarded: LOST,
  store_transient: LOST,
  store_full: LOST,
  deadline_exceeded: LOST,
  aborted: LOST,
};

/**
 * The fate of a write that failed with an error. Whatever is not listed as unknown was refused before anything was published: the log says of each other
 * failure that it left nothing behind.
 */
export function fateOf({ reason }: Pick<OmnigraphError, "reason">): Fate {
  return FATES[reason] ?? REFUSED;
}
