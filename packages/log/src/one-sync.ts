import { LOGS_PREFIX } from "./address.ts";
import { REFS_PREFIX } from "./branch/names.ts";

/**
 * Which keys a local store may put by one sync: those of commit objects and of the records of branch names. They are put once and never
 * removed, and what is put begins with `OGC1` or `{`, so it can be told from what power loss leaves of it.
 */
export function takesOneSync(key: string): boolean {
  return key.startsWith(LOGS_PREFIX) || key.startsWith(REFS_PREFIX);
}
