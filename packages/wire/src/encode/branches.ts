import type { BranchCreated, BranchDeleted, BranchSummary } from "../answers/branches.ts";
import type {
  BranchCreatedJson,
  BranchDeletedJson,
  BranchListJson,
  BranchProblemJson,
} from "../shapes.generated.ts";

/** Branches that can be read, and apart from them those that cannot. */
export function branchListJson(branches: readonly BranchSummary[]): BranchListJson {
  const problems = branches.flatMap(({ name, problem }): BranchProblemJson[] =>
    problem === undefined
      ? []
      : [{ ...problem.details, branch: name, reason: problem.reason, error: problem.message }],
  );
  return {
    branches: branches.filter(({ problem }) => problem === undefined).map(({ name }) => name),
    ...(problems.length === 0 ? {} : { problems }),
  };
}

/** `uri` is the address of the graph as it was given, `from` what the branch begins at as it was named. */
export function branchCreatedJson(
  { name, actor }: BranchCreated,
  uri: string,
  from: string,
): BranchCreatedJson {
  return { uri, from, name, actor_id: actor };
}

/** As `branchCreatedJson`. */
export function branchDeletedJson({ name, actor }: BranchDeleted, uri: string): BranchDeletedJson {
  return { uri, name, actor_id: actor };
}
