import { given } from "@omnigraph/base";
import type {
  ClusterApprovalJson,
  ClusterChangeJson,
  ClusterMigrationJson,
  ClusterStateJson,
} from "@omnigraph/wire";
import { addressOf, parsedAddress } from "../addresses.ts";
import type { SoundDesired } from "../desired/desired.ts";
import type { Resource } from "../desired/resources.ts";
import { incarnationOf } from "../state/roots.ts";

/** A resource that is to change. */
export interface Change {
  readonly address: string;
  readonly operation: ClusterChangeJson["operation"];
  readonly before: ClusterStateJson["applied_revision"]["resources"][string] | null;
  /** Null for a deletion. */
  readonly after: Resource | null;
  readonly disposition: ClusterChangeJson["disposition"];
  readonly reason: "approval_required" | "dependency_blocked" | null;
}

/** What differs between the folder and the state, in the order of addresses, each with what an apply would do about it. */
export function changesOf(
  desired: SoundDesired,
  state: ClusterStateJson,
  approvals: ReadonlyMap<string, ClusterApprovalJson>,
): readonly Change[] {
  const differing = differences(desired.resources, state);
  const kept = new Set(
    differing.flatMap(({ address, operation }) =>
      operation === "delete" && parsedAddress(address).kind === "graph" && !approvals.has(address)
        ? [address]
        : [],
    ),
  );
  return differing.map((change) => ({ ...change, ...disposed(change, kept) }));
}

type Difference = Omit<Change, "disposition" | "reason">;

function differences(resources: readonly Resource[], state: ClusterStateJson): readonly Difference[] {
  const before = state.applied_revision.resources;
  const after = new Map(resources.map((resource) => [resource.address, resource]));
  const addresses = [...new Set([...after.keys(), ...Object.keys(before)])].toSorted();
  return addresses.flatMap((address): readonly Difference[] => {
    const [old = null, now = null] = [before[address], after.get(address)];
    if (now === null) return [{ address, operation: "delete", before: old, after: null }];
    if (old === null) return [{ address, operation: "create", before: null, after: now }];
    if (old.digest === now.digest && !isBoundAnew(old, now)) return [];
    return [{ address, operation: "update", before: old, after: now }];
  });
}

function isBoundAnew(before: NonNullable<Change["before"]>, { appliesTo }: Resource): boolean {
  return JSON.stringify(before.applies_to ?? null) !== JSON.stringify(appliesTo);
}

/** `kept` are the graphs that would go and may not: what belongs to them stays too, so that they are served as before. */
function disposed(
  { address, operation, before }: Difference,
  kept: ReadonlySet<string>,
): Pick<Change, "disposition" | "reason"> {
  const { kind, graph } = parsedAddress(address);
  if (graph !== null && kept.has(addressOf.graph(graph)))
    return kind === "query"
      ? { disposition: "deferred", reason: "dependency_blocked" }
      : { disposition: "blocked", reason: "approval_required" };
  if (kind === "policy" && before?.applies_to?.some((to) => kept.has(to)) === true)
    return { disposition: "deferred", reason: "dependency_blocked" };
  return { disposition: kind === "graph" && operation === "update" ? "derived" : "applied", reason: null };
}

/** The approvals that are for a deletion which the folder asks for, by graph. */
export function fittingApprovals(
  { configDigest }: SoundDesired,
  state: ClusterStateJson,
  approvals: readonly ClusterApprovalJson[],
): ReadonlyMap<string, ClusterApprovalJson> {
  const fitting = approvals.filter(
    (approval) =>
      state.approval_records[approval.id] === undefined &&
      approval.config_digest === configDigest &&
      approval.before_digest === state.applied_revision.resources[approval.resource]?.digest &&
      approval.incarnation === incarnationOf(state, parsedAddress(approval.resource).graph ?? ""),
  );
  return new Map(fitting.map((approval) => [approval.resource, approval]));
}

/** Whether the folder leaves out a graph that the state has. */
export function deletesGraph({ resources }: SoundDesired, state: ClusterStateJson): boolean {
  const there = new Set(resources.map(({ address }) => address));
  return Object.keys(state.applied_revision.resources).some(
    (address) => parsedAddress(address).kind === "graph" && !there.has(address),
  );
}

/** A change as it is answered. */
export function changeJson(change: Change, migration: ClusterMigrationJson | null): ClusterChangeJson {
  const { address, operation, before, after, disposition, reason } = change;
  const isBound = before !== null && after !== null && isBoundAnew(before, after);
  return {
    resource: address,
    operation,
    ...given({ before_digest: before?.digest, after_digest: after?.digest ?? undefined }),
    ...(isBound ? { binding_change: true } : {}),
    disposition,
    ...(reason === null ? {} : { reason }),
    ...(migration === null ? {} : { migration }),
  };
}
