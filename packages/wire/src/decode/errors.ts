import { ERRORS, OmnigraphError, type Reason } from "@omnigraph/base";
import type { Members } from "./members.ts";

/** The failure that a server answered. A reason that this release does not know is `server_failed`, with what the server said. */
export function errorOf(json: Members, status: number): OmnigraphError {
  const message = json.text("error");
  const reason = reasonOf(json);
  if (reason !== null)
    return new OmnigraphError(reason, message, { details: json.others("error", "code", "reason") });
  const named = json.textOrNull("reason") ?? json.textOrNull("code") ?? "no reason";
  return new OmnigraphError("server_failed", `the server answers ${status} (${named}): ${message}`, {
    details: { status },
  });
}

/** The reason of a failure; null for one that this release does not know. */
export function reasonOf(json: Members): Reason | null {
  const named = json.textOrNull("reason");
  return named !== null && isReason(named) ? named : null;
}

function isReason(name: string): name is Reason {
  return Object.hasOwn(ERRORS, name);
}
