import { isError, ulidFactory } from "@omnigraph/base";
import { parsedAddress } from "../addresses.ts";
import { bring, removeGraph } from "../graphs.ts";
import type { Plan } from "../plan/plan.ts";
import type { HeldState, Ledger } from "../state/ledger.ts";
import { graphUri, incarnationOf } from "../state/roots.ts";
import { pendingDeletions } from "../state/states.ts";
import { type Surroundings, timeOf } from "../surroundings.ts";
import { appliedState, begunState, differ, type Operation } from "./next-state.ts";

/** How an apply is done. */
export interface ApplyOptions {
  /** Author of what it does. */
  readonly actor: string | null;
  /** Called after each effect with its name; what it throws ends the apply there. For tests of interrupted applies. */
  readonly onStep?: (step: string) => void | Promise<void>;
}

type OnStep = NonNullable<ApplyOptions["onStep"]>;

/** The state after an apply. */
export interface Applied {
  readonly held: HeldState;
  readonly isWritten: boolean;
}

/**
 * Does what a plan says: graphs are made and given their schemas, contents are kept, the state is put, and then what it gives up is removed. The
 * conditional put of the state arbitrates between several: whoever loses it stops. Each effect can be done again, so that after an interruption at
 * any place another apply brings all of it to its end. Errors: `cluster_conflict`; those of the graphs and the store.
 */
export async function applyPlan(
  ledger: Ledger,
  surroundings: Surroundings,
  plan: Plan & { readonly held: HeldState },
  { actor, onStep = () => undefined }: ApplyOptions,
): Promise<Applied> {
  const { environment } = surroundings;
  const operation: Operation = { id: ulidFactory(environment)(), actor, time: timeOf(environment) };
  let { held } = plan;
  const { state } = held;
  const next = appliedState(state, plan, operation);
  if (!differ(next, state)) return { held, isWritten: false };
  await keepContents(ledger, plan, onStep);
  if (plan.brought.length > 0) {
    held = await ledger.replace(held, begunState(state, plan, operation));
    await onStep("begun");
    for (const graph of plan.brought) await bringGraph(ledger, held, plan, graph, actor, onStep);
  }
  held = await ledger.replace(held, next);
  await onStep("applied");
  const deletions = pendingDeletions(next);
  if (deletions.length === 0) return { held, isWritten: true };
  for (const { graph, incarnation } of deletions) {
    await removeGraph(graphUri(ledger.storage, graph, incarnation), surroundings, onStep);
    await onStep(`removed ${graph}`);
  }
  return { held: await settled(ledger, held), isWritten: true };
}

/** Takes the record of what was removed out of the state. */
async function settled(ledger: Ledger, held: HeldState): Promise<HeldState> {
  try {
    return await ledger.replace(held, { ...held.state, recovery_records: {} });
  } catch (thrown) {
    // Whoever came since has the record, and finds nothing left to remove.
    if (isError(thrown, "cluster_conflict")) return held;
    throw thrown;
  }
}

async function bringGraph(
  ledger: Ledger,
  held: HeldState,
  { desired }: Plan,
  graph: string,
  actor: string | null,
  onStep: OnStep,
): Promise<void> {
  const schema = desired.schemas.get(graph);
  if (schema === undefined) return;
  // Whoever took over wants another state, maybe.
  await ledger.confirm(held);
  await bring(graphUri(ledger.storage, graph, incarnationOf(held.state, graph)), schema, actor);
  await onStep(`brought ${graph}`);
}

/** Keeps the contents of new query and policy files. */
async function keepContents(ledger: Ledger, { desired, changes }: Plan, onStep: OnStep): Promise<void> {
  const kept = new Set<string>();
  for (const { after, address, reason } of changes) {
    const { kind } = parsedAddress(address);
    if (after?.digest == null || after.path === null || reason !== null) continue;
    if ((kind !== "query" && kind !== "policy") || kept.has(`${kind} ${after.digest}`)) continue;
    const text = desired.texts.get(after.digest);
    if (text === undefined) continue;
    kept.add(`${kind} ${after.digest}`);
    await ledger.putContent(kind, after.path, text);
    await onStep(`kept ${after.digest}`);
  }
}
