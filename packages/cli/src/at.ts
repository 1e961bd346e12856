import { OmnigraphError } from "@omnigraph/base";
import type { Command } from "commander";

/** The options of commands that can read an earlier state of the graph. */
export interface PastOptions {
  readonly snapshot?: string;
  readonly at?: string;
}

export function withPast(command: Command): Command {
  return command
    .option("--snapshot <commit>", "read the graph as of a commit")
    .option(
      "--at <time>",
      "read the graph as it was then: a day (its midnight in UTC), a time such as 2026-01-31T12:00:00Z (six digits of a second at most), or a commit",
    );
}

/** The requested commit or time, if any. Errors: `usage` where both are given. */
export function pastOf({ snapshot, at }: PastOptions): string | undefined {
  if (at === undefined || snapshot === undefined) return at ?? snapshot;
  throw new OmnigraphError(
    "usage",
    `the past is named twice: --snapshot ${snapshot} and --at ${at}; give one`,
  );
}
