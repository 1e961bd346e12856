import type { OperationAnswer } from "../answers/maintenance.ts";
import type { WriteFateJson } from "../shapes.generated.ts";
import { commitJson } from "./commits.ts";

const FATES = {
  done: { execution: "completed", effects: "committed", action: null },
  running: { execution: "unknown", effects: "unknown", action: "look_up" },
  unknown: { execution: "unknown", effects: "none", action: "retry" },
} as const;

/** What became of a write whose idempotency key was looked up. */
export function writeFateJson({ operation, branch, state, commit }: OperationAnswer): WriteFateJson {
  return {
    key: operation,
    branch,
    ...FATES[state],
    commit: commit === null ? null : commitJson(commit),
  };
}
