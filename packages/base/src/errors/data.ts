import type { ErrorFamily } from "./types.ts";

/** Failures of data against the schema, and of running queries. */
export const DATA_ERRORS = {
  load_invalid: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "Lines of a load, or rows of an adopted table, are invalid; nothing was loaded.",
    remedy: "Fix what is listed and repeat the call.",
  },
  value_invalid: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "A value does not fit its property: kind, range, enum, required, @range or @check.",
    remedy: "Give a value that the schema allows.",
  },
  key_conflict: {
    code: "conflict",
    http: 409,
    exit: 1,
    meaning: "An entity of that identity exists already.",
    remedy: "Use merge mode or an update, or another key.",
  },
  unique_violation: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "Another entity holds the same values of a @unique constraint.",
    remedy: "Use other values.",
  },
  endpoint_missing: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "An edge names an endpoint that does not exist.",
    remedy: "Create the node first or in the same write.",
  },
  cardinality_violation: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "A node would have more or fewer edges than @card allows.",
    remedy: "Add or remove edges in the same write.",
  },
  key_immutable: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "A key property cannot be updated.",
    remedy: "Delete the node and insert it under its new key.",
  },
  not_available: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "This release understands the construct but cannot run it yet.",
    remedy: "Leave it out.",
  },
  number_overflow: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "A sum or a computed number left the range of its type.",
    remedy: "Aggregate fewer rows, or compute with floats.",
  },
  deadline_exceeded: {
    code: "too_many_requests",
    http: 408,
    exit: 1,
    meaning: "The call ran out of time.",
    remedy: "Ask for less, or allow more time.",
  },
  memory_exceeded: {
    code: "too_many_requests",
    http: 413,
    exit: 1,
    meaning: "The call needs more memory than it may use.",
    remedy: "Ask for less, or raise OMNIGRAPH_MEMORY.",
  },
  aborted: {
    code: "bad_request",
    http: 499,
    exit: 1,
    meaning: "The caller stopped the call.",
    remedy: "Repeat it when needed.",
  },
} as const satisfies ErrorFamily;
