import type { Clause, Subquery, Variable } from "@omnigraph/language";

type Traverse = Extract<Clause, { kind: "traverse" }>;

/** Whether the clauses of a block bind a variable: nested blocks have their own. */
export function mentions(clauses: readonly Clause[], { index }: Variable): boolean {
  return clauses.some((clause) => {
    if (clause.kind === "bind") return clause.variable === index;
    if (clause.kind !== "traverse") return false;
    return [clause.from, clause.to, clause.edgeVariable, clause.path].includes(index);
  });
}

/** The traversal that names a path, in whatever block. */
export function traverseOf(clauses: readonly Clause[], path: number): Traverse | null {
  for (const clause of clauses) {
    if (clause.kind === "traverse" && clause.path === path) return clause;
    const nested = "clauses" in clause ? traverseOf(clause.clauses, path) : null;
    if (nested !== null) return nested;
  }
  return null;
}

/** The subquery that has a variable, in whatever block. */
export function subqueryOf(clauses: readonly Clause[], variable: number): Subquery | null {
  for (const clause of clauses) {
    if (clause.kind === "subquery" && clause.variable === variable) return clause;
    const nested = "clauses" in clause ? subqueryOf(clause.clauses, variable) : null;
    if (nested !== null) return nested;
  }
  return null;
}
