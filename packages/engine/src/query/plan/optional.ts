import { aggregatedBy, type Clause, type Variable, type VariableIndex } from "@omnigraph/language";
import { boundBeside, predicateReads } from "./spec.ts";

/** The clauses of a query in the order in which they take effect. */
export interface Phases {
  /** What every row must satisfy. */
  readonly certain: readonly Clause[];
  /** The clauses of each optional block. */
  readonly optional: readonly (readonly Clause[])[];
  /** Conditions on what the optional blocks have bound, and subqueries that read it, in an order in which they can be run. */
  readonly late: readonly LateClause[];
}

/** What can read a variable that the pattern around an optional block does not bind. */
export type LateClause = Exclude<Clause, { kind: "bind" | "traverse" | "optional" }>;

/** Tells clauses apart by when they take effect. */
export function phasesOf(clauses: readonly Clause[], variables: readonly Variable[]): Phases {
  const optional = clauses.flatMap((clause) => (clause.kind === "optional" ? [clause.clauses] : []));
  if (optional.length === 0) return { certain: clauses, optional, late: [] };
  const readsOptional = (clause: Clause): boolean =>
    mentioned(clause).some((index) => variables[index]?.optional);
  const late = clauses.filter((clause) => clause.kind === "subquery").filter(readsOptional);
  const values = new Set(late.map(({ variable }) => variable));
  const readsValue = (clause: Clause): boolean => mentioned(clause).some((index) => values.has(index));
  const isLate = (clause: Clause): clause is LateClause =>
    clause.kind !== "bind" &&
    clause.kind !== "traverse" &&
    clause.kind !== "optional" &&
    (readsOptional(clause) || readsValue(clause));
  const conditions = clauses.filter(isLate).filter(({ kind }) => kind !== "subquery");
  return {
    certain: clauses.filter((clause) => clause.kind !== "optional" && !isLate(clause)),
    optional,
    late: [
      ...conditions.filter((clause) => !readsValue(clause)),
      ...late,
      ...conditions.filter((clause) => readsValue(clause)),
    ],
  };
}

/** The variables that clauses bind themselves. */
export function boundBy(clauses: readonly Clause[]): ReadonlySet<VariableIndex> {
  const bound = clauses.map((clause) => {
    if (clause.kind === "bind" || clause.kind === "subquery") return clause.variable;
    return clause.kind === "traverse" ? boundBeside(clause) : null;
  });
  return new Set(bound.filter((index) => index !== null));
}

/** The variables that a clause names, also within. */
function mentioned(clause: Clause): readonly VariableIndex[] {
  switch (clause.kind) {
    case "bind":
      return [clause.variable];
    case "traverse":
      return [clause.from, clause.to, boundBeside(clause)].filter((index) => index !== null);
    case "not":
    case "optional":
      return clause.clauses.flatMap(mentioned);
    case "subquery":
      return [clause.variable, ...aggregatedBy(clause), ...clause.clauses.flatMap(mentioned)];
    case "filter":
    case "is_null":
    case "and":
    case "or":
      return predicateReads(clause);
  }
}
