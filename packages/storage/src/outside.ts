import { createRequire } from "node:module";

/**
 * Requires a package that this one depends on. A bundle leaves this file where it is, so that large packages and those with native code
 * are found from here, where the manifest names them.
 */
export const requireOutside: NodeJS.Require = createRequire(import.meta.url);
