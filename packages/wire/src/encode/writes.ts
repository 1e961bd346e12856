import type { LoadAnswer, LoadedType, MutationAnswer } from "../answers/writes.ts";
import type { LoadedTypeJson, LoadJson, MutationJson } from "../shapes.generated.ts";
import { commitJson } from "./commits.ts";

export function mutationJson(answer: MutationAnswer): MutationJson {
  return {
    branch: answer.branch,
    query_name: answer.queryName,
    affected_nodes: answer.affectedNodes,
    affected_edges: answer.affectedEdges,
    actor_id: answer.actor,
    commit: answer.commit === null ? null : commitJson(answer.commit),
    ...(answer.warnings.length === 0 ? {} : { warnings: answer.warnings }),
  };
}

/** `uri` is the graph's address as it was given. */
export function loadJson(answer: LoadAnswer, uri: string): LoadJson {
  return { uri, ...loadedJson(answer), commit: commitJson(answer.commit) };
}

/** What every answer of a load has, but its commit. */
export function loadedJson({
  branch,
  mode,
  branchCreated,
  nodes,
  edges,
  timesCut,
}: LoadAnswer): Omit<LoadJson, "uri" | "commit"> {
  return {
    branch,
    mode,
    branch_created: branchCreated,
    nodes: nodes.map(loadedTypeJson),
    edges: edges.map(loadedTypeJson),
    total_entities: [...nodes, ...edges].reduce((sum, { entities }) => sum + entities, 0),
    ...(timesCut === 0 ? {} : { datetimes_cut: timesCut }),
  };
}

function loadedTypeJson({ name, entities }: LoadedType): LoadedTypeJson {
  return { name, entities_loaded: entities };
}
