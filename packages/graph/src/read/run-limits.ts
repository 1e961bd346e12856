import { LIMITS } from "@omnigraph/base";
import type { RunLimits } from "@omnigraph/engine";
import type { GraphContext } from "../open/context.ts";

/** The limits of a run of a query. */
export function runLimits(
  { environment: { clock }, memory }: GraphContext,
  deadlineMs: number | undefined,
  signal: AbortSignal,
): RunLimits {
  return {
    clock,
    deadline: clock.monotonicMs() + (deadlineMs ?? LIMITS.queryDeadlineMs.value),
    memoryBytes: LIMITS.queryMemoryBytes.value,
    rows: memory.pages,
    signal,
  };
}
