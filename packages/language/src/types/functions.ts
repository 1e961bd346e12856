import { AGGREGATES, type AggregateFunction } from "./aggregates.ts";
import { isScalarFunction, SCALAR_FUNCTIONS, type ScalarFunction } from "./scalar-functions.ts";

const searches = ["search", "fuzzy", "match_text", "bm25", "nearest", "rrf"] as const;

/** Functions that search texts and rank by them or by vectors. */
export type SearchFunction = (typeof searches)[number];

const paths = ["length", "nodes"] as const;

/** What is asked of a path. */
export type PathFunction = (typeof paths)[number];

/** A function of the query language that is written as a call with arguments. */
export type FunctionName = AggregateFunction | PathFunction | ScalarFunction | SearchFunction;

/** Every name that a call may have: the grammar takes these. */
export const FUNCTION_NAMES: readonly FunctionName[] = [
  ...(Object.keys(AGGREGATES) as AggregateFunction[]),
  ...paths.filter((name) => !isScalarFunction(name)),
  ...(Object.keys(SCALAR_FUNCTIONS) as ScalarFunction[]),
  ...searches,
];

export function isPathFunction(name: FunctionName): name is PathFunction {
  return paths.some((path) => path === name);
}
