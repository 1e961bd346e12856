import type { Need } from "../../view/view.ts";
import type { Problem } from "../problem.ts";
import type { Residency } from "../../view/residency.ts";
import type { Candidate } from "./candidate.ts";
import { cardinalityNeeds, checkCardinality } from "./cardinality.ts";
import { checkEndpoints, endpointNeeds } from "./endpoints.ts";
import { checkUnique, uniqueCheckNeeds } from "./unique.ts";

/** What the constraints that look beyond one row read of the view. */
function constraintNeeds(candidate: Candidate): readonly Need[] {
  return [...endpointNeeds(candidate), ...uniqueCheckNeeds(candidate), ...cardinalityNeeds(candidate)];
}

/**
 * Checks everything that a row alone cannot show: ends exist, tuples are unique, cardinalities hold. Values and identities were checked when
 * the rows were made. Answers the problems, `limit` of them at most.
 */
export async function validate(
  candidate: Candidate,
  limit: number,
  residency: Residency,
): Promise<readonly Problem[]> {
  await residency.hold(candidate.view, constraintNeeds(candidate));
  const problems: Problem[] = [];
  const report = (problem: Problem): boolean => {
    problems.push(problem);
    return problems.length < limit;
  };
  if (checkEndpoints(candidate, report) && (await checkUnique(candidate, report, residency)))
    checkCardinality(candidate, report);
  return problems;
}
