import { OmnigraphError } from "@omnigraph/base";
import {
  type Condition,
  type Expr,
  type FieldComparison,
  formulaText,
  type Statement,
} from "@omnigraph/language";
import {
  comparisonText,
  computedText,
  constantText,
  nullTestText,
  operatorText,
} from "../../query/explain/words.ts";

/** A condition of a `where`, as the language writes it. */
export function conditionText(condition: Condition): string {
  const text = formulaText(condition, (part) => {
    if (part.kind === "is_null") return nullTestText(nameOf(part.field), part.negated);
    const { field, operator, value, negated } = part;
    const word = value.type.list ? "in" : operatorText(operator);
    return comparisonText(`${nameOf(field)} ${word} ${valueText(value)}`, negated);
  });
  return `where ${text}`;
}

function nameOf(field: FieldComparison["field"]): string {
  return field.kind === "property" ? field.property.name : `@${field.kind}`;
}

/** What a statement assigns: ids, ends and properties. */
export function assignedText(statement: Statement): readonly string[] {
  switch (statement.kind) {
    case "insert_node":
    case "insert_edge": {
      const ends =
        statement.kind === "insert_edge"
          ? [`from = ${constantText(statement.from)}`, `to = ${constantText(statement.to)}`]
          : [];
      const id = statement.id === null ? [] : [`@id = ${constantText(statement.id)}`];
      return [...id, ...ends, ...statement.assignments.map(assignmentText)];
    }
    case "update":
      return statement.assignments.map(assignmentText);
    case "delete":
      return [];
  }
}

type Assignment = Extract<Statement, { kind: "update" }>["assignments"][number];

function assignmentText({ property, value }: Assignment): string {
  return `${property.name} = ${valueText(value)}`;
}

function valueText(expr: Expr): string {
  switch (expr.kind) {
    case "literal":
    case "parameter":
    case "now":
      return constantText(expr);
    case "field":
      return expr.field.kind === "property" ? expr.field.property.name : `@${expr.field.kind}`;
    case "computed":
      return computedText(expr, valueText);
    case "fixed":
      return valueText(expr.expr);
    case "outcome":
    case "entity":
    case "aggregate":
    case "search":
    case "path":
    case "subquery":
      throw new OmnigraphError("internal", `invariant broken: ${expr.kind} is assigned`);
  }
}
