import { OmnigraphError, type Values } from "@omnigraph/base";
import { formatType, type ReadQuery, type RowCount } from "@omnigraph/language";

/** Which of the rows of a query are wanted: so many, after those that are left out. */
export interface WantedRows {
  /** Infinite where all are. */
  readonly limit: number;
  readonly offset: number;
  /** How many must be found: those that are left out too, where any is wanted. */
  readonly found: number;
}

const ALL: WantedRows = { limit: Infinity, offset: 0, found: Infinity };

/** The limit and the offset of a run. Errors: `parameter_invalid` where one that is given counts no rows. */
export function wantedRows(query: ReadQuery, parameters: Values): WantedRows {
  if (query.limit === null && query.offset === null) return ALL;
  const limit = countOf(query.limit, parameters) ?? Number.POSITIVE_INFINITY;
  const offset = countOf(query.offset, parameters) ?? 0;
  return { limit, offset, found: limit === 0 ? 0 : limit + offset };
}

function countOf(count: RowCount | null, parameters: Values): number | null {
  if (count === null || typeof count === "number") return count;
  const value = parameters[count.name] ?? null;
  if (value === null) return null;
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  const type = formatType({ ...count.type, scalar: count.type.scalar ?? "I64", enumValues: null });
  const problem = `is ${String(value)}, and counts rows: give a whole number from 0 to 2^53`;
  throw new OmnigraphError("parameter_invalid", `parameter $${count.name} (${type}) ${problem}`, {
    details: { parameters: [{ parameter: count.name, type, problem }] },
  });
}
