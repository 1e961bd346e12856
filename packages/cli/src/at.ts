import { OmnigraphError } from "@omnigraph/base";
import type { Command } from "commander";

/** The options of commands that can read the graph as it was. */
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

/** The commit or the time that is asked for, if one is. Errors: `usage` for both. */
export function pastOf({ snapshot, at }: PastOptions): string | undefined {
  if (at === undefined || snapshot === undefined) return at ?? snapshot;
  throw new OmnigraphError(
    "usage",
    `the past is named twice: --snapshot ${snapshot} and --at ${at}; give one`,
  );
}
