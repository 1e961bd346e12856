import { LOGS_PREFIX } from "./address.ts";
import { REFS_PREFIX } from "./branch/names.ts";

/**
 * Which keys a local store may put by one sync: those of commit objects and of records of branch names. They are put once and never removed, and their
 * bytes begin with `OGC1` or `{`, so they can be told from what power loss leaves of an unfinished put.
 */
export function takesOneSync(key: string): boolean {
  return key.startsWith(LOGS_PREFIX) || key.startsWith(REFS_PREFIX);
}
