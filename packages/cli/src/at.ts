import { isUlid, OmnigraphError } from "@omnigraph/base";
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
      "read the graph as it was then: a day (its midnight in UTC), a time such as 2026-01-31T12:00:00Z, or a commit",
    );
}

/** The commit id or the time that is asked for, if one is. Errors: `usage` for both, and for what is neither. */
export async function pastOf({ snapshot, at }: PastOptions): Promise<string | undefined> {
  if (at === undefined) return snapshot;
  if (snapshot !== undefined)
    throw new OmnigraphError(
      "usage",
      `the past is named twice: --snapshot ${snapshot} and --at ${at}; give one`,
    );
  const { parseDateTime } = await import("@omnigraph/language");
  if (isUlid(at) || parseDateTime(at) !== null) return at;
  throw new OmnigraphError(
    "usage",
    "--at takes a day such as 2026-01-31 (its midnight in UTC), a time such as 2026-01-31T12:00:00Z, " +
      `2026-01-31T12:00:00.250Z or 2026-01-31T12:00:00+01:00 (UTC without a zone), or a commit id, not ${at}`,
  );
}
