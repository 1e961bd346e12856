import { OmnigraphError } from "./errors/error.ts";

/** States an invariant; a failure is a fault of the software, never of its input. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new OmnigraphError("internal", `invariant broken: ${what}`);
}

/** A value that an invariant says is there. */
export function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined)
    throw new OmnigraphError("internal", `invariant broken: no ${what}`);
  return value;
}

/** Marks the end of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new OmnigraphError("internal", `invariant broken: unexpected ${JSON.stringify(value)}`);
}
