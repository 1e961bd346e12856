import type { ErrorFamily } from "./types.ts";

/** Failures of reading what commits changed. */
export const HISTORY_ERRORS = {
  cursor_invalid: {
    code: "bad_request",
    http: 400,
    exit: 1,
    meaning: "A cursor or page token is damaged, or belongs to another graph, branch, filter or call.",
    remedy: "Give it back as it was answered, with the same branch and filter; else start anew.",
  },
  commit_parentless: {
    code: "conflict",
    http: 409,
    exit: 1,
    meaning: "The commit has no parent that its changes could be told against.",
    remedy: "Export the graph at that commit instead.",
  },
  history_reclaimed: {
    code: "not_found",
    http: 410,
    exit: 1,
    meaning: "Cleanup has reclaimed the data of a commit that the call needs, or promised to.",
    remedy: "Name a newer commit, or the head of a branch; cleanup keeps more with a greater --keep.",
  },
  page_too_large: {
    code: "bad_request",
    http: 413,
    exit: 1,
    meaning: "More was asked for than one page may hold.",
    remedy: "Ask for fewer, and follow the page token or the cursor.",
  },
} as const satisfies ErrorFamily;
