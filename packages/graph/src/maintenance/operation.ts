import { opOfKey } from "@omnigraph/log";
import type { OperationAnswer } from "@omnigraph/wire";
import type { OperationOptions } from "../api/maintenance.ts";
import type { Branches } from "../branches/branches.ts";
import { summaryOf } from "../history/summary.ts";
import type { GraphContext } from "../open/context.ts";

/** As `Maintenance.operation`. */
export async function operation(
  context: GraphContext,
  branches: Branches,
  id: string,
  { branch: name = "main", signal }: OperationOptions & { readonly signal: AbortSignal },
): Promise<OperationAnswer> {
  const op = opOfKey(id);
  return branches.use(name, async ({ views: { branch } }) => {
    // Intents first: one that ends meanwhile has made its commit by then.
    const intents = await context.log.intents.read(signal);
    const commit = await context.log.commitOf(branch, op);
    const isRunning = intents.some((found) => found.kind === "open" && found.intent.op === op);
    const state = commit !== null ? "done" : isRunning ? "running" : "unknown";
    return { operation: id, branch: name, state, commit: commit === null ? null : summaryOf(commit) };
  });
}
