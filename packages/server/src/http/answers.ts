import type { OmnigraphError } from "@omnigraph/base";
import {
  batchLoadJson,
  branchCreatedJson,
  branchListJson,
  commitChangesJson,
  commitJson,
  commitListJson,
  feedJson,
  httpCommitJson,
  httpCommitListJson,
  httpErrorJson,
  httpMergeJson,
  httpMutationJson,
  httpSchemaApplyJson,
  ingestJson,
  loadJson,
  mergeJson,
  mutationJson,
  queryJson,
  schemaApplyJson,
  snapshotJson,
  WHOLE,
  wholeBranchCreatedJson,
  wholeBranchListJson,
  wholeCommitChangesJson,
  wholeErrorJson,
  wholeFeedJson,
  wholeQueryJson,
  wholeSnapshotJson,
} from "@omnigraph/wire";
import type { BranchCreated, LoadAnswer } from "@omnigraph/wire";
import type { IncomingHttpHeaders } from "node:http";

/** What answers become on their way: of some kinds there is more to say than the contract has. */
export interface Answers {
  readonly type: string;
  readonly query: typeof queryJson;
  readonly snapshot: typeof snapshotJson;
  readonly mutation: (answer: Parameters<typeof mutationJson>[0]) => object;
  readonly ingest: (answer: LoadAnswer, uri: string, from: string | null) => object;
  readonly batchLoad: (answer: LoadAnswer, uri: string, from: string | null) => object;
  readonly branchList: typeof branchListJson;
  readonly branchCreated: (answer: BranchCreated, uri: string, from: string) => object;
  readonly merge: (answer: Parameters<typeof mergeJson>[0]) => object;
  readonly commit: (answer: Parameters<typeof commitJson>[0]) => object;
  readonly commitList: (answer: Parameters<typeof commitListJson>[0]) => object;
  readonly commitChanges: typeof commitChangesJson;
  readonly feed: typeof feedJson;
  readonly schemaApply: (answer: Parameters<typeof schemaApplyJson>[0], uri: string) => object;
  readonly error: (error: OmnigraphError, message: string) => object;
}

/** The members of the contract and no others. */
const OF_CONTRACT: Answers = {
  type: "application/json",
  query: queryJson,
  snapshot: snapshotJson,
  mutation: httpMutationJson,
  ingest: ingestJson,
  batchLoad: (answer, _uri, from) => batchLoadJson(answer, from),
  branchList: branchListJson,
  branchCreated: branchCreatedJson,
  merge: httpMergeJson,
  commit: httpCommitJson,
  commitList: httpCommitListJson,
  commitChanges: commitChangesJson,
  feed: feedJson,
  schemaApply: httpSchemaApplyJson,
  error: httpErrorJson,
};

/** All that the library says. */
const OF_LIBRARY: Answers = {
  type: WHOLE,
  query: wholeQueryJson,
  snapshot: wholeSnapshotJson,
  mutation: mutationJson,
  ingest: loadJson,
  batchLoad: loadJson,
  branchList: wholeBranchListJson,
  branchCreated: wholeBranchCreatedJson,
  merge: mergeJson,
  commit: commitJson,
  commitList: commitListJson,
  commitChanges: wholeCommitChangesJson,
  feed: wholeFeedJson,
  schemaApply: schemaApplyJson,
  error: wholeErrorJson,
};

/** What a caller is answered: the contract, unless it accepts whole answers by their own type. */
export function answersFor({ accept }: IncomingHttpHeaders): Answers {
  const types = (accept ?? "").split(",").map((part) => (part.split(";")[0] ?? "").trim().toLowerCase());
  return types.includes(WHOLE) ? OF_LIBRARY : OF_CONTRACT;
}
