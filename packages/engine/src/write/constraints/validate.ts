import { inTurns } from "@omnigraph/base";
import type { Need } from "../../view/view.ts";
import type { Problem } from "../problem.ts";
import type { Residency } from "../../view/residency.ts";
import type { Candidate } from "./candidate.ts";
import { cardinalityNeeds, checkCardinality } from "./cardinality.ts";
import { checkingEndpoints, endpointNeeds } from "./endpoints.ts";
import { checkUnique, uniqueCheckNeeds } from "./unique.ts";

/** What the constraints that involve more than one row read of the view. */
function constraintNeeds(candidate: Candidate): readonly Need[] {
  return [...endpointNeeds(candidate), ...uniqueCheckNeeds(candidate), ...cardinalityNeeds(candidate)];
}

/**
 * Checks the constraints that involve more than one row: ends exist, tuples are unique, cardinalities are within bounds. Values and ids were checked when
 * the rows were made. Returns at most `limit` problems.
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
  const haveEnds = await inTurns(checkingEndpoints(candidate, report));
  if (haveEnds && (await checkUnique(candidate, report, residency))) checkCardinality(candidate, report);
  return problems;
}
