import type { LoadAnswer, LoadedType, MutationAnswer } from "../answers/writes.ts";
import { LOAD_MODES } from "../words.ts";
import { commitOf, commitOrNull } from "./commits.ts";
import type { Members } from "./members.ts";

export function mutationOf(json: Members): MutationAnswer {
  return {
    queryName: json.text("query_name"),
    branch: json.text("branch"),
    affectedNodes: json.count("affected_nodes"),
    affectedEdges: json.count("affected_edges"),
    actor: json.textOrNull("actor_id"),
    commit: commitOrNull(json, "commit"),
    warnings: json.texts("warnings"),
  };
}

export function loadOf(json: Members): LoadAnswer {
  const loaded = (type: Members): LoadedType => ({
    name: type.text("name"),
    entities: type.count("entities_loaded"),
  });
  return {
    branch: json.text("branch"),
    branchCreated: json.flag("branch_created"),
    mode: json.oneOf("mode", LOAD_MODES),
    nodes: json.objects("nodes").map(loaded),
    edges: json.objects("edges").map(loaded),
    timesCut: json.countOrNull("datetimes_cut") ?? 0,
    commit: commitOf(json.object("commit")),
  };
}
