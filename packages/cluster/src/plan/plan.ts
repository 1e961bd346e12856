import type {
  ClusterApprovalJson,
  ClusterDiagnosticJson,
  ClusterMigrationJson,
  ClusterPlanJson,
  ClusterStateJson,
} from "@omnigraph/wire";
import { addressOf, parsedAddress } from "../addresses.ts";
import type { SoundDesired } from "../desired/desired.ts";
import { problem } from "../desired/files.ts";
import { migrationOf } from "../graphs.ts";
import type { HeldState, Ledger } from "../state/ledger.ts";
import { graphUri, incarnationOf } from "../state/roots.ts";
import { EMPTY_STATE, suspectGraphs } from "../state/states.ts";
import { type Change, changesOf, deletesGraph, fittingApprovals } from "./changes.ts";

/** What an apply would do. */
export interface Plan {
  readonly desired: SoundDesired;
  /** Null: there is no state yet. */
  readonly held: HeldState | null;
  readonly changes: readonly Change[];
  /** Of the graphs that are to go, those that may. */
  readonly approvals: ReadonlyMap<string, ClusterApprovalJson>;
  /** The graphs that are made or given another schema. */
  readonly brought: readonly string[];
  /** By address of a schema: what it changes in a graph that is there. */
  readonly migrations: ReadonlyMap<string, ClusterMigrationJson>;
  /** Why it cannot be applied. */
  readonly diagnostics: readonly ClusterDiagnosticJson[];
}

/** Plans an apply. Of all graphs, those whose schema changes are opened, and no other. */
export async function planned(ledger: Ledger, desired: SoundDesired): Promise<Plan> {
  const held = await ledger.read();
  const state = held?.state ?? EMPTY_STATE;
  const given = deletesGraph(desired, state) ? await ledger.approvals() : [];
  const approvals = fittingApprovals(desired, state, given);
  const changes = changesOf(desired, state, approvals);
  const migrations = new Map<string, ClusterMigrationJson>();
  const diagnostics: ClusterDiagnosticJson[] = [];
  const brought = graphsIn(changes, state, desired);
  for (const graph of brought) {
    const address = addressOf.schema(graph);
    const schema = desired.schemas.get(graph);
    if (schema === undefined) continue;
    const uri = graphUri(ledger.storage, graph, incarnationOf(state, graph));
    const migration = await migrationOf(uri, schema);
    if (migration === null) {
      if (state.applied_revision.resources[address] !== undefined)
        diagnostics.push(problem("graph_missing", address, `there is no graph at ${uri}; ${GONE}`));
      continue;
    }
    migrations.set(address, migration);
    if (!migration.supported)
      diagnostics.push(problem("migration_unsupported", address, refusals(migration)));
  }
  return { desired, held, changes, approvals, brought, migrations, diagnostics };
}

const GONE = "if it is really gone, cluster refresh says so, and the next cluster apply makes an empty one";

/** The graphs that an apply makes or gives another schema: those of changes, and those that an interrupted apply was about to. */
function graphsIn(
  changes: readonly Change[],
  state: ClusterStateJson,
  { schemas }: SoundDesired,
): readonly string[] {
  const changed = changes.flatMap(({ address, operation }) => {
    const { kind, graph } = parsedAddress(address);
    return kind === "schema" && graph !== null && operation !== "delete" ? [graph] : [];
  });
  const suspects = suspectGraphs(state).filter((graph) => schemas.has(graph));
  return [...new Set([...changed, ...suspects])];
}

function refusals({ steps }: ClusterMigrationJson): string {
  return steps
    .flatMap((step) => (step.kind === "unsupported_change" ? [`${step.entity}: ${step.reason}`] : []))
    .join("; ");
}

/** What depends on what changes. */
export function blastRadius({ desired, changes }: Plan): ClusterPlanJson["blast_radius"] {
  return changes.flatMap(({ address }) => {
    const affected = desired.dependencies.filter(({ to }) => to === address).map(({ from }) => from);
    return affected.length === 0 ? [] : [{ resource: address, affected }];
  });
}

/** The deletions that somebody must approve, and whether somebody did. */
export function approvalsRequired({ changes, approvals }: Plan): ClusterPlanJson["approvals_required"] {
  return changes
    .filter(({ address, operation }) => operation === "delete" && parsedAddress(address).kind === "graph")
    .map(({ address }) => ({
      resource: address,
      reason: "delete may remove deployed graph or schema definition",
      satisfied: approvals.has(address),
    }));
}

/** The graphs that an apply deletes, each with its approval. */
export function graphsToDelete({ changes, approvals }: Plan): readonly {
  readonly graph: string;
  readonly approval: ClusterApprovalJson;
}[] {
  return changes.flatMap(({ address, operation, disposition }) => {
    const { kind, graph } = parsedAddress(address);
    if (kind !== "graph" || graph === null || operation !== "delete" || disposition !== "applied") return [];
    const approval = approvals.get(addressOf.graph(graph));
    return approval === undefined ? [] : [{ graph, approval }];
  });
}
