import { isError } from "@omnigraph/base";
import type {
  ClusterGraphObservationJson,
  ClusterStateJson,
  ClusterStatusOfResourceJson,
} from "@omnigraph/wire";
import { addressOf, parsedAddress } from "../addresses.ts";
import type { Desired } from "../desired/desired.ts";
import { graphDigest } from "../digest.ts";
import { type FoundGraph, lookAt } from "../graphs.ts";
import { graphUri, incarnationOf } from "../state/roots.ts";

/** What a look at a graph found. */
interface Look {
  readonly graph: string;
  /** Null where none is, or it cannot be opened. */
  readonly found: FoundGraph | null;
  /** Why it cannot be opened. */
  readonly failure: string | null;
  readonly observation: ClusterGraphObservationJson;
}

const MISSING = "derived graph root is missing";
/** Graphs that are looked at side by side. */
const AT_ONCE = 8;

/** Looks at every graph that the folder or the state has. */
export async function lookAtAll(
  storage: string,
  desired: Desired,
  state: ClusterStateJson,
  time: () => string,
): Promise<readonly Look[]> {
  const applied = Object.keys(state.applied_revision.resources).map(parsedAddress);
  const graphs = [
    ...new Set([
      ...(desired.cluster?.graphs.map(({ id }) => id) ?? []),
      ...applied.flatMap(({ kind, graph }) => (kind === "graph" && graph !== null ? [graph] : [])),
    ]),
  ].toSorted();
  const looks: Look[] = [];
  for (let from = 0; from < graphs.length; from += AT_ONCE) {
    const some = graphs.slice(from, from + AT_ONCE);
    looks.push(...(await Promise.all(some.map((id) => lookAtOne(storage, id, desired, state, time)))));
  }
  return looks;
}

async function lookAtOne(
  storage: string,
  graph: string,
  { resources }: Desired,
  state: ClusterStateJson,
  time: () => string,
): Promise<Look> {
  const uri = graphUri(storage, graph, incarnationOf(state, graph));
  const wanted = resources.find(({ address }) => address === addressOf.schema(graph))?.digest ?? null;
  let found: FoundGraph | null = null;
  let failure: string | null = null;
  try {
    found = await lookAt(uri);
  } catch (thrown) {
    if (!isError(thrown)) throw thrown;
    failure = thrown.message;
  }
  const observation: ClusterGraphObservationJson = {
    kind: "graph",
    address: addressOf.graph(graph),
    graph_uri: uri,
    observed_at: time(),
    exists: found !== null,
    graph_manifest_version: found?.depth ?? null,
    schema_digest: found?.schemaDigest ?? null,
    desired_schema_digest: wanted,
    schema_matches_desired: found !== null && found.schemaDigest === wanted,
    error: failure ?? (found === null ? MISSING : null),
  };
  return { graph, found, failure, observation };
}

/** The state with what was found: graphs that are not there leave it, and a schema that others changed is told, so that the next apply brings it back. */
export function lookedState(
  state: ClusterStateJson,
  looks: readonly Look[],
  options: { readonly adopts: boolean; readonly revisionId: string },
): ClusterStateJson {
  const resources = { ...state.applied_revision.resources };
  const statuses = { ...state.resource_statuses };
  for (const look of looks) {
    const [graph, schema] = [addressOf.graph(look.graph), addressOf.schema(look.graph)];
    const before = resources[schema];
    if (before === undefined && !options.adopts) continue;
    const status = statusOf(look, before?.digest ?? look.observation.desired_schema_digest);
    for (const address of [graph, schema]) statuses[address] = latest(statuses[address], status);
    if (look.failure !== null) continue;
    if (look.found === null) {
      delete resources[graph];
      delete resources[schema];
      continue;
    }
    const { schemaDigest } = look.found;
    if (before?.digest === schemaDigest) continue;
    resources[schema] = { ...before, digest: schemaDigest };
    resources[graph] = {
      digest: graphDigest(look.graph, schemaDigest, queriesOf(look.graph, resources), null),
    };
  }
  const { id } = state.applied_revision;
  const isSame = Object.keys(resources).length === Object.keys(state.applied_revision.resources).length;
  return {
    ...state,
    state_revision: state.state_revision + 1,
    applied_revision: {
      ...state.applied_revision,
      // Servers let go of a graph that is not there.
      id: id === null || isSame ? id : options.revisionId,
      resources,
    },
    resource_statuses: statuses,
    observations: {
      ...state.observations,
      ...Object.fromEntries(looks.map(({ observation }) => [observation.address, observation])),
    },
  };
}

/** What waits for an approval does so still. */
function latest(
  former: ClusterStatusOfResourceJson | undefined,
  status: ClusterStatusOfResourceJson,
): ClusterStatusOfResourceJson {
  const waits = former?.status === "blocked" || former?.status === "deferred";
  return waits && status.status === "applied" ? former : status;
}

function statusOf({ found, failure }: Look, expected: string | null): ClusterStatusOfResourceJson {
  if (failure !== null) return { status: "drifted", conditions: ["graph_unreadable"], message: failure };
  if (found === null) return { status: "drifted", conditions: ["graph_missing"], message: MISSING };
  if (found.schemaDigest === expected) return { status: "applied" };
  const message = "the graph has another schema than was applied";
  return { status: "drifted", conditions: ["schema_mismatch"], message };
}

function queriesOf(
  graph: string,
  resources: ClusterStateJson["applied_revision"]["resources"],
): readonly (readonly [string, string])[] {
  return Object.entries(resources).flatMap(
    ([address, { digest }]): readonly (readonly [string, string])[] => {
      const parsed = parsedAddress(address);
      return parsed.kind === "query" && parsed.graph === graph ? [[address, digest]] : [];
    },
  );
}
