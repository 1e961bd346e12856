import { LIMITS } from "@omnigraph/base";
import { MemoryBudget } from "../api/memory-budget.ts";

let shared: MemoryBudget | null = null;

/** The budget that the graphs of this process share unless they are given another one. With a budget each, many graphs would take many times as much. */
export function processBudget(bytes?: number): MemoryBudget {
  shared ??= new MemoryBudget(bytes ?? LIMITS.memoryBytes.value);
  if (bytes !== undefined && bytes !== shared.limit) shared.resize(bytes);
  return shared;
}
