import type { BranchSummary } from "../answers/branches.ts";
import type { BranchListJson, BranchProblemJson } from "../shapes.generated.ts";

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
