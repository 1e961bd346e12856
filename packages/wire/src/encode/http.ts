import type { OmnigraphError } from "@omnigraph/base";
import type { CommitPage, CommitSummary } from "../answers/commits.ts";
import type { MergeAnswer } from "../answers/merges.ts";
import type { SchemaApplied } from "../answers/migrations.ts";
import type { LoadAnswer, MutationAnswer } from "../answers/writes.ts";
import type {
  BatchLoadJson,
  HttpCommitJson,
  HttpCommitListJson,
  HttpErrorJson,
  HttpMergeJson,
  HttpMutationJson,
  HttpSchemaApplyJson,
  IngestJson,
} from "../shapes.generated.ts";
import { commitJson } from "./commits.ts";
import { mergeJson } from "./merges.ts";
import { schemaApplyJson } from "./migrations.ts";
import { loadedJson, mutationJson } from "./writes.ts";

export function httpCommitJson(commit: CommitSummary): HttpCommitJson {
  const { kind: _kind, depth: _depth, ...members } = commitJson(commit);
  return members;
}

export function httpCommitListJson({ commits, nextPageToken }: CommitPage): HttpCommitListJson {
  return {
    commits: commits.map(httpCommitJson),
    ...(nextPageToken === null ? {} : { next_page_token: nextPageToken }),
  };
}

export function httpMutationJson(answer: MutationAnswer): HttpMutationJson {
  return {
    ...mutationJson(answer),
    commit: answer.commit === null ? null : httpCommitJson(answer.commit),
  };
}

/** `from` is what the request named, null where it named nothing. */
export function batchLoadJson(answer: LoadAnswer, from: string | null): BatchLoadJson {
  const { actor } = answer.commit;
  return {
    ...loadedJson(answer),
    actor_id: actor,
    base_branch: from,
    commit: httpCommitJson(answer.commit),
  };
}

/** As `batchLoadJson`; `uri` is the path of the graph. */
export function ingestJson(answer: LoadAnswer, uri: string, from: string | null): IngestJson {
  return { uri, ...batchLoadJson(answer, from) };
}

export function httpMergeJson(answer: MergeAnswer): HttpMergeJson {
  const { commit: _commit, resolved: _resolved, ...members } = mergeJson(answer);
  return members;
}

/** `uri` is the path of the graph. */
export function httpSchemaApplyJson(answer: SchemaApplied, uri: string): HttpSchemaApplyJson {
  const { branch: _branch, actor_id: _actor, commit: _commit, ...members } = schemaApplyJson(answer, uri);
  return members;
}

/** The facts about a failure that the contract has. */
const FACTS = [
  "key_conflict",
  "precondition_failure",
  "read_set_conflict",
  "resource_limit",
  "blob_range",
  "change_feed_gap",
  "change_diff_refusal",
] as const satisfies readonly (keyof HttpErrorJson)[];

/** A failure as the contract has it; `message` in place of its own, where that is not for everybody. */
export function httpErrorJson(error: OmnigraphError, message: string = error.message): HttpErrorJson {
  const { details, entry, reason } = error;
  const facts = FACTS.flatMap((name) => (details[name] === undefined ? [] : [[name, details[name]]]));
  const conflicts = details["merge_conflicts"];
  const isCondition = entry.http === 412;
  // Cast: the registry says which reason has which facts, and the schema of errors which shape these have.
  return {
    error: message,
    ...(isCondition ? {} : { code: entry.code }),
    reason,
    ...Object.fromEntries(facts),
    ...(Array.isArray(conflicts) ? { merge_conflicts: conflicts.map(httpConflict) } : {}),
  } as HttpErrorJson;
}

function httpConflict(conflict: NonNullable<HttpErrorJson["merge_conflicts"]>[number]): object {
  const { entity_kind, type_name, entity_id, kind, message } = conflict;
  return { entity_kind, type_name, entity_id, kind, message };
}
