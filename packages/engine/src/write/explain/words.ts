import type { Condition, FieldComparison, Statement } from "@omnigraph/language";
import { constantText, operatorText } from "../../query/explain/words.ts";

/** A condition of a `where`, as the language writes it. */
export function conditionText(condition: Condition): string {
  return `where ${textOf(condition)}`;
}

function textOf(condition: Condition): string {
  switch (condition.kind) {
    case "comparison": {
      const { field, operator, value, negated } = condition;
      const word = value.type.list ? "in" : operatorText(operator);
      const text = `${nameOf(field)} ${word} ${constantText(value)}`;
      return negated ? `not ${text}` : text;
    }
    case "is_null":
      return `${nameOf(condition.field)} is ${condition.negated ? "not " : ""}null`;
    case "and":
    case "or":
      return condition.parts
        .map((part) => ("parts" in part ? `(${textOf(part)})` : textOf(part)))
        .join(` ${condition.kind} `);
  }
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
  return `${property.name} = ${constantText(value)}`;
}
