import { createRequire } from "node:module";

/**
 * `require` for Cedar, whose compiled code stays outside of the bundle. The bundler keeps this file apart, so that it is resolved from the package whose
 * manifest names it.
 */
export const requireExternal: NodeJS.Require = createRequire(import.meta.url);
