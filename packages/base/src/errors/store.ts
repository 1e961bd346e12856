import type { ErrorFamily } from "./types.ts";

/** Failures of an object store. */
export const STORE_ERRORS = {
  store_denied: {
    code: "forbidden",
    http: 403,
    exit: 1,
    meaning: "The store refused access.",
    remedy:
      "Check the folder's permissions, whether its file system is read-only, or the store's credentials.",
  },
  store_full: {
    code: "internal",
    http: 507,
    exit: 1,
    meaning: "The store has no room left; nothing was committed.",
    remedy: "Free some space and repeat the call.",
  },
  store_transient: {
    code: "internal",
    http: 503,
    exit: 75,
    meaning: "The store did not answer, or answered with a failure that may pass.",
    remedy: "Repeat the call; check the network and the store's own state if it persists.",
  },
  store_unsupported: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "The store or file system lacks something that safe writing needs.",
    remedy:
      "Use a local file system with hard links, or an S3-compatible store that honours If-None-Match when puts race.",
  },
  store_uri_invalid: {
    code: "bad_request",
    http: 400,
    exit: 2,
    meaning: "The address does not name a store.",
    remedy: "Give a path, file://…, s3://bucket/prefix or memory://name.",
  },
  object_corrupt: {
    code: "internal",
    http: 500,
    exit: 1,
    meaning: "A stored object is damaged: its magic, length or checksum is wrong.",
    remedy: "Restore the named object from a backup; nothing was changed.",
  },
  format_newer: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "The graph needs a newer version of this software.",
    remedy: "Upgrade omnigraph.",
  },
  table_version_missing: {
    code: "internal",
    http: 500,
    exit: 1,
    meaning: "A Lance table that a snapshot names is gone or lacks its pinned version.",
    remedy: "Restore the named table from a backup.",
  },
} as const satisfies ErrorFamily;
