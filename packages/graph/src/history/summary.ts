import type { CommitRecord } from "@omnigraph/log";
import type { CommitSummary } from "@omnigraph/wire";

/** A commit as lists show it. */
export function summaryOf({ header, branch }: CommitRecord): CommitSummary {
  const [parent, mergedParent] = header.parents;
  return {
    id: header.id,
    branch,
    depth: header.depth,
    parent: parent ?? null,
    mergedParent: mergedParent ?? null,
    actor: header.actor,
    createdAt: header.createdAt,
    kind: header.kind,
    message: header.message,
    ...(header.recovered ? { recovered: true } : {}),
  };
}
