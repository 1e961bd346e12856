import { AGGREGATES, type AggregateFunction } from "./aggregates.ts";

const searches = ["search", "fuzzy", "match_text", "bm25", "nearest", "rrf"] as const;

/** Search functions are parsed, typed and linted; running one throws `not_available` in this release. */
export type SearchFunction = (typeof searches)[number];

/** A function of the query language that is written as a call with arguments. */
export type FunctionName = AggregateFunction | SearchFunction;

/** Every name that a call may have: the grammar takes these. */
export const FUNCTION_NAMES: readonly FunctionName[] = [
  ...(Object.keys(AGGREGATES) as AggregateFunction[]),
  ...searches,
];
