import type { Condition, Statement } from "@omnigraph/language";
import { constantText, operatorText } from "../../query/explain/words.ts";

/** A condition of a `where`, as the language writes it. */
export function conditionText({ field, operator, value }: Condition): string {
  const name = field.kind === "property" ? field.property.name : `@${field.kind}`;
  return `where ${name} ${operatorText(operator)} ${constantText(value)}`;
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
