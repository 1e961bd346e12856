import type { ClusterRecoveryJson, ClusterStateJson, ClusterStatusOfResourceJson } from "@omnigraph/wire";
import { relative } from "node:path";
import { addressOf } from "../addresses.ts";
import { type Plan, graphsToDelete } from "../plan/plan.ts";
import { incarnationOf } from "../state/roots.ts";
import { pendingDeletions } from "../state/states.ts";

/** Who applies. */
export interface Operation {
  readonly id: string;
  readonly actor: string | null;
  /** ISO 8601. */
  readonly time: string;
}

/** The state while graphs are made and changed: whoever finds it knows that they may differ from what it says. */
export function begunState(state: ClusterStateJson, plan: Plan, operation: Operation): ClusterStateJson {
  return { ...state, recovery_records: recordOf(plan, operation, plan.brought, pendingDeletions(state)) };
}

/** The state that has all changes which may be applied. The graphs that it gives up are in its record, to be removed then. */
export function appliedState(state: ClusterStateJson, plan: Plan, operation: Operation): ClusterStateJson {
  const { desired, changes } = plan;
  const resources = { ...state.applied_revision.resources };
  const effective = changes.filter(({ reason }) => reason === null);
  for (const { address, after } of effective) {
    delete resources[address];
    if (after === null || after.digest === null) continue;
    resources[address] = {
      digest: after.digest,
      ...(after.path === null ? {} : { path: relative(desired.folder, after.path) }),
      ...(after.appliesTo === null ? {} : { applies_to: [...after.appliesTo] }),
    };
  }
  const deleted = graphsToDelete(plan);
  const isComplete = effective.length === changes.length;
  const { id, config_digest: before } = state.applied_revision;
  const deletions = [
    ...pendingDeletions(state),
    ...deleted.map(({ graph, approval }) => ({
      graph,
      incarnation: incarnationOf(state, graph),
      approval_id: approval.id,
    })),
  ];
  return {
    ...state,
    state_revision: state.state_revision + 1,
    applied_revision: {
      id: effective.length > 0 ? operation.id : (id ?? operation.id),
      config_digest: isComplete ? desired.configDigest : before,
      resources: inOrder(resources),
    },
    incarnations: {
      ...state.incarnations,
      ...byName(deleted, ({ graph }) => [graph, incarnationOf(state, graph) + 1]),
    },
    resource_statuses: inOrder(statuses(state, plan, Object.keys(resources))),
    approval_records: {
      ...state.approval_records,
      ...byName(deleted, ({ approval }) => [
        approval.id,
        { consumed_at: operation.time, consumed_by_operation: "apply" },
      ]),
    },
    recovery_records: deletions.length === 0 ? {} : recordOf(plan, operation, [], deletions),
    observations: {
      ...state.observations,
      ...byName(deleted, ({ graph, approval }) => [
        addressOf.graph(graph),
        {
          kind: "tombstone" as const,
          deleted_at: operation.time,
          approval_id: approval.id,
          actor: operation.actor,
        },
      ]),
    },
  };
}

/** Whether two states differ in more than their revision. */
export function differ(a: ClusterStateJson, b: ClusterStateJson): boolean {
  return JSON.stringify({ ...a, state_revision: 0 }) !== JSON.stringify({ ...b, state_revision: 0 });
}

function statuses(
  state: ClusterStateJson,
  { changes }: Plan,
  resources: readonly string[],
): Record<string, ClusterStatusOfResourceJson> {
  const changed = new Map(changes.map((change) => [change.address, change]));
  return byName(resources, (address) => {
    const change = changed.get(address);
    const former = state.resource_statuses[address];
    if (change === undefined && former?.status === "drifted") return [address, former];
    if (change?.reason == null) return [address, { status: "applied" }];
    const status = change.disposition === "blocked" ? "blocked" : "deferred";
    const message =
      change.reason === "approval_required"
        ? `its deletion waits for cluster approve ${address.replace(/^schema\./, "graph.")}`
        : "it belongs to a graph whose deletion waits for an approval";
    return [address, { status, conditions: [change.reason], message }];
  });
}

function recordOf(
  { desired }: Plan,
  { id, actor, time }: Operation,
  graphs: readonly string[],
  deletions: ClusterRecoveryJson["deletions"],
): Record<string, ClusterRecoveryJson> {
  return {
    [id]: {
      operation: "apply",
      begun_at: time,
      actor,
      config_digest: desired.configDigest,
      graphs: [...graphs],
      deletions: [...deletions],
    },
  };
}

function byName<T, V>(items: readonly T[], entry: (item: T) => readonly [string, V]): Record<string, V> {
  return Object.fromEntries(items.map(entry));
}

function inOrder<V>(members: Readonly<Record<string, V>>): Record<string, V> {
  return Object.fromEntries(Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
