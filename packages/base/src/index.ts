export { assert, present, unreachable } from "./assert.ts";
export type { Clock, Environment, Random } from "./environment.ts";
export { type ErrorDetails, isError, OmnigraphError } from "./errors/error.ts";
export { ERRORS, type Reason } from "./errors/registry.ts";
export type { ErrorEntry, WireCode } from "./errors/types.ts";
export { SeededRandom } from "./seeded.ts";
export { systemEnvironment } from "./system.ts";
export { type Limit, LIMITS } from "./limits.ts";
export type { Value, Values } from "./values.ts";
