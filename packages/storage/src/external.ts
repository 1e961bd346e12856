import { createRequire } from "node:module";

/**
 * `require` for large packages and those with native code, which stay outside of the bundle. The bundler keeps this file apart, so that they are
 * resolved from the package whose manifest names them.
 */
export const requireExternal: NodeJS.Require = createRequire(import.meta.url);
