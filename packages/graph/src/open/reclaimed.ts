import { isError, OmnigraphError } from "@omnigraph/base";
import type { GraphLog } from "@omnigraph/log";

/** Whether something failed because cleanup has reclaimed what it needs: changes of a commit, or a table. */
export async function isReclaimed(log: GraphLog, thrown: unknown): Promise<boolean> {
  if (isError(thrown, "history_reclaimed")) return true;
  const place = isError(thrown, "table_version_missing") ? thrown.details["place"] : undefined;
  return typeof place === "string" && (await log.starts.isReclaimedTable(place));
}

/** The error that callers are told: a table that cleanup has removed is not lost. */
export async function explained(log: GraphLog, error: OmnigraphError): Promise<OmnigraphError> {
  if (error.reason !== "table_version_missing" || !(await isReclaimed(log, error))) return error;
  return new OmnigraphError(
    "history_reclaimed",
    "what the call needs of an earlier commit was given up by cleanup; name a newer commit, or the head of a branch",
    { details: error.details, cause: error },
  );
}
