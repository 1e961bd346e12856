import type { Writer } from "./writer.ts";
import { COMMITS } from "./writers/commits.ts";
import { COPIES } from "./writers/copies.ts";
import { MAINTENANCE } from "./writers/maintenance.ts";
import { RECOVERY } from "./writers/recovery.ts";

/** The rows of the matrix. */
export const WRITERS: readonly Writer[] = [...COMMITS, ...MAINTENANCE, ...RECOVERY, ...COPIES];
