import { DATA_ERRORS } from "./data.ts";
import { HISTORY_ERRORS } from "./history.ts";
import { LANGUAGE_ERRORS } from "./language.ts";
import { LOG_ERRORS } from "./log.ts";
import { SERVER_ERRORS } from "./server.ts";
import { STORE_ERRORS } from "./store.ts";
import type { ErrorEntry } from "./types.ts";
import { USAGE_ERRORS } from "./usage.ts";

/** Every reason with its code, HTTP status, exit code, meaning and remedy. `docs/reference/errors.md` is generated from it. */
export const ERRORS = registryOf({
  ...LANGUAGE_ERRORS,
  ...DATA_ERRORS,
  ...LOG_ERRORS,
  ...HISTORY_ERRORS,
  ...STORE_ERRORS,
  ...USAGE_ERRORS,
  ...SERVER_ERRORS,
});

/** A registered reason for a failure. */
export type Reason = keyof typeof ERRORS;

/** Declares the reasons as a closed union that readers of the declarations see, without the entries' texts. */
function registryOf<Name extends string>(
  entries: Readonly<Record<Name, ErrorEntry>>,
): Readonly<Record<Name, ErrorEntry>> {
  return entries;
}
