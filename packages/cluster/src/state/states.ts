import type { ClusterStateJson } from "@omnigraph/wire";

/** The state of a cluster of which nothing is known. */
export const EMPTY_STATE: ClusterStateJson = {
  version: 1,
  state_revision: 0,
  applied_revision: { id: null, config_digest: null, resources: {} },
  incarnations: {},
  resource_statuses: {},
  approval_records: {},
  recovery_records: {},
  observations: {},
};

/** Graphs whose schemas an interrupted apply may have changed. */
export function suspectGraphs({ recovery_records: records }: ClusterStateJson): readonly string[] {
  return Object.values(records).flatMap(({ graphs }) => graphs);
}

type Deletions = ClusterStateJson["recovery_records"][string]["deletions"];

/** Graphs that interrupted applies have given up and may not have removed. */
export function pendingDeletions({ recovery_records: records }: ClusterStateJson): Deletions {
  return Object.values(records).flatMap(({ deletions }) => deletions);
}
