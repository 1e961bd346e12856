import { clipped, writeJson } from "@omnigraph/base";
import {
  type Clause,
  type ComputedExpr,
  type Expr,
  type FilterOperator,
  formulaText,
  type Predicate,
  type ReadQuery,
  type SearchExpr,
  type SearchInput,
  type Subquery,
  toJsonValue,
  type VariableIndex,
} from "@omnigraph/language";
import { type ConstantExpr, hitOf } from "../plan/expressions.ts";
import type { Link, Traverse, VertexSpec } from "../plan/spec.ts";

/** What the parts of a plan are called, in the words of its query. */
export class Words {
  readonly #query: ReadQuery;

  constructor(query: ReadQuery) {
    this.#query = query;
  }

  /** A variable with its type: `$p: Person`. A path and the value of a subquery have none. */
  typed({ variable: { index, type } }: VertexSpec): string {
    const isEntity = type.kind === "node" || type.kind === "edge";
    return isEntity ? `${this.variable(index)}: ${type.name}` : this.variable(index);
  }

  variable(index: VariableIndex): string {
    return `$${this.#query.variables[index]?.name ?? "_"}`;
  }

  /** A traversal, from its known end to the one that it leads to: `$a Knows{1,3} out $b`. */
  link({ traverse, heading, known, sought }: Link): string {
    const { hops, edgeVariable, path } = traverse;
    const bound = edgeVariable === null ? "" : `${this.variable(edgeVariable)}:`;
    const named = path === null ? "" : ` as ${this.variable(path)}`;
    const most = Number.isFinite(hops.max) ? hops.max : "*";
    const range = hops.min === 1 && hops.max === 1 ? "" : `{${hops.min},${most}}`;
    return `${this.variable(known)} ${bound}${edgeNames(traverse)}${range}${named} ${heading} ${this.variable(sought)}`;
  }

  /** The conditions on an entity that are no patterns of their own: its anchor, its filters, edges to itself. */
  conditions({ anchor, filters, loops }: VertexSpec): string[] {
    return [
      ...(anchor === null
        ? []
        : anchor.kind === "id"
          ? [`id = ${this.expr(anchor.value)}`]
          : [`key = ${anchor.values.map((value) => this.expr(value)).join(", ")}`]),
      ...filters.map((filter) => `where ${this.filter(filter)}`),
      ...loops.map((loop) => `where ${edgeNames(loop)} leads to itself`),
    ];
  }

  filter(predicate: Predicate): string {
    return formulaText(predicate, (part) => {
      if (part.kind === "is_null") return nullTestText(this.expr(part.operand), part.negated);
      const hit = hitOf(part);
      if (hit?.kind === "found") return this.search(hit.search);
      const { left, operator, right, negated } = part;
      return comparisonText(`${this.expr(left)} ${operatorText(operator)} ${this.expr(right)}`, negated);
    });
  }

  expr(expr: Expr): string {
    switch (expr.kind) {
      case "entity":
        return this.variable(expr.variable);
      case "field": {
        const { field } = expr;
        return `${this.variable(expr.variable)}.${field.kind === "property" ? field.property.name : `@${field.kind}`}`;
      }
      case "path":
        return `${expr.part}(${this.variable(expr.variable)})`;
      case "subquery":
        return this.#valueOf(expr.variable);
      case "literal":
      case "parameter":
      case "now":
        return constantText(expr);
      case "fixed":
        return this.expr(expr.expr);
      case "computed":
        return computedText(expr, (part) => this.expr(part));
      case "outcome":
        return this.filter(expr.predicate);
      case "aggregate":
        return `${expr.function}(${expr.distinct ? "distinct " : ""}${this.expr(expr.argument)})`;
      case "search":
        return this.search(expr);
    }
  }

  /** `count`, `sum($q.age)` or `exists`: what the matches of a subquery come to. */
  subquery({ aggregate }: Subquery): string {
    if (aggregate === null) return "exists";
    const { function: name, distinct, argument } = aggregate;
    return argument === null ? name : `${name}(${distinct ? "distinct " : ""}${this.expr(argument)})`;
  }

  #valueOf(variable: VariableIndex): string {
    const subquery = subqueryOf(this.#query.clauses, variable);
    return `${subquery === null ? "" : this.subquery(subquery)} { … }`;
  }

  search(search: SearchExpr): string {
    if (search.function === "rrf") {
      const rankings = search.rankings.map((ranking) => this.search(ranking));
      return `rrf(${[...rankings, ...given(search.constant)].join(", ")})`;
    }
    const field = `${this.variable(search.variable)}.${search.property.name}`;
    const edits = search.function === "fuzzy" ? given(search.edits) : [];
    return `${search.function}(${[field, constantText(search.query), ...edits].join(", ")})`;
  }
}

function subqueryOf(clauses: readonly Clause[], variable: VariableIndex): Subquery | null {
  for (const clause of clauses) {
    if (clause.kind === "subquery" && clause.variable === variable) return clause;
    const nested = "clauses" in clause ? subqueryOf(clause.clauses, variable) : null;
    if (nested !== null) return nested;
  }
  return null;
}

function given(input: SearchInput | null): readonly string[] {
  return input === null ? [] : [constantText(input)];
}

/** The edge types that a traversal follows: `Knows`, or `(Knows | Likes)`. */
function edgeNames({ edges }: Traverse): string {
  const names = edges.map(({ edge }) => edge.name).join(" | ");
  return edges.length === 1 ? names : `(${names})`;
}

/** What is computed, in the words of what it is computed of. */
export function computedText(
  { operation, arguments: parts }: ComputedExpr,
  textOf: (part: Expr) => string,
): string {
  const operand = (part: Expr): string =>
    part.kind === "computed" && isSign(part.operation) ? `(${textOf(part)})` : textOf(part);
  if (operation === "negative") return `-${parts.map(operand).join("")}`;
  return isSign(operation)
    ? parts.map(operand).join(` ${operation} `)
    : `${operation}(${parts.map(textOf).join(", ")})`;
}

function isSign(operation: ComputedExpr["operation"]): boolean {
  return operation === "negative" || operation.length === 1;
}

/** A literal, a parameter or `now()`. */
export function constantText(expr: Exclude<ConstantExpr, { kind: "fixed" }>): string {
  switch (expr.kind) {
    case "literal":
      return clipped(writeJson(toJsonValue(expr.value, expr.type)));
    case "parameter":
      return `$${expr.name}`;
    case "now":
      return "now()";
  }
}

/** An operator as the language writes it. */
export function operatorText(operator: FilterOperator): string {
  return operator.startsWith("contains") ? "contains" : operator;
}

export function comparisonText(text: string, negated: boolean): string {
  return negated ? `not ${text}` : text;
}

export function nullTestText(operand: string, negated: boolean): string {
  return `${operand} is ${negated ? "not " : ""}null`;
}
