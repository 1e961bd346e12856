import type { LoadAnswer, LoadedType, MutationAnswer } from "../answers/writes.ts";
import type {
  BatchLoadJson,
  IngestJson,
  LoadedTypeJson,
  LoadJson,
  MutationJson,
} from "../shapes.generated.ts";
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
  return { uri, ...loadedJson(answer) };
}

/** `from` is what the request named, null where it named nothing. */
export function ingestJson(answer: LoadAnswer, uri: string, from: string | null): IngestJson {
  return { uri, ...batchLoadJson(answer, from) };
}

/** As `ingestJson`. */
export function batchLoadJson(answer: LoadAnswer, from: string | null): BatchLoadJson {
  return { ...loadedJson(answer), actor_id: answer.commit.actor, base_branch: from };
}

function loadedJson({
  branch,
  mode,
  branchCreated,
  nodes,
  edges,
  timesCut,
  commit,
}: LoadAnswer): Omit<LoadJson, "uri"> {
  return {
    branch,
    mode,
    branch_created: branchCreated,
    nodes: nodes.map(loadedTypeJson),
    edges: edges.map(loadedTypeJson),
    total_entities: [...nodes, ...edges].reduce((sum, { entities }) => sum + entities, 0),
    ...(timesCut === 0 ? {} : { datetimes_cut: timesCut }),
    commit: commitJson(commit),
  };
}

function loadedTypeJson({ name, entities }: LoadedType): LoadedTypeJson {
  return { name, entities_loaded: entities };
}
