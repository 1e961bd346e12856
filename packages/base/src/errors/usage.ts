import type { ErrorFamily } from "./types.ts";

/** Failures of the command line and of calls on handles. */
export const USAGE_ERRORS = {
  usage: {
    code: "bad_request",
    http: 400,
    exit: 2,
    meaning: "The command line, or an argument of a call, is wrong.",
    remedy: "Give what the message asks for; see --help of the command.",
  },
  permission_denied: {
    code: "forbidden",
    http: 403,
    exit: 1,
    meaning: "The author of the call is not permitted to do this; it did nothing.",
    remedy: "Ask for the permission, or name the actor that has it.",
  },
  policy_invalid: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "A policy, or a file of cases for one, cannot be understood.",
    remedy: "Fix the place that the message names.",
  },
  cluster_invalid: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "The description of a cluster cannot be understood.",
    remedy: "Fix the place that the message names.",
  },
  cluster_not_applied: {
    code: "conflict",
    http: 409,
    exit: 1,
    meaning: "Nothing of the cluster was applied yet.",
    remedy: "Run cluster import and cluster apply first.",
  },
  cluster_conflict: {
    code: "conflict",
    http: 409,
    exit: 4,
    meaning: "Another process changed the state of the cluster meanwhile.",
    remedy: "See what it did with cluster status, and run the command again if it is still wanted.",
  },
  config_invalid: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "The configuration file cannot be understood.",
    remedy: "Fix the place that the message names.",
  },
  file_unreadable: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "A file that the command needs cannot be read.",
    remedy: "Check its path and permissions.",
  },
  file_unwritable: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "A file that the command is to write cannot be written.",
    remedy: "Check its path, its permissions and the room on the disk.",
  },
  caller_failed: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "A stream or a callback that the caller gave threw; nothing was changed.",
    remedy: "See the cause, fix it and call again.",
  },
  closed: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "The handle was closed.",
    remedy: "Open the graph again.",
  },
  internal: {
    code: "internal",
    http: 500,
    exit: 1,
    meaning: "A fault of the software itself.",
    remedy: "Report it with the message; the graph is unharmed.",
  },
} as const satisfies ErrorFamily;
